"""The effect of a change in words, money and dates, for the sheet that asks to confirm it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from quarterday.services.subscriptions.make_change import Verb
from quarterday.services.subscriptions.preview_change import Preview
from quarterday.store.models import Account
from quarterday.web.kit.words import format_day, format_money, format_quantity
from quarterday.web.portal.services_lines import EffectInvoice, load_known, tell_invoice
from quarterday.web.portal.services_wishes import Wanted


class Effect(NamedTuple):
    """Everything that the sheet says. ``back`` is how to have it otherwise afterwards."""

    preview: Preview
    title: str
    what: str
    money: str
    back: str
    button: str
    is_danger: bool
    now: tuple[EffectInvoice, ...]
    later: tuple[EffectInvoice, ...]
    has_others: bool


def tell_effect(account: Account, wanted: Wanted, preview: Preview, today: date) -> Effect:
    """A preview in words."""
    known = load_known(account, [*preview.now, *preview.later])
    now = tuple(tell_invoice(preview, one, known) for one in preview.now)
    later = tuple(tell_invoice(preview, one, known) for one in preview.later)
    verb = wanted.wish.verb
    return Effect(
        preview,
        _title(wanted),
        _what(wanted, preview.on, today),
        _money(preview),
        _way_back(verb, preview.on, today),
        _button(wanted, preview, today),
        verb in (Verb.CANCEL, Verb.REMOVE),
        now,
        later,
        any(not line.is_new for one in now for line in one.lines),
    )


def _title(wanted: Wanted) -> str:
    words = {"name": wanted.name, "count": _count(wanted)}
    match wanted.wish.verb:
        case Verb.PLAN | Verb.SWAP:
            return _("Change to %(name)s?") % words
        case Verb.QUANTITY:
            return _("Change %(name)s to %(count)s?") % words
        case Verb.ADD:
            return _("Add %(name)s?") % words
        case Verb.REMOVE:
            return _("Remove %(name)s?") % words
        case Verb.CANCEL:
            return _("Cancel %(name)s?") % words
        case _:
            return _("Keep %(name)s?") % words


def _what(wanted: Wanted, on: date, today: date) -> str:
    """What changes, and from which day."""
    part, verb = wanted.part, wanted.wish.verb
    words = {
        "name": wanted.name,
        "old": part.plan.name if part else "",
        "count": _count(wanted),
        "before": format_quantity(part.quantity) if part else "",
        "day": format_day(on, "weekday"),
        "last": format_day(on - timedelta(days=1), "weekday"),
    }
    at_once = on <= today
    if verb is Verb.CANCEL:
        if at_once:
            return _("It stops today, %(day)s.") % words
        return _("It runs until %(last)s, and stops then.") % words
    if verb is Verb.REMOVE:
        if at_once:
            return _("%(name)s stops today, %(day)s. The rest of the service goes on.") % words
        return _("%(name)s runs until %(last)s. The rest of the service goes on.") % words
    texts = _texts_at_once() if at_once else _texts_later()
    if verb is Verb.SWAP and part is None:
        verb = Verb.ADD
    if verb in (Verb.KEEP, Verb.UNDO_CANCEL):
        return _("It goes on as it is now.")
    return texts[verb] % words


def _texts_at_once() -> dict[Verb, str]:
    return {
        Verb.PLAN: _("%(name)s takes the place of %(old)s from today, %(day)s."),
        Verb.SWAP: _("%(name)s takes the place of %(old)s from today, %(day)s."),
        Verb.QUANTITY: _("You have %(count)s instead of %(before)s from today, %(day)s."),
        Verb.ADD: _("You have it from today, %(day)s."),
    }


def _texts_later() -> dict[Verb, str]:
    return {
        Verb.PLAN: _(
            "%(name)s takes the place of %(old)s from %(day)s. Until then nothing changes."
        ),
        Verb.SWAP: _(
            "%(name)s takes the place of %(old)s from %(day)s. Until then nothing changes."
        ),
        Verb.QUANTITY: _("You have %(count)s instead of %(before)s from %(day)s."),
        Verb.ADD: _("You have it from %(day)s."),
    }


def _count(wanted: Wanted) -> str:
    return "" if wanted.quantity is None else format_quantity(wanted.quantity)


def _money(preview: Preview) -> str:
    """What is billed or given back at once because of the change."""
    effect = preview.effect_minor
    words = {"amount": format_money(abs(effect), preview.currency)}
    if effect > 0:
        due = min(one.due_on for one in preview.now)
        words["due"] = format_day(due, "weekday")
        return _("%(amount)s is billed for it today, to be paid by %(due)s.") % words
    if effect < 0:
        return (
            _(
                "%(amount)s of time that you paid for and do not use is given back today. "
                "It is taken off what you owe; what is left becomes credit."
            )
            % words
        )
    return _("Nothing is billed and nothing is given back today.")


def _way_back(verb: Verb, on: date, today: date) -> str:
    """How it can be had otherwise afterwards."""
    if verb is Verb.CANCEL:
        if on <= today:
            return _("This cannot be undone. To have it again, you would order it anew.")
        last = format_day(on - timedelta(days=1))
        return _("You can undo this until %(day)s.") % {"day": last}
    if on > today and verb in (Verb.PLAN, Verb.REMOVE):
        last = format_day(on - timedelta(days=1))
        return _("You can take this back until %(day)s.") % {"day": last}
    return ""


def _button(wanted: Wanted, preview: Preview, today: date) -> str:
    """The verb with its amount or its day."""
    verb, effect = wanted.wish.verb, preview.effect_minor
    words = {
        "amount": format_money(abs(effect), preview.currency),
        "day": format_day(preview.on),
        "last": format_day(preview.on - timedelta(days=1)),
    }
    if verb is Verb.CANCEL:
        return (_("Cancel today") if preview.on <= today else _("Cancel at %(last)s")) % words
    if verb is Verb.REMOVE:
        return (_("Remove today") if preview.on <= today else _("Remove at %(last)s")) % words
    if verb is Verb.UNDO_CANCEL:
        return _("Undo the cancellation")
    if verb is Verb.KEEP:
        return _("Keep it")
    if preview.on > today:
        return (_("Add from %(day)s") if verb is Verb.ADD else _("Change from %(day)s")) % words
    if effect > 0:
        text = _("Add for %(amount)s") if verb is Verb.ADD else _("Change for %(amount)s")
    elif effect < 0:
        text = _("Change and get %(amount)s back")
    else:
        text = _("Add now") if verb is Verb.ADD else _("Change now")
    return text % words
