"""What is charged by itself, in words: when, to what, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterday.core.collection import Reason
from quarterday.services.collection.charge_method import find_choice
from quarterday.store.models import Account
from quarterday.store.queries.collecting import Block, Outlook, read_tries
from quarterday.store.queries.method_fees import find_method_fee
from quarterday.web.kit.words import format_day, format_money

_BLOCKS: Mapping[Block, str | Promise] = {
    Block.OFF: gettext_lazy("Nothing is charged by itself. Please pay it by its due date."),
    Block.STOPPED: gettext_lazy("Nothing is charged by itself for now. Please pay it yourself."),
    Block.DISPUTED: gettext_lazy("Nothing is charged while a payment for it is disputed."),
    Block.LEAST: gettext_lazy("The amount is small. It is charged together with what comes next."),
}


class Charge(NamedTuple):
    """What will be charged for an invoice: words, the day if there is one, and a meaning."""

    outlook: Outlook
    text: str
    on: date | None
    meaning: str = ""


def tell_charge(account: Account, one: Outlook, today: date) -> Charge | None:
    """In words what comes next; None where nothing is charged and nobody has to know why."""
    if one.block is not None:
        said = _BLOCKS.get(one.block)
        return Charge(one, str(said), None) if said else None
    if one.plan.reason in (Reason.EXHAUSTED, Reason.REFUSED):
        later = one.later_on
        text = _("We will not try again by ourselves. Please pay it another way.")
        return Charge(one, text, later, "due")
    if one.plan.on is None or one.method is None:
        return None
    text = f"{_say_next(one, today)} {_say_fee(account, one)}".rstrip()
    return Charge(one, text, one.plan.on, _find_meaning(one))


def tell_first(account: Account, found: Sequence[Outlook], today: date) -> Charge | None:
    """What is charged first, with all else that the same method is charged on that day."""
    coming = [one for one in found if one.block is None and one.plan.on and one.method]
    if not coming:
        return None
    first = min(coming, key=lambda one: max(one.plan.on or today, today))
    on = max(first.plan.on or today, today)
    same = [
        one
        for one in coming
        if one.method == first.method and max(one.plan.on or today, today) == on
    ]
    total = sum(one.amount_minor for one in same)
    return tell_charge(account, replace(first, amount_minor=total), today)


def _say_next(one: Outlook, today: date) -> str:
    """Amount, method and day; before it, what happened the last time."""
    assert one.plan.on is not None
    assert one.method is not None
    on = max(one.plan.on, today)
    words = {
        "amount": format_money(one.amount_minor, one.invoice.currency),
        "method": one.method.label,
        "day": format_day(on + timedelta(days=one.days), "weekday"),
    }
    told = {
        Reason.SOFT: _("The last try was declined. We try %(amount)s by %(method)s on %(day)s."),
        Reason.PAYDAY: _("The last try was declined. We try %(amount)s by %(method)s on %(day)s."),
        Reason.FALL_BACK: _("We charge %(amount)s to %(method)s instead, on %(day)s."),
        Reason.ACTION: _(
            "Your bank wants you to confirm the payment: please pay it here. Otherwise we try "
            "%(amount)s by %(method)s once more on %(day)s."
        ),
        Reason.UNAVAILABLE: _(
            "The payment service could not be reached. We try %(amount)s by %(method)s soon."
        ),
    }
    usual = _("We charge %(amount)s to %(method)s on %(day)s.")
    if one.days:
        usual = _(
            "We collect %(amount)s from %(method)s about %(day)s, and tell you the exact day "
            "before."
        )
    return told.get(one.plan.reason, usual) % words


def _say_fee(account: Account, one: Outlook) -> str:
    """What the seller asks for paying this way, if anything."""
    assert one.method is not None
    method = one.method
    choice = find_choice(method, account)
    fee = find_method_fee(account, method.gateway, choice, one.amount_minor)
    words = {"fee": format_money(fee, one.invoice.currency)}
    return _("A fee of %(fee)s for this way to pay is added.") % words if fee else ""


def _find_meaning(one: Outlook) -> str:
    return "due" if read_tries(one.row) else ""
