"""Dates plus months, and the boundaries that an anchor gives: clamped, and never drifting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from quarterday.core.period import (
    Anchoring,
    Cadence,
    Period,
    Schedule,
    Unit,
    add_cadence,
    add_months,
    clamp_day,
)
from tests.conformance.answers import Answer, Never, Series, Wrong, count_from
from tests.conformance.case import Given
from tests.conformance.registry import adapter
from tests.conformance.words import WEEKDAYS, NotExpressedError, read_cadence, read_times

_FIXED = {"days": Unit.DAY, "weeks": Unit.WEEK}


@adapter("date", "add|subtract")
def add_to_date(given: Given) -> dict[str, Any]:
    """A date plus years, months, weeks and days; a singular ``day`` says which day of the month."""
    sign = 1 if given.has("add") else -1
    change = dict(given.need("add", "subtract"))
    start = given.day("date")
    months = sign * (12 * int(change.pop("years", 0)) + int(change.pop("months", 0)))
    months += sign * 3 * int(change.pop("quarters", 0))
    result = add_months(start, months)
    if "day" in change:
        result = clamp_day(result.year, result.month, int(change.pop("day")))
    for name, unit in _FIXED.items():
        result = add_cadence(result, Cadence(1, unit), sign * int(change.pop(name, 0)))
    if change:
        raise NotExpressedError(f"a date plus {', '.join(change)}")
    return {"date": result, "result": result}


@adapter("anchor", "method")
def add_by_method(given: Given) -> dict[str, Any]:
    """Boundaries counted from the anchor, or the mistake of counting from the one before."""
    method = given.text("method").lower()
    found = re.search(r"add (?:n |one |1 |a )?(\d+ )?([a-z]+) to the (previous|anchor)", method)
    if not found:
        raise NotExpressedError(f"the method {method!r}")
    cadence = read_cadence(f"{found[1] or '1 '}{found[2]}")
    anchor = given.day("anchor")
    schedule = Schedule.anchored(anchor, cadence)
    ours = Series(lambda: _boundaries(schedule))
    chained = Series(lambda: _chain(anchor, cadence))
    mistake = Wrong(chained, ours) if "negative" in given.note else chained
    dates: Answer = ours if found[3] == "anchor" else mistake
    times = read_times(method)
    return {"dates": dates if times is None else _Counted(dates, times + 1)}


@adapter("rrule", "from|start|anchor")
def expand_rrule(given: Given) -> dict[str, Any]:
    """RFC 5545 recurrences that say a day of the month, in terms of our boundaries.

    A rule that names one day skips the months that lack it: as a billing anchor it is wrong.
    """
    parts = dict(part.split("=", 1) for part in given.text("rrule").upper().split(";"))
    units = {"MONTHLY": Unit.MONTH, "YEARLY": Unit.YEAR, "WEEKLY": Unit.WEEK, "DAILY": Unit.DAY}
    if parts.get("FREQ") not in units:
        raise NotExpressedError(f"the recurrence {given.text('rrule')}")
    start, count = given.day("from", "start", "anchor"), given.whole("count")
    cadence = Cadence(int(parts.get("INTERVAL", 1)), units[parts["FREQ"]])
    days = [int(day) for day in parts.get("BYMONTHDAY", str(start.day)).split(",")]
    last_of_days = parts.get("BYSETPOS") == "-1" or days == [-1]
    if set(parts) - {"FREQ", "INTERVAL", "BYMONTHDAY", "BYSETPOS"} or (
        len(days) > 1 and not (last_of_days and _is_clamp(days))
    ):
        raise NotExpressedError(f"the recurrence {given.text('rrule')}")
    if cadence.fixed_days:
        schedule = Schedule.anchored(start, cadence)
    else:
        day = 31 if days == [-1] else max(days)
        schedule = Schedule.anchored(start, cadence, Anchoring.DAY_OF_MONTH, day)
    ours = Series(lambda: _boundaries(schedule))
    if last_of_days or cadence.fixed_days:
        return {"dates": _Counted(ours, count)}
    skipping = Series(lambda: (on for on in _boundaries(schedule) if on.day == schedule.day))
    if "negative" in given.note:
        return {"dates": _Counted(Wrong(skipping, ours), count)}
    return {"dates": _Counted(skipping, count)}


class _Counted(Answer):
    """A series of which exactly so many are asked for."""

    def __init__(self, answer: Answer, count: int) -> None:
        self.answer, self.count = answer, count

    def matches(self, expected: Any) -> bool:
        return len(expected) == self.count and self.answer.matches(expected)

    def __repr__(self) -> str:
        return f"{self.count} of {self.answer!r}"


def _is_clamp(days: list[int]) -> bool:
    """28 to a day: the last of them is that day, or the month's last one."""
    return sorted(days) == list(range(28, max(days) + 1))


