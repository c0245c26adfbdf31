"""Give up debits that are in no file and need not, or may not, be collected any more."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.ports.outcomes import DeclineCode, Declined
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.store.models import AttemptStatus, Debit, Invoice, MandateStatus, Seller

_BATCH = 500


def clear_needless(*, seller: Seller, today: date, now: datetime, actor: str = "system") -> int:
    """How many were given up: their invoices were paid in another way, or their mandate ended.

    What is owed still is collected anew, with the amount that it is then.
    """
    rows = Debit.objects.select_related("attempt", "mandate")
    rows = rows.filter(seller=seller, batch=None, attempt__status=AttemptStatus.PENDING)
    last, count = 0, 0
    while batch := list(rows.filter(id__gt=last).order_by("id")[:_BATCH]):
        last = batch[-1].id
        for debit in batch:
            if _why(debit) is not None:
                count += _give_up(debit, today, now, actor)
    return count


def _give_up(debit: Debit, today: date, now: datetime, actor: str) -> bool:
    with transaction.atomic():
        claim_account(debit.attempt.account_id)
        # Locked and read anew: it may be in a file by now, and then it goes its way.
        rows = Debit.objects.select_for_update(of=("self",)).select_related("attempt", "mandate")
        current = rows.get(id=debit.id)
        code = _why(current)
        if code is None or current.batch_id is not None:
            return False
        if current.attempt.status != AttemptStatus.PENDING:
            return False
        outcome = Declined(code, current.end_to_end_id, is_final=True)
        finish_attempt(attempt=current.attempt, outcome=outcome, today=today, now=now, actor=actor)
    return True


def _why(debit: Debit) -> DeclineCode | None:
    if debit.mandate.status != MandateStatus.ACTIVE:
        return DeclineCode.METHOD_REVOKED
    attempt = debit.attempt
    if not attempt.invoices:
        return None
    rows = Invoice.objects.filter(account=attempt.account_id, public_id__in=attempt.invoices)
    left = sum(rows.filter(status="open").values_list("open_minor", flat=True))
    return DeclineCode.CANCELLED if left < attempt.amount_minor - attempt.fee_minor else None
