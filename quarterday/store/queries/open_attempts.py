"""Attempts to pay that have not come to an end, for all accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from quarterday.store.models import Account, AttemptStatus, Invoice, PaymentAttempt, Seller
from quarterday.store.queries.references import NotThere

_BATCH = 200
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# How often the gateway is asked at first, and how often once the attempt is older than an hour.
_PACES = {
    AttemptStatus.CREATED: (2 * _MINUTE, _HOUR),
    AttemptStatus.UNKNOWN: (2 * _MINUTE, _HOUR),
    AttemptStatus.ACTION: (10 * _MINUTE, _HOUR),
    AttemptStatus.PENDING: (_HOUR, 6 * _HOUR),
}
# Whoever has just pressed the button is still being served.
_PATIENCE = 3 * _MINUTE
_PAYER_TIME = _DAY
_PROMISE_TIME = 60 * _DAY


def is_to_look_up(attempt: PaymentAttempt, now: datetime, every: timedelta) -> bool:
    """Whether the gateway is asked in a run that happens ``every`` so often.

    Often while it is young, and rarely later, without keeping count of it.
    """
    age = now - attempt.created_at
    if age < _PATIENCE:
        return False
    young, old = _PACES[AttemptStatus(attempt.status)]
    pace = young if age < _HOUR else old
    return pace <= every or age % pace < every


def has_waited_enough(attempt: PaymentAttempt, now: datetime) -> bool:
    """Whether a payer who was to confirm something has left for good."""
    is_waiting = attempt.status == AttemptStatus.ACTION
    return is_waiting and now - attempt.created_at > _PAYER_TIME


def iterate_asked() -> Iterator[PaymentAttempt]:
    """Attempts that a gateway was asked for, or was about to be; the oldest first."""
    yield from _iterate(is_promise=False)


def iterate_stale_promises(now: datetime) -> Iterator[PaymentAttempt]:
    """Promises whose invoices need no money any more, or that are old."""
    for attempt in _iterate(is_promise=True):
        is_old = now - attempt.created_at > _PROMISE_TIME
        rows = Invoice.objects.filter(public_id__in=attempt.invoices, status="open")
        if is_old or (attempt.invoices and not rows.exists()):
            yield attempt


def _iterate(*, is_promise: bool) -> Iterator[PaymentAttempt]:
    """In batches by key, so that memory does not grow with them."""
    last = 0
    open_states = [str(one) for one in _PACES]
    rows = PaymentAttempt.objects.select_related("account__seller__brand", "method")
    rows = rows.filter(status__in=open_states, is_promise=is_promise).order_by("id")
    while batch := list(rows.filter(id__gt=last)[:_BATCH]):
        yield from batch
        last = batch[-1].id


def list_attempts(
    *,
    account: Account | None = None,
    seller: Seller | None = None,
    is_open: bool = False,
    limit: int = 100,
) -> list[PaymentAttempt]:
    """Attempts, the newest first; with ``is_open`` only those without an end, 0 is no limit."""
    rows = PaymentAttempt.objects.select_related("account__seller__brand", "method", "payment")
    if account is not None:
        rows = rows.filter(account=account)
    if seller is not None:
        rows = rows.filter(account__seller=seller)
    if is_open:
        rows = rows.filter(status__in=[str(one) for one in _PACES])
    rows = rows.order_by("-id")
    return list(rows[:limit] if limit else rows)


def find_attempt(public_id: str) -> PaymentAttempt:
    """An attempt by its public id. Raises `NotThere`."""
    rows = PaymentAttempt.objects.select_related("account__seller__brand", "method", "payment")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotThere(f"there is no attempt {public_id!r}; `payments attempts` lists them")
    return found
