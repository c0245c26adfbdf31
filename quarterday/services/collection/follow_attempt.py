"""Say what an attempt's end means for the collection of its invoices, and tell the payer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from quarterday.core.collection import DeclineClass, Reason, classify, wait_for_gateway
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.messages.queue_message import queue_message
from quarterday.store.models import (
    Account,
    AttemptStatus,
    Collection,
    CollectionStatus,
    PaymentAttempt,
)
from quarterday.store.queries.collecting import Outlook, find_next, foresee

_DECLINED = (AttemptStatus.FAILED, AttemptStatus.CANCELLED, AttemptStatus.ACTION)
_CONFIRM = "not_authenticated"


def follow_attempt(
    account: Account, attempt: PaymentAttempt, *, today: date, now: datetime
) -> None:
    """Plan the next step for the invoices of an attempt; told again, nothing changes.

    For services that hold the transaction and the account, after the attempt was moved.
    """
    if not attempt.invoices:
        return
    found = Collection.objects.filter(account=account, invoice__public_id__in=attempt.invoices)
    rows = list(found.select_related("invoice"))
    if attempt.status == AttemptStatus.SUCCEEDED:
        _finish(account, attempt, rows, today)
    elif attempt.is_automatic and attempt.status in _DECLINED:
        own = [row for row in rows if row.attempt_id == attempt.id]
        _retry(account, attempt, own, today, now)


def _finish(
    account: Account, attempt: PaymentAttempt, rows: Sequence[Collection], today: date
) -> None:
    """What is paid is done; what an instalment was paid of waits for the next one."""
    for row in rows:
        if row.invoice.status != InvoiceState.OPEN:
            _move(row, CollectionStatus.DONE, None, "")
        elif row.attempt_id == attempt.id and row.status == CollectionStatus.CHARGING:
            (one,) = foresee(account, today, [row.invoice])
            _move(row, *find_next(one, today), str(one.plan.reason))


def _retry(
    account: Account,
    attempt: PaymentAttempt,
    rows: Sequence[Collection],
    today: date,
    now: datetime,
) -> None:
    """A try that moved no money; whoever has to confirm it is asked to, once."""
    code = _CONFIRM if attempt.status == AttemptStatus.ACTION else attempt.error
    known = [row for row in rows if _is_known(row, attempt)]
    if rows and len(known) == len(rows):
        return
    is_final = bool(attempt.data.get("is_final"))
    next_steps: list[Outlook] = []
    for row in rows:
        data = _add_try(row, attempt, code, is_final, today, now)
        Collection.objects.filter(id=row.id).update(data=data)
        (one,) = foresee(account, today, [row.invoice])
        _move(row, *find_next(one, today), str(one.plan.reason))
        next_steps.append(one)
    _tell(account, attempt, classify(code, is_final), next_steps, now)


def _is_known(row: Collection, attempt: PaymentAttempt) -> bool:
    named = [one.get("attempt") for one in row.data.get("tries", ())]
    return attempt.public_id in named


def _add_try(
    row: Collection,
    attempt: PaymentAttempt,
    code: str,
    is_final: bool,
    today: date,
    now: datetime,
) -> dict[str, Any]:
    """The data of a collection with one more try; of those that reached nobody, only the last."""
    data, reached = dict(row.data), classify(code, is_final) is not DeclineClass.UNAVAILABLE
    tries = list(data.get("tries", ()))
    if tries and classify(tries[-1]["code"]) is DeclineClass.UNAVAILABLE:
        tries.pop()
    method = attempt.method.public_id if attempt.method else ""
    said = {"on": today.isoformat(), "attempt": attempt.public_id, "method": method, "code": code}
    part = {"part": data["part"]} if data.get("part") else {}
    data["tries"] = [*tries, said | ({"final": True} if is_final else {}) | part]
    if reached:
        data.pop("unavailable", None)
        data.pop("not_before", None)
    else:
        data["unavailable"] = data.get("unavailable", 0) + 1
        data["not_before"] = (now + wait_for_gateway(data["unavailable"])).isoformat()
    return data


def _tell(
    account: Account,
    attempt: PaymentAttempt,
    decline: DeclineClass,
    steps: Sequence[Outlook],
    now: datetime,
) -> None:
    """Nothing about a service that was out of reach, or while another method is tried at once."""
    if decline is DeclineClass.UNAVAILABLE:
        return
    if any(one.plan.reason is Reason.FALL_BACK and not one.block for one in steps):
        return
    asks = decline is DeclineClass.ACTION
    days = [one.plan.on for one in steps if one.plan.on is not None]
    again = {"attempt": {"retry_on": min(days).isoformat()}} if days and not asks else {}
    queue_message(
        kind="payment_action" if asks else "payment_failed",
        account=account,
        subject=attempt.public_id,
        occasion=attempt.public_id,
        data=again,
        now=now,
    )


def _move(row: Collection, status: CollectionStatus, next_on: date | None, reason: str) -> None:
    """Whoever stopped a collection meanwhile keeps it stopped, unless nothing is left to do."""
    rows = Collection.objects.filter(id=row.id)
    if status != CollectionStatus.DONE:
        rows = rows.exclude(status=CollectionStatus.STOPPED)
    rows.update(status=status, next_on=next_on, reason=reason)
