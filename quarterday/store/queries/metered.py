"""Who usage events are about: accounts and subscriptions by the ids that callers know, and items.

Events come by the ten thousand, so everything is read in lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

from quarterday.store.bulk import is_postgresql, to_day
from quarterday.store.models import Account, Subscription, UsageEvent
from quarterday.store.queries.raw import days, fetch_by_ids

_CHUNK = 5000
Value = TypeVar("Value")


class MeteredItem(NamedTuple):
    """An item that measures a meter; its days are half-open."""

    account_id: int
    subscription_id: int
    subscription: str
    external_id: str | None
    meter_id: int
    start_on: date
    end_on: date | None
    billed_through: date

    def holds(self, day: date) -> bool:
        """Whether usage of a day belongs to it."""
        return self.start_on <= day and (self.end_on is None or day < self.end_on)


class KnownEvent(NamedTuple):
    """A usage event that is stored."""

    id: int
    meter_id: int
    event_id: str
    account_id: int
    subscription_id: int
    at: datetime
    on: date
    value: Decimal
    key: str
    corrects: str
    superseded: bool


def in_chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    """Values in lists that fit into one statement."""
    listed = list(values)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def find_account_keys(seller_id: int, names: set[str]) -> dict[str, int]:
    """Keys of a seller's accounts by their public and external ids; the public id wins."""
    found: dict[str, int] = {}
    for chunk in in_chunks(sorted(names)):
        rows = Account.objects.filter(seller_id=seller_id)
        for field in ("external_id", "public_id"):
            found.update(rows.filter(**{f"{field}__in": chunk}).values_list(field, "id"))
    return found


def find_subscription_owners(seller_id: int, public_ids: set[str]) -> dict[str, int]:
    """Keys of the accounts of a seller's subscriptions, by the public id of the subscription."""
    found: dict[str, int] = {}
    for chunk in in_chunks(sorted(public_ids)):
        rows = Subscription.objects.filter(account__seller_id=seller_id, public_id__in=chunk)
        found.update(rows.values_list("public_id", "account_id"))
    return found


_CLAIM = (
    "SELECT account_id, [bill_on] FROM store_billingdue WHERE account_id {ids} ORDER BY account_id"
)


def claim_due(account_ids: Iterable[int]) -> dict[int, date | None]:
    """Lock accounts against the billing run until the transaction ends; when each is due.

    In the order of their keys, so that two who lock many never wait for each other in a circle.
    """
    lock = " FOR UPDATE" if is_postgresql() else ""
    rows = fetch_by_ids(days(_CLAIM) + lock, sorted(account_ids))
    return {key: None if bill_on is None else to_day(bill_on) for key, bill_on in rows}


_ITEMS = """
SELECT i.account_id, i.subscription_id, s.public_id, s.external_id, p.meter_id, [i.start_on],
       [i.end_on], [i.billed_through]
FROM store_subscriptionitem i
JOIN store_subscription s ON s.id = i.subscription_id
JOIN store_price p ON p.id = i.price_id
WHERE i.account_id {ids} AND p.meter_id IS NOT NULL AND i.role <> 'commitment'
ORDER BY i.account_id, i.id
"""


def load_metered_items(account_ids: Sequence[int]) -> Iterator[MeteredItem]:
    """Items that measure something, those that ended included."""
    for *facts, start_on, end_on, billed in fetch_by_ids(days(_ITEMS), account_ids):
        end = None if end_on is None else to_day(end_on)
        yield MeteredItem._make([*facts, to_day(start_on), end, to_day(billed)])


def load_known_events(meter_id: int, event_ids: set[str]) -> Iterator[KnownEvent]:
    """Events of a meter that are stored under some ids."""
    for chunk in in_chunks(sorted(event_ids)):
        rows = UsageEvent.objects.filter(meter_id=meter_id, event_id__in=chunk)
        yield from map(KnownEvent._make, rows.values_list(*KnownEvent._fields))
