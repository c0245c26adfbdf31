"""Changes of plan, price and seats inside a period: a credit for the old, a charge for the new."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quarterday.core.money import round_half_up, to_minor
from quarterday.core.period import Cadence, Period, Schedule
from quarterday.core.proration import cap_credit, fraction, fraction_of_time, unused_credit
from tests.conformance.adapters.discounts import reduce_price
from tests.conformance.answers import Credit, Lines, Span
from tests.conformance.case import Given, Purse
from tests.conformance.registry import adapter
from tests.conformance.words import NotExpressedError, read_date, read_exact, read_share


@dataclass(frozen=True)
class _Change:
    """A change of price inside a period: the share that is left, and old and new price."""

    share: Fraction
    old: Decimal
    new: Decimal
    purse: Purse
    full: bool = False

    def answers(self) -> dict[str, Any]:
        """Each amount rounded once; the credit is capped by what was charged."""
        unit = self.purse.currency
        charged = to_minor(self.old, unit)
        credit = cap_credit(round_half_up(charged * self.share), charged)
        charge = to_minor(Fraction(self.new) * (1 if self.full else self.share), unit)
        tell = self.purse.tell
        return {
            **dict.fromkeys(("credit", "unused_time_credit"), Credit(tell(credit))),
            **dict.fromkeys(("charge", "remaining_time_charge"), tell(charge)),
            **dict.fromkeys(("net", "amount_due"), tell(charge - credit)),
        }


@adapter("old_price", "new_price", "change_at")
def change_at_share(given: Given) -> dict[str, Any]:
    """A change at a point named in words: ``exactly half of the period``."""
    return _change(given, read_share(given.text("change_at"))).answers()


@adapter("old_price", "new_price", "remaining|remaining_share")
def change_with_share_left(given: Given) -> dict[str, Any]:
    """A change with a share of the period left, prices after discount."""
    share = read_share(given.text("remaining", "remaining_share"))
    return _change(given, share).answers()


@adapter("old_price", "new_price", "days_left|remaining_days", "days_in_period|period_days")
def change_with_days_left(given: Given) -> dict[str, Any]:
    """A change with so many days of the period left."""
    share = Fraction(
        given.whole("days_left", "remaining_days"), given.whole("days_in_period", "period_days")
    )
    return _change(given, share).answers()


def _change(given: Given, share: Fraction) -> _Change:
    purse = given.purse()
    old, new = (
        discount_price(
            purse.exact(given.need(f"{which}_price")), given.get(f"{which}_discount"), purse
        )
        for which in ("old", "new")
    )
    return _Change(share, old, new, purse)


def discount_price(price: Decimal, discount: Any, purse: Purse) -> Decimal:
    """A price after a discount in percent, or in currency units."""
    if discount is None:
        return price
    return reduce_price(price, str(discount), purse)


@adapter("old", "new", "period_start", "period_end_exclusive|period_end", "change_at")
def change_plan(given: Given) -> dict[str, Any]:
    """A change of plan by seconds: the same interval keeps its period, another one begins anew."""
    purse, old, new = given.purse(), dict(given.need("old")), dict(given.need("new"))
    share = _share_left(given)
    old_price, new_price = (
        discount_price(purse.exact(plan.pop("price")), plan.pop("discount", None), purse)
        for plan in (old, new)
    )
    same = old.pop("period", None) == new.pop("period", None)
    if old or new:
        raise NotExpressedError(f"a plan with {', '.join({**old, **new})}")
    return _Change(share, old_price, new_price, purse, full=not same).answers()


def _share_left(given: Given) -> Fraction:
    zone = given.text("timezone") or "UTC"
    start = given.instant("period_start", zone=zone)
    end = given.instant("period_end_exclusive", "period_end", zone=zone)
    return fraction_of_time(
        given.instant("change_at", "seats_change_at", zone=zone), end, start, end
    )


@adapter("seat_price", "seats_before", "seats_after", "seats_change_at")
def change_seats(given: Given) -> dict[str, Any]:
    """Seats changed inside a period at its price; a new price holds from the next period."""
    purse, share = given.purse(), _share_left(given)
    price = purse.exact(given.need("seat_price"))
    before, after = given.exact("seats_before"), given.exact("seats_after")
    added = to_minor(Fraction(price * (after - before)) * share, purse.currency)
    later = purse.exact(given.get("price_from_next_period") or given.need("seat_price"))
    return {
        "charge": purse.tell(max(added, 0)),
        "credit": Credit(purse.tell(max(-added, 0))),
        "net": purse.tell(added),
        "next_period_amount": purse.tell(to_minor(later * after, purse.currency)),
    }


@adapter("price_first|old_price", "price_new|new_price", "billed", "change_date")
def change_price(given: Given) -> dict[str, Any]:
    """A change of price on a day: the old credited from it, the new charged to the period's end."""
    purse = given.purse()
    unit = purse.currency
    given.ignore("price_first", "old_price")
    first, last, amount = given.need("billed")
    billed = Period(read_date(first), read_date(last))
    left = Period(given.day("change_date"), billed.end)
    credit = unused_credit(to_minor(purse.exact(amount), unit), billed, left)
    new = purse.exact(given.need("price_new", "new_price"))
    charge = to_minor(Fraction(new) * fraction(left, billed), unit)
    cadence = given.cadence("interval") if given.has("interval") else Cadence.parse("month")
    later = Schedule.anchored(billed.start, cadence).containing(billed.end)
    return {
        "new_charge": Span(*left, purse.tell(charge)),
        "credit_lines": Lines([Span(*left, purse.tell(-credit))] if credit else []),
        "next": Span(*later, purse.tell(to_minor(new, unit))),
    }


@adapter("period_start", "period_end_inclusive|period_end_exclusive", "change_date", "old|new")
def change_on_day(given: Given) -> dict[str, Any]:
    """A change on a day, which is the first day of the new; nothing may come before or after."""
    purse = given.purse()
    if given.has("period_end_inclusive"):
        end = given.day("period_end_inclusive") + timedelta(days=1)
    else:
        end = given.day("period_end_exclusive")
    whole = Period(given.day("period_start"), end)
    share = fraction(Period(given.day("change_date"), end), whole)
    old, new = (_read_product(given.get(name), purse) for name in ("old", "new"))
    return _Change(share, old, new, purse).answers()


def _read_product(value: Any, purse: Purse) -> Decimal:
    """An amount, or a price times a quantity: ``10 x 5``."""
    factors = re.split(r"\s*[x×*]\s*", str(value or 0))
    amount = purse.exact(factors[0])
    for factor in factors[1:]:
        amount *= read_exact(factor)
    return amount
