"""End a mandate within the transaction of what ends it."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.ports.outcomes import DeclineCode, Declined
from quarterday.services.debits.keep_mandate import record_mandate
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.store.models import Account, AttemptStatus, Debit, Mandate, MandateStatus


def close_mandate(
    account: Account,
    mandate: Mandate,
    *,
    today: date,
    now: datetime,
    actor: str,
    status: MandateStatus = MandateStatus.REVOKED,
) -> bool:
    """Whether it was still active; for services that hold the transaction and the account.

    Its debits that are in no file fail, since no bank was asked. What a file holds goes its way.
    """
    rows = Mandate.objects.filter(id=mandate.id, status=MandateStatus.ACTIVE)
    if not rows.update(status=status, ended_on=today):
        return False
    mandate.status, mandate.ended_on = status, today
    record_mandate(account, mandate, f"mandate.{status}", now, actor)
    # Locked, so that none of them gets into a file at the same moment.
    waiting = Debit.objects.select_for_update(of=("self",)).select_related("attempt")
    for debit in waiting.filter(mandate=mandate, batch=None).order_by("id"):
        if debit.attempt.status == AttemptStatus.PENDING:
            outcome = Declined(DeclineCode.METHOD_REVOKED, debit.end_to_end_id, is_final=True)
            finish_attempt(
                attempt=debit.attempt, outcome=outcome, today=today, now=now, actor=actor
            )
    return True
