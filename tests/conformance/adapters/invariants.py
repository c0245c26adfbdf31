"""Bugs of other engines as properties of ours: each is played through and then looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from quarterday.core.charging import Timing
from quarterday.core.metering import Aggregation, Measurement, aggregate
from quarterday.core.money import to_minor
from quarterday.core.period import Anchoring, Cadence, Period, Schedule, Unit, local_date
from quarterday.core.proration import fraction
from tests.conformance.adapters.recurring import Contract
from tests.conformance.answers import Answer, Series, Span
from tests.conformance.case import Given
from tests.conformance.registry import adapter
from tests.conformance.words import (
    NotExpressedError,
    read_cadence,
    read_date,
    read_instant,
    read_times,
)

_DAY = date(2026, 1, 31)


@adapter("timezone", "billing_job_runs_utc", "interval|period", "created|start|created_utc")
def run_at_instants(given: Given) -> dict[str, Any]:
    """A billing job at instants: the local day decides, and a period is billed once."""
    zone = given.text("timezone")
    given.ignore("billing")
    if "calendar" in given.text("billing"):
        raise NotExpressedError("a calendar anchor")
    created = local_date(given.instant("created", "start", "created_utc", zone=zone), zone)
    contract = _contract(created, given.cadence("interval", "period"))
    days = [local_date(read_instant(at), zone) for at in given.listed("billing_job_runs_utc")]
    billed = _run_days(contract, days)
    invoiced = [day for day, due in zip(days, billed, strict=True) if due]
    return {
        **dict.fromkeys(("invoices", "charges"), len(invoiced)),
        "invoice_local_date": lambda: invoiced[0],
        "first_run_local_date": days[0],
        "second_run_local_date": lambda: days[1],
        "run_local_dates": days,
    }


@adapter("timezone", "billing_job_runs")
def run_within_a_day(given: Given) -> dict[str, Any]:
    """A billing job several times within one local day, in every zone that is meant."""
    text = given.text("billing_job_runs").lower()
    times = read_times(text)
    if times is None or "day" not in text:
        raise NotExpressedError(f"the runs {text!r}")
    return {"invoices": _same(_count_in_zone(zone, times) for zone in _zones(given))}


def _zones(given: Given) -> list[str]:
    """The zone, or all that ``any UTC+X`` means; a sign in Etc names is the other way round."""
    text = given.text("timezone")
    if not text.lower().startswith("any"):
        return [_zone(text)]
    east = [f"Etc/GMT-{hours}" for hours in range(1, 15)]
    west = [f"Etc/GMT+{hours}" for hours in range(1, 13)]
    return east if "+" in text else west if "-" in text else ["UTC", *east, *west]


def _zone(text: str) -> str:
    """``UTC-6`` by the name it has in the time zone database."""
    found = re.fullmatch(r"(?:UTC|GMT)([+-])(\d{1,2})(?::00)?", text)
    if not found:
        return text
    return f"Etc/GMT{'-' if found[1] == '+' else '+'}{int(found[2])}"


def _count_in_zone(zone: str, times: int) -> int:
    """How many of the runs within the local day of a boundary bill something."""
    contract = _contract(_DAY, Cadence(1, Unit.MONTH)).run(_DAY)[0]
    midnight = datetime.combine(contract.billed_through, time(), ZoneInfo(zone))
    step = timedelta(days=1) / (times + 1)
    instants = [midnight + step * (number + 1) for number in range(times)]
    days = [local_date(instant.astimezone(UTC), zone) for instant in instants]
    return sum(bool(due) for due in _run_days(contract, days))


@adapter("site_zone_changed", "interval", "trial_days")
def change_zone(given: Given) -> dict[str, Any]:
    """A seller's zone changes on the day of a renewal: it is charged once all the same."""
    zones = [_zone(str(zone)) for zone in given.listed("site_zone_changed")]
    trial_end = _DAY + timedelta(days=given.whole("trial_days"))
    contract = _contract(trial_end, given.cadence("interval"))
    renewal = contract.schedule.containing(contract.schedule.boundary(1))
    noon = datetime.combine(renewal.start, time(12), UTC)
    hours = [noon + timedelta(hours=hour) for hour in range(-36, 37)]
    changed = noon
    days = [local_date(hour, zones[hour >= changed]) for hour in hours]
    billed = _run_days(contract, days)
    charges = sum(part == renewal for due in billed for part in due)
    return dict.fromkeys(("charges_for_the_renewal", "charges", "invoices"), charges)


@adapter("timezone", "created_utc", "invoice_job_utc")
def run_at_local_night(given: Given) -> dict[str, Any]:
    """A job whose clock time falls on the local day before: it waits for the boundary."""
    zone = given.text("timezone")
    if given.text("anchor") not in ("", "local day of creation"):
        raise NotExpressedError(f"the anchor {given.text('anchor')!r}")
    created, ran = (
        local_date(given.instant(name), zone) for name in ("created_utc", "invoice_job_utc")
    )
    cadence = given.cadence("interval") if given.has("interval") else Cadence(1, Unit.MONTH)
    due = _run_days(_contract(created, cadence, Timing.ARREARS), [ran])[0]
    return {
        "creation_local_date": created,
        "job_local_date": ran,
        "due_periods": [Span(*part) for part in due],
        "terminates": True,
    }


