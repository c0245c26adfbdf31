"""What is charged by itself, in words: when, to what, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterday.core.collection import Reason
from quarterday.store.queries.collecting import Block, Outlook, read_tries
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


def tell_charge(one: Outlook, today: date) -> Charge | None:
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
    return Charge(one, _say_next(one, today), one.plan.on, _find_meaning(one))


def _say_next(one: Outlook, today: date) -> str:
    """Amount, method and day; before it, what happened the last time."""
    assert one.plan.on is not None
    assert one.method is not None
    words = {
        "amount": format_money(one.amount_minor, one.invoice.currency),
        "method": one.method.label,
        "day": format_day(max(one.plan.on, today), "weekday"),
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
    return told.get(one.plan.reason, usual) % words


def _find_meaning(one: Outlook) -> str:
    return "due" if read_tries(one.row) else ""
