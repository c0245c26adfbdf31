"""Record that the bank has collected debits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from quarterday.ports.outcomes import Succeeded
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.store.models import AttemptStatus, Debit, Payment


def settle_debits(
    *,
    debits: Iterable[Debit],
    received_on: date,
    now: datetime,
    is_total: bool = False,
    actor: str = "system",
) -> list[Payment]:
    """The payments of debits that a bank statement shows, received on the value date.

    Those that are settled already stay as they are. Those that failed before the bank took any
    money are left out, unless the sum contains them (``is_total``): then the bank takes them out
    by lines of their own. Each is a transaction of its own, so it can be called again after a
    crash.
    """
    found = []
    for debit in debits:
        debit.attempt.refresh_from_db(fields=["status"])
        is_over = debit.attempt.status in (AttemptStatus.FAILED, AttemptStatus.CANCELLED)
        if is_over and not is_total:
            continue
        found.append(settle_debit(debit=debit, received_on=received_on, now=now, actor=actor))
    return found


def settle_debit(
    *, debit: Debit, received_on: date, now: datetime, actor: str = "system"
) -> Payment:
    """The payment of a debit that the bank shows by itself; once, however often it is told."""
    attempt = finish_attempt(
        attempt=debit.attempt,
        outcome=Succeeded(debit.end_to_end_id),
        today=received_on,
        now=now,
        actor=actor,
    )
    assert attempt.payment is not None, "an attempt that succeeded has its payment"
    return attempt.payment
