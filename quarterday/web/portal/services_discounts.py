"""Discounts of a service in words: what they take off, and for how long."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quarterday.store.models import SubscriptionDiscount
from quarterday.web.kit.prices import format_price
from quarterday.web.kit.words import format_day, format_quantity


class DiscountWords(NamedTuple):
    """A discount as people say it; ``is_used`` when it takes nothing off any more."""

    name: str
    effect: str
    lasts: str
    is_used: bool


def describe_discount(row: SubscriptionDiscount, today: date) -> DiscountWords:
    """A discount agreed for a service."""
    one = row.discount
    currency = one.currency or row.subscription.account.currency
    match one.kind:
        case "percentage":
            effect = _("%(percent)s %% off") % {"percent": format_quantity(one.value)}
        case "fixed":
            effect = _("%(amount)s off") % {"amount": format_price(one.value, currency)}
        case "price_override":
            effect = _("A price of %(amount)s") % {"amount": format_price(one.value, currency)}
        case _:
            effect = _("No setup fee")
    is_over = row.end_on is not None and row.end_on <= today
    lasts, is_used = _lasts(row)
    return DiscountWords(one.name or one.code, effect, lasts, is_over or is_used)


def _lasts(row: SubscriptionDiscount) -> tuple[str, bool]:
    """For how long it counts, and whether it is used up."""
    one = row.discount
    if one.kind == "free_setup":
        return "", row.used > 0
    periods = {"once": 1, "periods": one.periods}.get(one.duration)
    if periods is not None:
        left = max(0, periods - row.used)
        text = ngettext("for %(count)s more period", "for %(count)s more periods", left) % {
            "count": left
        }
        return (text, False) if left else (_("used up"), True)
    if row.end_on is not None:
        return _("until %(day)s") % {"day": format_day(row.end_on)}, False
    return _("as long as the service runs"), False
