"""The period that a billing day belongs to: on the calendar or on the anniversary of the start.

Sources tell ends as the last day or as the first day after; a field that says ``inclusive`` means
the last day, any other the day after (or the last second, where instants are told).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from quarterday.core.money import to_minor
from quarterday.core.period import Period, Schedule, local_date
from quarterday.core.proration import Convention, fraction
from tests.conformance.answers import Answer, Credit, Places, Span
from tests.conformance.case import Given
from tests.conformance.registry import adapter
from tests.conformance.words import (
    NotExpressedError,
    read_anchoring,
    read_cadence,
    read_instant,
)

_INTERVAL = ("interval", "plan_interval", "period", "plan_period", "billing_period", "cadence")
_STYLE = ("billing_time", "billing", "alignment")
_ANCHOR = ("subscription_at", "subscription_date", "subscription_start", "anchor", "anchor_date")
_STARTED = ("started_at", "started_on", "start", "start_date", "subscription_started", "started")
_AT = ("billing_at", "billing_date", "billing_on", "timestamp", "at", "date", "run_at", "today")
_ENDED = ("terminated_at", "terminated_on", "cancelled_at", "ended_at", "terminated")
_SHAPES = ("", "_date", "_datetime", "_at", "_on", "_local", "_day")
_ADVANCE = {
    **dict.fromkeys(("true", "in_advance", "advance", "in advance"), True),
    **dict.fromkeys(("false", "in_arrear", "in_arrears", "arrears", "in arrear"), False),
}


@dataclass(frozen=True)
class _Edge(Answer):
    """The edge of a period: its day, or the instant at which that day begins or is over."""

    day: date
    zone: str
    last: bool = False

    def matches(self, expected: Any) -> bool:
        text = str(expected)
        if len(text) == len("2026-01-31"):
            return text == self.day.isoformat()
        try:
            stated = read_instant(text, self.zone).replace(microsecond=0)
        except NotExpressedError:
            return False
        at = time(23, 59, 59) if self.last else time()
        return stated == datetime.combine(self.day, at, ZoneInfo(self.zone))


@adapter("|".join(_INTERVAL), "|".join(_STYLE), "|".join(_AT), "|".join((*_ANCHOR, *_STARTED)))
def find_billed_period(given: Given) -> dict[str, Any]:
    """The period that a billing day bills, in advance its own, in arrears the one before it."""
    zone = given.text("timezone", "customer_timezone") or "UTC"
    anchor = _local(given, zone, *_ANCHOR, *_STARTED)
    started = _local(given, zone, *_STARTED) if given.has(*_STARTED) else anchor
    style = given.text(*_STYLE)
    cadence = read_cadence(given.need(*_INTERVAL))
    schedule = Schedule.anchored(anchor, cadence, read_anchoring(style))
    current = schedule.containing(_local(given, zone, *_AT))
    before = schedule.containing(current.start - timedelta(days=1))
    advance = _is_advance(given)
    billed = current if advance else before
    if given.has(*_ENDED):
        last = _local(given, zone, *_ENDED)
        billed = Period(current.start, last + timedelta(days=1))
    part = Period(max(billed.start, started), billed.end)
    usage = Period(max(before.start, started), before.end) if advance else part
    return {
        **_edges(part, zone, ("", "period_", "billing_", "current_period_")),
        **_edges(usage, zone, ("charges_", "usage_")),
        **dict.fromkeys(("period", "billed_period"), Span(*part)),
        "next_end_of_period": _Edge(current.end - timedelta(days=1), zone, last=True),
        "previous_beginning_of_period": _Edge(before.start, zone),
        **dict.fromkeys(("days", "period_days", "duration_in_days"), billed.days),
        **dict.fromkeys(("charges_duration_in_days", "charges_days"), usage.days),
    }


def _local(given: Given, zone: str, *names: str) -> date:
    """A civil day, or the civil day of an instant."""
    text = str(given.need(*names))
    return given.day(*names) if len(text) <= 10 else local_date(read_instant(text, zone), zone)


def _is_advance(given: Given) -> bool:
    names = ("pay_in_advance", "in_advance", "billing_mode", "timing")
    return bool(given.choose(_ADVANCE, *names)) if given.has(*names) else False


def _edges(period: Period, zone: str, prefixes: tuple[str, ...]) -> dict[str, Any]:
    """Both edges under the names that sources give them."""
    first, end = _Edge(period.start, zone), _Edge(period.end, zone)
    last = _Edge(period.end - timedelta(days=1), zone, last=True)
    found: dict[str, Any] = {}
    for prefix, shape in product(prefixes, _SHAPES):
        for word in ("from", "start", "begin"):
            found[f"{prefix}{word}{shape}"] = first
        for word in ("to", "end"):
            found[f"{prefix}{word}{shape}"] = end
            found[f"{prefix}{word}{shape}_exclusive"] = end
            found[f"{prefix}{word}{shape}_inclusive"] = last
    return found


_WHOLE_END = ("period_end_exclusive", "period_end", "period_end_inclusive")
_FROM = ("service_start", "active_from", "used_from", "from_date", "from", "start_date")
_TO = ("service_end_exclusive", "active_to_exclusive", "to_date_exclusive", "to_exclusive", "to")
_LAST = ("service_end_inclusive", "active_to_inclusive", "to_date_inclusive", "to_inclusive")
_CONVENTIONS = {
    **dict.fromkeys(("actual_days", "actual", "days"), Convention.ACTUAL_DAYS),
    **dict.fromkeys(("fixed_30_days", "fixed_30", "30/360"), Convention.FIXED_30),
    **dict.fromkeys(("second_count", "seconds"), Convention.SECONDS),
}


@adapter("period_start", "|".join(_WHOLE_END), "|".join((*_FROM, *_TO, *_LAST)))
def prorate_span(given: Given) -> dict[str, Any]:
    """The share of a period that was served, and what a price comes to for it."""
    purse = given.purse()
    whole = Period(given.day("period_start"), _read_end(given, _WHOLE_END[:2], _WHOLE_END[2:]))
    first = given.day(*_FROM) if given.has(*_FROM) else whole.start
    last = _read_end(given, _TO, _LAST) if given.has(*_TO, *_LAST) else whole.end
    convention = Convention.ACTUAL_DAYS
    if given.has("convention", "day_count"):
        convention = given.choose(_CONVENTIONS, "convention", "day_count")
    part = Period(first, last)
    share = fraction(part, whole, convention)
    answers: dict[str, Any] = {
        **dict.fromkeys(("fraction", "coefficient", "factor", "share"), Places(share)),
        **dict.fromkeys(("days", "days_used", "days_served"), part.days),
        **dict.fromkeys(("of_days", "period_days", "divisor_days"), whole.days),
    }
    if given.has("price", "plan_price", "amount"):
        price = Fraction(purse.exact(given.need("price", "plan_price", "amount")))
        amount = purse.tell(to_minor(price * share, purse.currency))
        names = ("charge", "fee", "prorated", "prorated_amount", "prorated_price", "total")
        answers |= {**dict.fromkeys(names, amount), "credit": Credit(amount)}
    return answers


def _read_end(given: Given, exclusive: tuple[str, ...], inclusive: tuple[str, ...]) -> date:
    if given.has(*exclusive):
        return given.day(*exclusive)
    return given.day(*inclusive) + timedelta(days=1)