@adapter("anchor|start|billing_cycle_anchor", "interval|period")
def list_boundaries(given: Given) -> dict[str, Any]:
    """The dates on which something anchored on a day is billed."""
    anchor = given.day("billing_cycle_anchor", "anchor", "start")
    start = given.day_or_none("start", "created", "subscription_start", "start_date")
    start = anchor if start is None else start
    cadence = given.cadence("interval", "period")
    day = _read_day(given, cadence)
    if day is None:
        schedule = Schedule.anchored(anchor, cadence)
    else:
        schedule = Schedule.anchored(anchor, cadence, Anchoring.DAY_OF_MONTH, day)
    dates = Series(lambda: _billing_dates(schedule, start))
    second = next(on for number, on in enumerate(_billing_dates(schedule, start)) if number)
    names = ("billing_dates", "dates", "boundaries", "invoice_dates", "next_billing_dates")
    return {
        **dict.fromkeys(names, dates),
        **dict.fromkeys(("second_date", "next_date", "next_billing_date"), second),
        "first_date": start,
        "first_full_period_start": lambda: schedule.next_boundary(start),
        **{name: Never(second) for name in ("wrong_answer_by_overflow", "wrong_answer", "wrong")},
        "wrong_dates": Never(list(_take(_billing_dates(schedule, start), 24))),
        "periods": Series(
            lambda: (part for part, _ in schedule.parts(start, date.max.replace(day=1)))
        ),
    }


def _read_day(given: Given, cadence: Cadence) -> int | None:
    """The weekday or day of month to anchor on, where one is named."""
    if given.has("weekday"):
        day: int = given.choose(WEEKDAYS, "weekday")
        return day
    if given.has("anchor_day", "day_of_month", "billing_day"):
        return given.whole("anchor_day", "day_of_month", "billing_day")
    return None


def _take(dates: Iterator[date], count: int) -> Iterator[date]:
    return (on for on, _ in zip(dates, range(count), strict=False))


def _billing_dates(schedule: Schedule, start: date) -> Iterator[date]:
    """The start, and every boundary after it."""
    yield start
    first = schedule.number_at(start) + 1
    yield from (schedule.boundary(number) for number in count_from(first))


def _boundaries(schedule: Schedule) -> Iterator[date]:
    return (schedule.boundary(number) for number in count_from(0))


def _chain(anchor: date, cadence: Cadence) -> Iterator[date]:
    """The mistake: each date from the one before, so that a clamped day stays clamped."""
    while True:
        yield anchor
        anchor = add_cadence(anchor, cadence, 1)


@adapter("period", "start_date", "end_date")
def count_periods(given: Given) -> dict[str, Any]:
    """How many whole periods lie between two dates."""
    schedule = Schedule.anchored(given.day("start_date"), given.cadence("period"))
    number = schedule.number_at(given.day("end_date"))
    return {"whole_periods_between": number, "whole_periods": number}


@adapter("period", "start_date", "number_of_periods")
def recede_and_advance(given: Given) -> dict[str, Any]:
    """Boundaries forwards, or backwards for a negative number."""
    schedule = Schedule.anchored(given.day("start_date"), given.cadence("period"))
    count = given.whole("number_of_periods")
    step = 1 if count >= 0 else -1
    found = [schedule.boundary(step * number) for number in range(abs(count) + 1)]
    return {"boundaries": found, "end_date": found[-1], "date": found[-1]}


@adapter("period", "date", "anchor_day")
def find_anchor_date(given: Given) -> dict[str, Any]:
    """The anchor day near a date: in the same month, on or after it, on or before it."""
    on, day, cadence = given.day("date"), given.whole("anchor_day"), given.cadence("period")
    schedule = Schedule.anchored(on, cadence, Anchoring.DAY_OF_MONTH, day)
    return {
        "anchor_date_in_same_month": lambda: clamp_day(on.year, on.month, day),
        "next_anchor_on_or_after": schedule.next_boundary(on),
        "previous_anchor_on_or_before": schedule.boundary(schedule.number_at(on)),
    }


@adapter("period", "original_date", "date")
def find_boundary(given: Given) -> dict[str, Any]:
    """Boundaries that count from an original date, near another date."""
    schedule = Schedule.anchored(given.day("original_date"), given.cadence("period"))
    given.ignore("anchor_day")
    whole: Period = schedule.containing(given.day("date"))
    return {
        "next_boundary_on_or_after": schedule.next_boundary(given.day("date")),
        "previous_boundary_on_or_before": whole.start,
    }