@adapter("start", "interval|period", "clock_checked_after|run_dates|clock_checked_on")
def run_on_days(given: Given) -> dict[str, Any]:
    """A clock moved forward by leaps: every boundary is billed, each exactly once."""
    start, cadence = given.day("start"), given.cadence("interval", "period")
    day = given.whole("anchor_day") if given.has("anchor_day") else start.day
    schedule = Schedule.anchored(start, cadence, Anchoring.DAY_OF_MONTH, day)
    contract = Contract(schedule, start, None, Timing.ADVANCE, start)
    checks = given.listed("clock_checked_after", "run_dates", "clock_checked_on")
    days = [read_date(check) for check in checks]
    parts = [part for due in _run_days(contract, days) for part in due]
    invoiced = tuple(part.start for part in parts)
    return {
        **dict.fromkeys(("invoice_dates", "billing_dates"), invoiced),
        "periods": [Span(*part) for part in parts],
        "invoices": len(parts),
    }


@adapter("events|same_identifier_sent_twice_within")
def count_once(given: Given) -> dict[str, Any]:
    """An event that arrives twice is one event."""
    text = given.text("events") or f"same identifier twice {given.fields}"
    given.ignore("same_identifier_sent_twice_within")
    times = read_times(text)
    if times is None or not re.search(r"same \w*(?:id|identifier|key)\b", text):
        raise NotExpressedError(f"the events {text!r}")
    at = datetime.combine(_DAY, time(), UTC)
    events = [Measurement(at, Decimal(1), "the same")] * times
    counted = aggregate(Aggregation.UNIQUE, events, at, at + timedelta(days=1))
    return dict.fromkeys(("counted", "events", "billed_events"), counted)


@adapter("invoice_run")
def repeat_run(given: Given) -> dict[str, Any]:
    """The same run again, on contracts of every kind: nothing is due any more."""
    if "repeat" not in given.text("invoice_run") and "twice" not in given.text("invoice_run"):
        raise NotExpressedError(f"the run {given.text('invoice_run')!r}")
    today = _DAY + timedelta(days=400)
    new_lines = 0
    for text in ("day", "week", "month", "quarter", "year"):
        for timing in Timing:
            contract = _contract(_DAY, read_cadence(text), timing)
            first, second = _run_days(contract, [today, today])
            if not first:
                raise NotExpressedError("a first run that bills nothing")
            new_lines += len(second)
    return {**dict.fromkeys(("new_lines", "invoices"), new_lines), "terminates": True}


@adapter("two_proration_changes_in_one_period")
def change_twice(given: Given) -> dict[str, Any]:
    """Two changes in one period: both leave a charge, and the parts make up the whole."""
    if given.get("two_proration_changes_in_one_period") is not True:
        raise NotExpressedError("changes that do not happen")
    whole = Schedule.anchored(_DAY, Cadence(1, Unit.MONTH)).containing(_DAY)
    parts = whole.split(_DAY + timedelta(days=7), _DAY + timedelta(days=14))
    shares = [fraction(part, whole) for part in parts]
    unit = given.purse().currency
    charges = {
        part.start: to_minor(share * 10, unit) for part, share in zip(parts, shares, strict=True)
    }
    both = len(charges) == 3 and all(charges.values()) and sum(shares) == 1
    return {"both_invoiced": both, "charges": len(charges) - 1}


@adapter("interval|period", "start|created", "trial_days|trial")
def start_after_trial(given: Given) -> dict[str, Any]:
    """What is billed once a trial is over."""
    start = given.day("start", "created")
    trial = given.get("trial_days", "trial")
    days = int(re.sub(r"\D", "", str(trial)) or 0)
    paid_from = start + timedelta(days=days)
    schedule = Schedule.anchored(paid_from, given.cadence("interval", "period"))
    periods: Answer = Series(lambda: (Span(*part) for part in _whole_periods(schedule)))
    names = ("first_charge_date", "first_billing_date", "trial_end", "paid_from")
    return {**dict.fromkeys(names, paid_from), "periods": periods, "billed_periods": periods}


def _whole_periods(schedule: Schedule) -> Iterable[Period]:
    return (whole for _, whole in schedule.parts(schedule.anchor, date(9000, 1, 1)))


def _contract(start: date, cadence: Cadence, timing: Timing = Timing.ADVANCE) -> Contract:
    return Contract(Schedule.anchored(start, cadence), start, None, timing, start)


def _run_days(contract: Contract, days: list[date]) -> list[list[Period]]:
    """What each of several runs bills, one after another."""
    billed = []
    for day in days:
        contract, due = contract.run(day)
        billed.append([part for part, _ in due])
    return billed


def _same(counts: Iterable[int]) -> int:
    """What all zones agree on. Raises `NotExpressedError` when they do not."""
    found = set(counts)
    if len(found) != 1:
        raise NotExpressedError(f"different answers in different zones: {sorted(found)}")
    return found.pop()
