"""Record measurements in batches, each once; late ones are never lost (rule 11).

What comes late for an item that goes on waits for the next invoice, as everything of it does. An
item that has ended has no next invoice, so usage for it makes the account due at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction

from quarterday.core.money import plain
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.usage.place_usage import Places, find_places
from quarterday.services.usage.sort_usage import Sorted, sort_usage
from quarterday.services.usage.usage_input import (
    Bad,
    Checked,
    Refused,
    UsageInput,
    UsageRefused,
    check_usage,
)
from quarterday.store.bulk import insert_rows, to_column
from quarterday.store.models import BillingDue, Meter, Seller, UsageEvent
from quarterday.store.queries.metered import in_chunks

_TRIES = 3
_COLUMNS = (
    "meter_id event_id account_id subscription_id at on value key corrects superseded billed data"
).split()


class UsageReport(NamedTuple):
    """What a batch did. ``corrected`` and ``late`` are among those ``recorded``."""

    recorded: int
    duplicates: int
    corrected: int
    late: int
    refused: list[Refused]


def record_usage(
    *,
    seller: Seller,
    events: Sequence[UsageInput],
    now: datetime,
    strict: bool = False,
    actor: str = "system",
) -> UsageReport:
    """Record a batch of measurements of a seller's meters, within one transaction.

    An event that is there with the same content is a duplicate and changes nothing. Bad ones are
    reported while the good ones go in; with ``strict``, `UsageRefused` is raised and nothing is.
    """
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                return _record(seller, events, now, strict, actor)
        except IntegrityError:
            # Somebody recorded one of the ids for another account since we looked: look again.
            continue
    raise Conflict("others keep recording the same event ids; send the batch again")


def _record(
    seller: Seller, events: Sequence[UsageInput], now: datetime, strict: bool, actor: str
) -> UsageReport:
    checked, refused = _check(seller, events)
    places = find_places(seller.id, checked.values())
    found = sort_usage(checked, places)
    refused = sorted([*refused, *found.refused])
    if refused and strict:
        raise UsageRefused(refused)
    _write(found)
    _make_due(places, found)
    report = UsageReport(len(found.rows), found.duplicates, found.corrected, found.late, refused)
    if found.rows:
        record_event(
            kind="usage.recorded",
            subject=seller.public_id,
            seller_id=seller.id,
            actor=actor,
            now=now,
            data=report._asdict() | {"refused": len(refused)},
        )
    return report


def _check(
    seller: Seller, events: Sequence[UsageInput]
) -> tuple[dict[int, Checked], list[Refused]]:
    """The events that are well-formed, by their place in the batch, and those that are not."""
    meters = dict(Meter.objects.filter(seller=seller).values_list("code", "id"))
    checked, refused = {}, []
    for index, event in enumerate(events):
        try:
            checked[index] = check_usage(event, meters, seller.time_zone)
        except Bad as bad:
            refused.append(bad.refuse(index, event))
    return checked, refused


def _write(found: Sorted) -> None:
    """Insert the new events, and mark those that they correct."""
    rows: list[tuple[Any, ...]] = []
    for event, item in found.rows.values():
        sent = event.sent
        rows.append(
            (
                event.meter_id,
                sent.event_id,
                item.account_id,
                item.subscription_id,
                connection.ops.adapt_datetimefield_value(sent.at),
                to_column(event.on),
                plain(event.value),
                sent.key,
                sent.corrects,
                (event.meter_id, sent.event_id) in found.superseded,
                False,
                "{}",
            )
        )
    # COPY speaks to the driver itself, whose errors Django would not know.
    with connection.wrap_database_errors:
        insert_rows(UsageEvent, _COLUMNS, rows)
    for keys in in_chunks(found.superseded_keys):
        # Not billed, so that the period of the old value is rated anew as well.
        stale = UsageEvent.objects.filter(id__in=keys, superseded=False)
        if stale.update(superseded=True, billed=False) != len(keys):
            raise Conflict("an event was corrected by somebody else; send the batch again")


def _make_due(places: Places, found: Sorted) -> None:
    """Make accounts due whose item has ended and was billed to its end."""
    earliest: dict[int, date] = {}
    for item in found.touched:
        if item.end_on is not None and item.billed_through >= item.end_on:
            known = earliest.get(item.account_id, places.due[item.account_id])
            if known is None or item.end_on < known:
                earliest[item.account_id] = item.end_on
    rows = [BillingDue(account_id=key, bill_on=day) for key, day in earliest.items()]
    BillingDue.objects.bulk_update(rows, ["bill_on"], batch_size=500)
