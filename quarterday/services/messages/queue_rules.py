"""When something is told at all.

A seller may keep silent: its brand's ``messages`` is ``off``, or the first day, as ``2026-12-01``,
whose facts are told. Whatever it says, a fact that is more than a week old when it is written down
is history and is not told: it was loaded, or caught up on. Loading a file tells nothing either
(`keep_silent`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta

from quarterday.core.message import find_kind, find_roles, wants_kind
from quarterday.core.period import local_date
from quarterday.store.models import Account, Brand, Contact, Membership

FRESH_DAYS = 7
_silent: ContextVar[bool] = ContextVar("silent", default=False)


@contextmanager
def keep_silent() -> Iterator[None]:
    """Queue nothing within: what is being written happened elsewhere."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def is_silent() -> bool:
    """Whether nothing is queued at present."""
    return _silent.get()


def first_day_told(seller_id: int, today: date) -> date | None:
    """The first day whose facts a seller tells, or None when it tells nothing."""
    data = Brand.objects.filter(seller_id=seller_id).values_list("data", flat=True).first()
    since = (data or {}).get("messages", "")
    if since == "off":
        return None
    oldest = today - timedelta(days=FRESH_DAYS)
    return max(oldest, date.fromisoformat(since)) if since else oldest


def may_tell(
    account: Account, kind: str, *, now: datetime, on: date | None = None, recipient: str = ""
) -> bool:
    """Whether a message is to be queued: the seller speaks, it is fresh, and somebody wants it."""
    if is_silent():
        return False
    if not recipient and not has_reader(account.id, kind):
        return False
    today = local_date(now, account.seller.time_zone)
    first = first_day_told(account.seller_id, today)
    if first is None:
        return find_kind(kind).is_direct
    return (on or today) >= first


def has_reader(account_id: int, kind: str) -> bool:
    """Whether an account has a contact that wants a kind, or members and no contact."""
    chosen = list(Contact.objects.filter(account_id=account_id).values_list("kinds", flat=True))
    if not chosen:
        rows = Membership.objects.filter(account_id=account_id, role__in=find_roles(kind))
        return rows.exists()
    return any(wants_kind(one, kind) for one in chosen)
