"""Shares of a period, by days, fixed months or seconds, and the credits and charges they give."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quarterday.core.charging import Timing, due_periods
from quarterday.core.money import round_half_up, to_minor
from quarterday.core.period import Anchoring, Cadence, Period, Schedule, add_cadence
from quarterday.core.proration import (
    cap_credit,
    days_30,
    fraction,
    fraction_of_time,
    unused_credit,
)
from tests.conformance.answers import Credit, Lines, Never, Places, Span
from tests.conformance.case import Given, Purse
from tests.conformance.registry import adapter
from tests.conformance.words import NotExpressedError, read_cadence, read_date


@adapter("period", "stub")
def measure_stub(given: Given) -> dict[str, Any]:
    """The share of a leading or trailing stub in the whole period that contains it."""
    cadence = given.cadence("period")
    if given.choose({"leading": True, "trailing": False}, "stub"):
        part = Period(given.day("start_date"), given.day("next_anchor"))
        whole = Period(add_cadence(part.end, cadence, -1), part.end)
    else:
        part = Period(given.day("last_anchor"), given.day("end_date"))
        whole = Period(part.start, add_cadence(part.start, cadence, 1))
    month_days = given.whole("fixed_days_in_month") if given.has("fixed_days_in_month") else None
    return {"fraction": Places(_share(part, whole, month_days))}


def _share(part: Period, whole: Period, month_days: int | None) -> Fraction:
    if month_days is None:
        return fraction(part, whole)
    return Fraction(days_30(part, month_days), days_30(whole, month_days))


@adapter("fixed_days_in_month", "start_date", "end_date")
def count_fixed_days(given: Given) -> dict[str, Any]:
    """Days when every month has so many."""
    period = Period(given.day("start_date"), given.day("end_date"))
    return {"days": days_30(period, given.whole("fixed_days_in_month"))}


@adapter("computed_credit", "originally_paid|charged|paid", "credited_before|already_credited")
def limit_credit(given: Given) -> dict[str, Any]:
    """A credit never exceeds what is left of the charge."""
    purse = given.purse()
    computed, paid, before = (
        to_minor(purse.exact(given.need(*names)), purse.currency)
        for names in (
            ("computed_credit",),
            ("originally_paid", "charged", "paid"),
            ("credited_before", "already_credited"),
        )
    )
    return {"credit": purse.tell(cap_credit(computed, paid, before))}


@adapter("period", "from_date", "to_date_inclusive|to_date_exclusive|to_date")
def measure_coefficient(given: Given) -> dict[str, Any]:
    """The share of a calendar period, such as ``2024-01 calendar month``."""
    text = given.text("period")
    month = re.match(r"(\d{4})-(\d{2})\b", text)
    if not month or ("month" not in text and len(text) > 7):
        raise NotExpressedError(f"the period {text!r}")
    first = date(int(month[1]), int(month[2]), 1)
    whole = Schedule.anchored(first, read_cadence("month")).containing(first)
    if given.has("to_date_inclusive"):
        end = given.day("to_date_inclusive") + timedelta(days=1)
    else:
        end = given.day("to_date_exclusive", "to_date")
    return {"coefficient": Places(fraction(Period(given.day("from_date"), end), whole))}


@adapter("billed_period", "terminated_at|terminated_on|changed_at")
def measure_after_end(given: Given) -> dict[str, Any]:
    """A change after the end of a period leaves that period whole."""
    first, last = (read_date(text) for text in given.text("billed_period").split(" to "))
    whole = Period(first, last + timedelta(days=1))
    ended = given.day("terminated_at", "terminated_on", "changed_at")
    part = whole.meets(Period(whole.start, ended)) or Period(whole.start, whole.start)
    return {"coefficient": Places(fraction(part, whole))}


@adapter("price_cents|price", "change_epoch|change_at", "period_end_epoch")
def credit_seconds(given: Given) -> dict[str, Any]:
    """The credit for unused time, by seconds between instants."""
    purse = Purse(given.purse().currency, in_minor=given.has("price_cents"))
    end, change = given.instant("period_end_epoch"), given.instant("change_epoch", "change_at")
    if given.has("period_start_epoch", "period_start", "period_start_derived"):
        start = given.instant("period_start_epoch", "period_start", "period_start_derived")
    else:
        start = end - timedelta(seconds=given.whole("period_seconds"))
    _check_seconds(given, end - change, "remaining_seconds")
    _check_seconds(given, end - start, "period_seconds")
    given.ignore("interval")
    charged = to_minor(purse.exact(given.need("price_cents", "price")), purse.currency)
    exact = charged * fraction_of_time(change, end, start, end)
    credit = cap_credit(round_half_up(exact), charged)
    return {
        "unused_time_credit_cents": Credit(Decimal(credit)),
        "unused_time_credit": Credit(purse.tell(credit)),
        "unrounded": Places(exact),
    }


def _check_seconds(given: Given, span: timedelta, name: str) -> None:
    if given.has(name) and given.whole(name) != span.total_seconds():
        raise NotExpressedError(f"given.{name} is not between the instants given")


@adapter("price", "already_billed", "pause_from|stop_date|cancel_date")
def credit_unused(given: Given) -> dict[str, Any]:
    """The credit for the days of a billed period that are not served, and what the charge keeps."""
    purse = given.purse()
    given.ignore("period", "price")
    billed, charged = _read_billed(given, purse)
    start = given.day("pause_from", "stop_date", "cancel_date")
    end = given.day_or_none("pause_to_exclusive", "pause_to")
    if end is None:
        end = billed.end
    credit = unused_credit(charged, billed, Period(start, end))
    return {
        "credit": Span(start, end, purse.tell(-credit), {"type": "credit_unused"}),
        "net_remaining": Span(
            billed.start, start, purse.tell(charged - credit), {"type": "recurring"}
        ),
    }


def _read_billed(given: Given, purse: Purse) -> tuple[Period, int]:
    """The one billed item and its amount in minor units."""
    items = given.listed("already_billed")
    if len(items) != 1:
        raise NotExpressedError("a credit on several billed items")
    item = items[0]
    period = Period(read_date(item["start"]), read_date(item["end_exclusive"]))
    return period, to_minor(purse.exact(item["amount"]), purse.currency)


@adapter("period", "price", "cancel_date")
def credit_cancelled(given: Given) -> dict[str, Any]:
    """The credit at a cancellation; later runs find nothing left to bill or to credit."""
    purse = given.purse()
    given.ignore("then")
    billed = Period(*(read_date(day) for day in given.listed("period")))
    charged = to_minor(purse.exact(given.need("price")), purse.currency)
    unused = Period(given.day("cancel_date"), billed.end)
    credit = unused_credit(charged, billed, unused)
    # The kept part is adjusted to zero by hand; whatever is then computed, nothing is left.
    again = unused_credit(charged, billed, unused, credited_minor=charged)
    later = due_periods(
        Schedule(billed.start, Cadence.parse("year"), billed.start.day),
        start=billed.start,
        end=unused.start,
        billed_through=billed.end,
        timing=Timing.ADVANCE,
        today=billed.end,
    )
    return {
        **dict.fromkeys(("credit_unused", "credit"), Credit(purse.tell(credit))),
        "charge_kept": purse.tell(charged - credit),
        "later_invoice_runs": Lines([*later, *([again] if again else [])]),
    }


@adapter("period", "cancel_effective")
def credit_at_term(given: Given) -> dict[str, Any]:
    """A cancellation at the end of the term leaves nothing to credit."""
    given.ignore("interval")
    billed = Period(*(read_date(day) for day in given.listed("period")))
    unused = Period(given.day("cancel_effective"), billed.end)
    credit = unused_credit(10_000, billed, unused)
    return {"credit_lines": Lines([Span(*unused, -credit)] if credit else [])}


@adapter("interval", "period", "subscription_started|start")
def find_divisor(given: Given) -> dict[str, Any]:
    """The days of the whole period are the divisor, wherever in it the subscription starts."""
    first, last = (read_date(day) for day in given.listed("period"))
    started = given.day("subscription_started", "start")
    cadence = given.cadence("interval")
    if "calendar" in given.text("billing"):
        schedule = Schedule.anchored(started, cadence, Anchoring.CALENDAR)
    else:
        schedule = Schedule.anchored(first, cadence)
    whole = schedule.containing(started)
    if whole != Period(first, last):
        raise NotExpressedError(f"the period given is not {whole}")
    return {
        "divisor_days": whole.days,
        "wrong_divisors": Never(whole.days),
        "prorated_days": Period(started, whole.end).days,
    }
