"""What a shop says: cadences, trials, countries, refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from babel import Locale
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quarterday.core.cart import BadCart
from quarterday.core.errors import BillingError
from quarterday.core.period import Cadence, Unit
from quarterday.services.accounts.check_tax_id import BadTaxId
from quarterday.web.kit.words import format_day, locale
from quarterday.web.kit.words import format_money as money


def every(cadence: Cadence) -> str:
    """``every month``, ``every 3 months``."""
    count = cadence.count
    if cadence.unit is Unit.DAY:
        return ngettext("every day", "every %(count)s days", count) % {"count": count}
    if cadence.unit is Unit.WEEK:
        return ngettext("every week", "every %(count)s weeks", count) % {"count": count}
    if cadence.unit is Unit.MONTH:
        return ngettext("every month", "every %(count)s months", count) % {"count": count}
    return ngettext("every year", "every %(count)s years", count) % {"count": count}


def trial(days: int) -> str:
    """``14 days free``."""
    return ngettext("%(count)s day free", "%(count)s days free", days) % {"count": days}


def then(days: int, amount_minor: int, currency: str, cadence: Cadence, begins_on: date) -> str:
    """``14 days free, then 12.00 € every month from 6 December 2026``."""
    return _("%(trial)s, then %(price)s %(every)s from %(day)s") % {
        "trial": trial(days),
        "price": money(amount_minor, currency),
        "every": every(cadence),
        "day": format_day(begins_on),
    }


def countries(first: str) -> list[tuple[str, str]]:
    """Countries in the reader's language, one of them first."""
    names = Locale.parse(locale()).territories
    found = [
        (code, str(name))
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    ]
    return sorted(found, key=lambda one: (one[0] != first, one[1]))


_NO_COUNTRIES = frozenset(("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"))


def country_name(code: str) -> str:
    """A country in the reader's language."""
    return str(Locale.parse(locale()).territories.get(code, code))


def refusal(error: BillingError) -> str:
    """Why something cannot be ordered like this, and what to do."""
    if isinstance(error, BadTaxId):
        return _("This is no tax number of that country. Look for a slip, or leave it empty.")
    if isinstance(error, BadCart) and error.reason in _REFUSALS:
        facts = dict(error.facts)
        if isinstance(facts.get("day"), date):
            facts["day"] = format_day(facts["day"])
        return _REFUSALS[error.reason]() % facts
    return _("This cannot be ordered like this. Your cart is as it was; please look at it again.")


_REFUSALS: Mapping[str, Callable[[], str]] = {
    "quantity": lambda: _("Give a whole number from %(least)s to %(most)s."),
    "quantity_of": lambda: _("%(name)s: choose from %(least)s to %(most)s."),
    "code": lambda: _("That is no code. Look for a slip."),
    "full": lambda: _(
        "A cart holds at most %(most)s things. Order these first, and the rest afterwards."
    ),
    "gone": lambda: _(
        "Something in your cart is no longer offered. Remove it and choose again; the rest is kept."
    ),
    "choice": lambda: _("%(name)s has no such choice. Please choose one of those shown."),
    "expired": lambda: _("Your cart has expired. Fill a new one; nothing was ordered."),
    "ordered": lambda: _("This cart was ordered already. Fill a new one for something else."),
    "empty": lambda: _("Your cart is empty. Choose something first."),
    "buyer": lambda: _("Tell us your name and mail address."),
    "pay_now": lambda: _("This has to be paid when it is ordered."),
    "changed": lambda: _("The total has changed since you saw it. Please look at it again."),
    "promotion": lambda: _("We do not know this code. Look for a slip, or order without it."),
    "promotion_early": lambda: _("The code %(code)s counts from %(day)s on."),
    "promotion_late": lambda: _("The code %(code)s ended on %(day)s."),
    "promotion_currency": lambda: _("The code %(code)s is for orders in %(currency)s."),
    "promotion_new": lambda: _("The code %(code)s is for new customers."),
    "promotion_used_all": lambda: _("The code %(code)s is no longer available."),
    "promotion_used_account": lambda: _(
        "You have used the code %(code)s already; it is no longer available to you."
    ),
    "promotion_products": lambda: _("The code %(code)s is for other products."),
    "currency": lambda: _("Something in your cart has no price in %(currency)s."),
    "currency_account": lambda: _("Your account is billed in %(currency)s."),
}
