"""All that happened to an account, from every table that knows a part of it, the newest first."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q, QuerySet

from quarterday.store.models import (
    Account,
    AccountNote,
    Click,
    Delivery,
    DunningStep,
    Event,
    Message,
    PaymentAttempt,
    ServiceCall,
    StepOutcome,
)

PAGE = 30
_TICK = timedelta(microseconds=1)


class Sort(StrEnum):
    """What one can look at alone."""

    ALL = "all"
    DOCUMENTS = "documents"
    MONEY = "money"
    MESSAGES = "messages"
    REMINDERS = "reminders"
    SERVICES = "services"
    PEOPLE = "people"
    NOTES = "notes"


class Entry(NamedTuple):
    """Something that happened: a row of the table named by ``source``."""

    at: datetime
    source: int
    row: Any


class Mark(NamedTuple):
    """Where a page begins: after this entry."""

    at: datetime
    source: int
    key: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.source}~{self.key}"


class TimelinePage(NamedTuple):
    """Entries, the newest first; ``older`` is where the next page begins, or None."""

    entries: list[Entry]
    older: Mark | None


# Events begin with what they are about; those that another table tells better are left out.
_EVENTS: dict[Sort, tuple[str, ...]] = {
    Sort.DOCUMENTS: ("invoice.", "credit_note.", "quote.", "order.", "fee.", "charge."),
    Sort.MONEY: (
        *("payment.", "refund.", "dispute.", "credit.", "allocation.", "collection."),
        *("instalments.", "payment_method.", "mandate.", "top_up.", "approval.", "bank_match."),
    ),
    Sort.MESSAGES: ("message.", "address.", "link.", "links."),
    Sort.REMINDERS: ("dunning.", "promise."),
    Sort.SERVICES: ("subscription.", "service.", "discount."),
    Sort.PEOPLE: (
        *(
            "account.",
            "contact.",
            "user.",
            "member.",
            "invitation.",
            "note.",
            "task.",
            "billing.",
            "staff.",
        ),
    ),
}
_TOLD_ELSEWHERE = ("payment_attempt.", "document.", "usage.", "note.added", "entitlement.")


def _events(account: Account, sort: Sort) -> QuerySet[Any]:
    rows = Event.objects.filter(account_id=account.id)
    if sort is not Sort.ALL:
        return rows.filter(_begins(_EVENTS[sort]))
    return rows.exclude(_begins(_TOLD_ELSEWHERE))


def _begins(words: tuple[str, ...]) -> Q:
    found = Q()
    for word in words:
        found |= Q(kind__startswith=word)
    return found


def _attempts(account: Account, sort: Sort) -> QuerySet[Any]:
    return PaymentAttempt.objects.filter(account=account).select_related("method", "payment")


def _messages(account: Account, sort: Sort) -> QuerySet[Any]:
    deliveries = Delivery.objects.defer("content").order_by("id")
    rows = Message.objects.filter(account=account)
    return rows.prefetch_related(Prefetch("deliveries", queryset=deliveries))


def _clicks(account: Account, sort: Sort) -> QuerySet[Any]:
    return Click.objects.filter(link__account=account).select_related("link")


def _calls(account: Account, sort: Sort) -> QuerySet[Any]:
    rows = ServiceCall.objects.filter(account_id=account.id)
    return rows.select_related("service__subscription__plan")


def _steps(account: Account, sort: Sort) -> QuerySet[Any]:
    rows = DunningStep.objects.filter(invoice__account=account).select_related("invoice")
    # Steps that were passed over are of interest to whoever looks for reminders only.
    return rows.exclude(outcome=StepOutcome.PASSED) if sort is Sort.ALL else rows


def _notes(account: Account, sort: Sort) -> QuerySet[Any]:
    return AccountNote.objects.filter(account=account, removed_at=None)


class _Source(NamedTuple):
    """A table, the column that says when, and under which sorts it is shown."""

    find: Callable[[Account, Sort], QuerySet[Any]]
    when: str
    sorts: tuple[Sort, ...]


EVENT, ATTEMPT, MESSAGE, CLICK, CALL, STEP, NOTE = range(7)
_SOURCES: tuple[_Source, ...] = (
    _Source(_events, "at", tuple(_EVENTS)),
    _Source(_attempts, "created_at", (Sort.MONEY,)),
    _Source(_messages, "created_at", (Sort.MESSAGES,)),
    _Source(_clicks, "at", (Sort.MESSAGES,)),
    _Source(_calls, "started_at", (Sort.SERVICES,)),
    _Source(_steps, "taken_at", (Sort.REMINDERS,)),
    _Source(_notes, "at", (Sort.NOTES,)),
)


def page_timeline(
    account: Account, sort: Sort = Sort.ALL, *, after: Mark | None = None, limit: int = PAGE
) -> TimelinePage:
    """A page of what happened to an account, by one read for each table."""
    found = [
        _read(number, source, account, sort, after, limit + 1)
        for number, source in enumerate(_SOURCES)
        if sort is Sort.ALL or sort in source.sorts
    ]
    merged = heapq.merge(*found, key=_order)
    entries = list(islice(merged, limit + 1))
    last = entries[limit - 1] if len(entries) > limit else None
    older = Mark(last.at, last.source, last.row.pk) if last else None
    return TimelinePage(entries[:limit], older)


def _order(entry: Entry) -> tuple[float, int, int]:
    """Newest first; of one instant, by table and then the newest row."""
    return (-entry.at.timestamp(), entry.source, -entry.row.pk)


def _read(
    number: int, source: _Source, account: Account, sort: Sort, after: Mark | None, limit: int
) -> list[Entry]:
    rows = source.find(account, sort).order_by(f"-{source.when}", "-pk")
    if after is not None:
        earlier = Q(**{f"{source.when}__lt": after.at})
        # Not equality: in SQLite, events of runs that are long past have their zone written out.
        same = Q(**{f"{source.when}__gte": after.at, f"{source.when}__lt": after.at + _TICK})
        if number > after.source:
            earlier |= same
        elif number == after.source:
            earlier |= same & Q(pk__lt=after.key)
        rows = rows.filter(earlier)
    found = [Entry(getattr(row, source.when), number, row) for row in rows[:limit]]
    return sorted(found, key=_order)


def read_mark(text: str) -> Mark | None:
    """The mark that an address names; None for anything else."""
    at, _, rest = text.partition("~")
    source, _, key = rest.partition("~")
    try:
        when = datetime.fromisoformat(at)
    except ValueError:
        return None
    if when.tzinfo is None or not (source.isdecimal() and key.isdecimal() and len(key) < 19):
        return None
    return Mark(when, int(source), int(key))
