"""Usage: measurements to a quantity per period, and late ones billed as a difference."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from quarterday.core.metering import Aggregation, Measurement, aggregate, to_quantity
from quarterday.core.money import to_minor
from quarterday.core.period import Anchoring, Cadence, Period, Schedule
from quarterday.core.pricing import parse_model
from quarterday.core.pricing.price import Price, rate_price
from tests.conformance.answers import Places, Span
from tests.conformance.case import Given
from tests.conformance.registry import adapter
from tests.conformance.words import NotExpressedError, read_date, read_exact, read_instant

_KINDS = {
    **dict.fromkeys(("sum", "sum_agg", "total"), Aggregation.SUM),
    **dict.fromkeys(("count", "count_agg"), Aggregation.COUNT),
    **dict.fromkeys(("max", "max_agg", "maximum", "peak"), Aggregation.MAX),
    **dict.fromkeys(("last", "latest", "latest_agg"), Aggregation.LAST),
    **dict.fromkeys(("unique", "unique_count", "unique_count_agg"), Aggregation.UNIQUE),
    **dict.fromkeys(("time_weighted", "time_weighted_sum"), Aggregation.TIME_WEIGHTED),
    **dict.fromkeys(("weighted_sum", "weighted_sum_agg"), Aggregation.TIME_WEIGHTED),
    **dict.fromkeys(("prorated_sum", "prorated_unique_count"), Aggregation.TIME_WEIGHTED),
    **dict.fromkeys(("percentile_95", "p95", "95th_percentile"), Aggregation.PERCENTILE_95),
}
_EVENT = {"at", "date", "timestamp", "value", "quantity", "key", "id", "unique_id"}


@adapter("aggregation", "events|items", "period_start", "period_end_exclusive|period_end")
def aggregate_events(given: Given) -> dict[str, Any]:
    """Events of a period to one quantity; those of recurring metrics count from their day on."""
    word = re.sub(r"[\s-]+", "_", given.text("aggregation").lower().split("(")[0].strip())
    if word not in _KINDS:
        raise NotExpressedError(f"the aggregation {given.text('aggregation')!r}")
    zone = given.text("timezone") or "UTC"
    start = given.instant("period_start", zone=zone)
    end = given.instant("period_end_exclusive", "period_end", zone=zone)
    initial = read_exact(given.get("initial", "carried_over", "initial_value") or 0)
    found = []
    for event in given.listed("events", "items"):
        if "added" in event:
            held = _read_holding(event, start, zone)
            initial += held[0]
            found += held[1]
        else:
            found.append(_read_event(event, zone))
    value = aggregate(_KINDS[word], found, start, end, initial)
    return dict.fromkeys(("value", "quantity", "units"), Places(value))


def _read_event(event: dict[str, Any], zone: str) -> Measurement:
    if unknown := event.keys() - _EVENT:
        raise NotExpressedError(f"events that say {', '.join(sorted(unknown))}")
    when = next(event[name] for name in ("at", "date", "timestamp") if name in event)
    value = next((event[name] for name in ("value", "quantity") if name in event), 1)
    key = next((event[name] for name in ("key", "unique_id") if name in event), "")
    return Measurement(read_instant(when, zone), read_exact(value), str(key))


def _read_holding(
    item: dict[str, Any], start: datetime, zone: str
) -> tuple[int, list[Measurement]]:
    """Something held from a day on, and until another: carried in, or a change of level."""
    if unknown := item.keys() - {"added", "removed"}:
        raise NotExpressedError(f"items that say {', '.join(sorted(unknown))}")
    added = read_instant(item["added"], zone)
    changes = [] if added < start else [Measurement(added, Decimal(1))]
    if item.get("removed"):
        changes.append(Measurement(read_instant(item["removed"], zone), Decimal(-1)))
    return int(added < start), changes


@adapter("events", "block_size", "price", "anchor_day")
def bill_late_usage(given: Given) -> dict[str, Any]:
    """Usage per period in started blocks, less what was billed: late events make a difference."""
    purse = given.purse()
    if "block" not in given.text("model"):
        raise NotExpressedError(f"the model {given.text('model')!r} of events")
    model = {
        "model": "package",
        "size": f"{given.exact('block_size'):f}",
        "price": f"{purse.exact(given.need('price')):f}",
    }
    price = Price(purse.currency, parse_model(model))
    events = [
        Measurement(_midnight(read_date(event["date"])), read_exact(event["quantity"]))
        for event in given.listed("events")
    ]
    billed = {
        read_date(item["start"]): to_minor(purse.exact(item["amount"]), purse.currency)
        for item in given.get("already_billed") or []
    }
    items = []
    for part in _usage_periods(events, given.whole("anchor_day"), given):
        start, end = _midnight(part.start), _midnight(part.end)
        quantity = to_quantity(aggregate(Aggregation.SUM, events, start, end))
        whole = to_minor(rate_price(price, quantity).amount, purse.currency)
        if rest := whole - billed.get(part.start, 0):
            items.append(Span(*part, purse.tell(rest), {"type": "usage"}))
    return {"items": items}


def _usage_periods(events: list[Measurement], day: int, given: Given) -> list[Period]:
    """The periods from the first event through the last, by an anchor day."""
    cadence = given.cadence("period") if given.has("period") else Cadence.parse("month")
    first, last = (pick(event.at.date() for event in events) for pick in (min, max))
    schedule = Schedule.anchored(first, cadence, Anchoring.DAY_OF_MONTH, day)
    return [part for part, _ in schedule.parts(first, schedule.containing(last).end)]


def _midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=UTC)
