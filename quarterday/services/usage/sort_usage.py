"""Sort a batch of measurements: new, sent before, corrections, and those that cannot be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

from quarterday.services.usage.place_usage import Places
from quarterday.services.usage.usage_input import Bad, Checked, Refused
from quarterday.store.queries.metered import KnownEvent, MeteredItem, load_known_events

EventName = tuple[int, str]


class _Seen(NamedTuple):
    """An event that stands: stored before, or earlier in the batch (then without a key)."""

    id: int | None
    subscription_id: int
    on: date
    content: tuple[object, ...]


@dataclass(slots=True)
class Sorted:
    """What to do with a batch. ``touched`` are the items whose usage changes."""

    rows: dict[int, tuple[Checked, MeteredItem]] = field(default_factory=dict)
    touched: set[MeteredItem] = field(default_factory=set)
    superseded: set[EventName] = field(default_factory=set)
    superseded_keys: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    duplicates: int = 0
    corrected: int = 0
    late: int = 0


def sort_usage(checked: Mapping[int, Checked], places: Places) -> Sorted:
    """Sort events in the order of the batch, so that one may correct another before it."""
    found = Sorted()
    known, replaced = _load_known(checked)
    for index, event in checked.items():
        try:
            _sort(index, event, places, known, replaced, found)
        except Bad as bad:
            found.refused.append(bad.refuse(index, event.sent))
    return found


def _load_known(
    checked: Mapping[int, Checked],
) -> tuple[dict[EventName, _Seen], set[EventName]]:
    """The stored events that the batch names, and which of them were corrected before."""
    names: dict[int, set[str]] = defaultdict(set)
    for event in checked.values():
        names[event.meter_id] |= {event.sent.event_id, event.sent.corrects} - {""}
    known, replaced = {}, set()
    for meter_id, ids in names.items():
        for row in load_known_events(meter_id, ids):
            name = meter_id, row.event_id
            known[name] = _Seen(row.id, row.subscription_id, row.on, _stored_content(row))
            if row.superseded:
                replaced.add(name)
    return known, replaced


def _sort(
    index: int,
    event: Checked,
    places: Places,
    known: dict[EventName, _Seen],
    replaced: set[EventName],
    found: Sorted,
) -> None:
    sent = event.sent
    name = event.meter_id, sent.event_id
    account_id = places.account_of(event)
    content = _content(account_id, sent.at, event.value, sent.key, sent.corrects)
    if seen := known.get(name):
        subscriptions = {one.subscription_id for one in places.candidates(event, account_id)}
        if seen.content != content or seen.subscription_id not in subscriptions:
            remedy = "it was recorded with other content; send a correction under a new id"
            raise Bad("event_id", sent.event_id, remedy)
        found.duplicates += 1
        return
    item = places.place(event, account_id)
    if sent.corrects:
        _supersede(event, item, places, known, replaced, found)
    known[name] = _Seen(None, item.subscription_id, event.on, content)
    found.rows[index] = event, item
    found.touched.add(item)
    found.late += event.on < item.billed_through


def _supersede(
    event: Checked,
    item: MeteredItem,
    places: Places,
    known: Mapping[EventName, _Seen],
    replaced: set[EventName],
    found: Sorted,
) -> None:
    """Mark the event that another corrects; raises `Bad` where it cannot."""
    corrects = event.sent.corrects
    name = event.meter_id, corrects
    seen = known.get(name)
    if seen is None:
        raise Bad("corrects", corrects, "there is no such event of this meter; send it first")
    if seen.subscription_id != item.subscription_id:
        remedy = "it is of another subscription; correct it to 0 there, and send a new event here"
        raise Bad("corrects", corrects, remedy)
    if name in replaced:
        raise Bad("corrects", corrects, "it was corrected before; correct its correction instead")
    replaced.add(name)
    found.corrected += 1
    if seen.id is None:
        found.superseded.add(name)
    else:
        found.superseded_keys.append(seen.id)
    for one in places.items[item.account_id, event.meter_id, item.subscription]:
        if one.holds(seen.on):
            found.touched.add(one)


def _content(
    account_id: int, at: datetime, value: object, key: str, corrects: str
) -> tuple[object, ...]:
    return account_id, at.astimezone(UTC), value, key, corrects


def _stored_content(row: KnownEvent) -> tuple[object, ...]:
    return _content(row.account_id, row.at, row.value, row.key, row.corrects)
