"""The log of what happened: who did what, to what, and when; fast however long it grew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Max, Min, Q, QuerySet

from quarterday.store.bulk import is_postgresql
from quarterday.store.models import Account, Event, Seller, User
from quarterday.store.queries.raw import fetch

# Exactly as the index on what people did has it.
BY_THE_SYSTEM = Q(actor__in=["system", "billing run"])
PAGE = 50
# So many events are looked through for one page; what is further back is asked for again.
WINDOW = 200_000


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to look for; ``kind`` is a kind or its first word, days are the seller's own."""

    seller: Seller
    actor: str = ""
    kind: str = ""
    account_id: int | None = None
    first: date | None = None
    last: date | None = None
    with_system: bool = False


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Events, the newest first; ``before`` continues behind them, and is None at the end."""

    rows: list[Event]
    before: int | None


def list_events(asked: AuditFilter, *, before: int | None = None, size: int = PAGE) -> AuditPage:
    """A page of the log; at most `WINDOW` rows are looked through where no index leads."""
    lowest, highest = _find_bounds(asked)
    top = highest + 1 if before is None else min(before, highest + 1)
    rows = _filtered(asked).filter(id__lt=top, id__gte=lowest)
    bottom = lowest
    if not (asked.actor or asked.account_id):
        bottom = max(lowest, top - WINDOW)
        rows = rows.filter(id__gte=bottom)
    found = list(rows.order_by("-id")[: size + 1])
    if len(found) > size:
        return AuditPage(found[:size], found[size - 1].id)
    return AuditPage(found, bottom if bottom > lowest else None)


def iterate_events(asked: AuditFilter, limit: int = 100_000) -> Iterator[Event]:
    """All that a filter finds, the newest first, to be written into a file."""
    before: int | None = None
    left = limit
    while left > 0:
        page = list_events(asked, before=before, size=min(1000, left))
        yield from page.rows
        left -= len(page.rows)
        if page.before is None:
            return
        before = page.before


def name_actors(rows: list[Event]) -> dict[str, User]:
    """The users among those who did something, and among what it happened to, by public id."""
    keys = {one for row in rows for one in (row.actor, row.subject) if one.startswith("usr_")}
    return {user.public_id: user for user in User.objects.filter(public_id__in=keys)}


def name_accounts(rows: list[Event]) -> dict[int, Account]:
    """The accounts of events by key."""
    return Account.objects.in_bulk({row.account_id for row in rows if row.account_id})


def is_frozen(table: str = "store_event") -> bool:
    """Whether the database itself refuses to change and to delete rows of a table."""
    if is_postgresql():
        sql = (
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass "
            "AND tgname = ANY(%s) AND tgenabled <> 'D'"
        )
        found = fetch(sql, [table, [f"{table}_frozen", f"{table}_kept"]])
    else:
        sql = (
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' "
            "AND tbl_name = %s AND name IN (%s, %s)"
        )
        found = fetch(sql, [table, f"{table}_frozen", f"{table}_kept"])
    return bool(found[0][0] == 2)


def _filtered(asked: AuditFilter) -> QuerySet[Event]:
    rows = Event.objects.filter(seller=asked.seller)
    if not asked.with_system:
        rows = rows.exclude(BY_THE_SYSTEM)
    if asked.actor:
        rows = rows.filter(actor=asked.actor)
    if asked.kind:
        rows = rows.filter(Q(kind=asked.kind) | Q(kind__startswith=f"{asked.kind}."))
    if asked.account_id is not None:
        rows = rows.filter(account_id=asked.account_id)
    zone = ZoneInfo(asked.seller.time_zone)
    if asked.first:
        rows = rows.filter(at__gte=datetime.combine(asked.first, time.min, zone))
    if asked.last:
        rows = rows.filter(at__lte=datetime.combine(asked.last, time.max, zone))
    return rows


def _find_bounds(asked: AuditFilter) -> tuple[int, int]:
    """The keys between which the days lie. Events are written as they happen, so their keys rise
    with time but for those written at once; a margin stands for these.
    """
    ends = Event.objects.aggregate(low=Min("id"), high=Max("id"))
    low, high = ends["low"] or 0, ends["high"] or 0
    zone = ZoneInfo(asked.seller.time_zone)
    first = (
        _find_key(datetime.combine(asked.first, time.min, zone), low, high) if asked.first else low
    )
    last = (
        _find_key(datetime.combine(asked.last, time.max, zone), low, high) if asked.last else high
    )
    return max(low, first - _MARGIN), min(high, last + _MARGIN)


_MARGIN = 10_000


def _find_key(instant: datetime, low: int, high: int) -> int:
    """About the key of the first event at or after an instant, halving what is in question."""
    while low < high:
        middle = (low + high) // 2
        row = Event.objects.filter(id__gte=middle).order_by("id").values_list("id", "at").first()
        if row is None or row[1] >= instant:
            high = middle
        else:
            low = row[0] + 1
    return low
