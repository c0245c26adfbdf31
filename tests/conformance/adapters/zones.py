"""Instants and time zones: they become civil days once, at the edge, and the rest is dates.

Some sources begin their periods at a clock time. That time is kept aside: a service day then
begins at the clock time of the anchor, and the core only sees days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from quarterday.core.charging import Timing
from quarterday.core.period import Anchoring, Cadence, Period, Schedule, Unit, local_date
from tests.conformance.answers import Series, Span
from tests.conformance.case import Given
from tests.conformance.registry import adapter
from tests.conformance.words import read_months_and_days

_FAR = date(9000, 1, 1)


@dataclass(frozen=True)
class Clock:
    """The zone in which days are days, and the time at which a service day begins."""

    zone: str
    at: time

    @classmethod
    def of(cls, instant: datetime, zone: str) -> Clock:
        return cls(zone, instant.astimezone(ZoneInfo(zone)).time())

    def day(self, instant: datetime) -> date:
        """The service day of an instant; before the clock time it is still the day before."""
        on = local_date(instant, self.zone)
        early = instant.astimezone(ZoneInfo(self.zone)).time() < self.at
        return on - timedelta(days=1) if early else on

    def instant(self, on: date) -> datetime:
        return datetime.combine(on, self.at, ZoneInfo(self.zone))

    def span(self, period: Period) -> Span:
        return Span(self.instant(period.start), self.instant(period.end))


@adapter("interval|period", "current_period_start", "anchor")
def find_next_start(given: Given) -> dict[str, Any]:
    """Where the next period starts, by an anchor that says day and clock time."""
    zone = given.text("timezone") or "UTC"
    anchor = given.instant("anchor", zone=zone)
    start = given.instant("current_period_start", zone=zone)
    clock = Clock.of(anchor, zone)
    cadence = given.cadence("interval", "period")
    next_on = _next_start(local_date(start, zone), local_date(anchor, zone), cadence)
    names = ("next_period_start", "next_billing_date", "period_end", "current_period_end")
    return dict.fromkeys(names, clock.instant(next_on))


def _next_start(start: date, anchor: date, cadence: Cadence) -> date:
    """The boundary after a period's start.

    A start on the day of an earlier anchor is itself a boundary. Otherwise weeks begin on the
    anchor's weekday, months run in step with the anchor, and a year's boundary is named by its
    year: the one that began in 2024 ends in 2025, even where the anchor lies between.
    """
    if cadence.unit is Unit.YEAR:
        yearly = Schedule.anchored(anchor, Cadence(1, Unit.YEAR))
        return yearly.boundary(start.year - anchor.year + cadence.count)
    if cadence.unit is Unit.DAY:
        return Schedule.anchored(start, cadence).boundary(1)
    day = anchor.isoweekday() if cadence.unit is Unit.WEEK else anchor.day
    from_start = Schedule.anchored(start, cadence, Anchoring.DAY_OF_MONTH, day)
    if from_start.anchor == start and anchor <= start:
        return from_start.boundary(1)
    if cadence.unit is Unit.WEEK:
        return from_start.boundary(0)
    return Schedule.anchored(anchor, cadence).next_boundary(start)


@adapter("interval|period", "anchor", "at")
def find_period(given: Given) -> dict[str, Any]:
    """The period that an instant lies in."""
    schedule, clock = _schedule(given)
    whole = schedule.containing(clock.day(given.instant("at", zone=clock.zone)))
    span = clock.span(whole)
    return {"start": span.start, "end_exclusive": span.end, "end": span.end, "period": span}


@adapter("interval|period", "anchor", "start", "billing_mode|timing")
def list_periods(given: Given) -> dict[str, Any]:
    """The periods of something that starts off its anchor, and when each is invoiced."""
    schedule, clock = _schedule(given)
    start = given.instant("start", zone=clock.zone)
    given.ignore("end")
    mode = given.text("billing_mode", "timing").lower()
    timing = Timing.ARREARS if "arrear" in mode else Timing.ADVANCE

    def spans() -> Iterator[Span]:
        return (clock.span(part) for part, _ in schedule.parts(clock.day(start), _FAR))

    invoiced = (
        Series(lambda: (span.end for span in spans()))
        if timing is Timing.ARREARS
        else Series(lambda: (span.start for span in spans()))
    )
    return {"periods": Series(spans), "invoice_at": invoiced, "invoices_at": invoiced}


@adapter("interval|period", "anchor", "start", "free_phase|trial|trial_days|free_days")
def list_paid_periods(given: Given) -> dict[str, Any]:
    """The periods billed once a free phase is over: a stub first when that is off the anchor."""
    schedule, clock = _schedule(given)
    begins = clock.day(given.instant("start", zone=clock.zone))
    paid_from = read_months_and_days(
        given.need("free_phase", "trial", "trial_days", "free_days"), begins
    )
    spans = Series(lambda: (clock.span(part) for part, _ in schedule.parts(paid_from, _FAR)))
    return {"billed_periods": spans, "periods": spans, "paid_from": clock.instant(paid_from)}


def _schedule(given: Given) -> tuple[Schedule, Clock]:
    zone = given.text("timezone") or "UTC"
    anchor = given.instant("anchor", zone=zone)
    cadence = given.cadence("interval", "period")
    return Schedule.anchored(local_date(anchor, zone), cadence), Clock.of(anchor, zone)


@adapter("start|from", "end|to", "timezone")
def count_days(given: Given) -> dict[str, Any]:
    """The civil days between two instants in a zone, whatever the clocks did."""
    zone = given.text("timezone")
    first, last = (
        local_date(given.instant(*names, zone=zone), zone)
        for names in (("start", "from"), ("end", "to"))
    )
    days = Period(first, last).days
    return {"calendar_days": days, "days": days, "start_date": first, "end_date": last}


@adapter("timezone", "first_paid_charge_instant|instant|at")
def find_anchor_day(given: Given) -> dict[str, Any]:
    """The civil day of an instant in a zone."""
    zone = given.text("timezone")
    on = local_date(given.instant("first_paid_charge_instant", "instant", "at", zone=zone), zone)
    return {"anchor_day": on.day, **dict.fromkeys(("local_date", "date"), on)}
