"""Write down what a gateway said of a refund; money that did not arrive is credit again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from quarterday.core.lifecycle import InvoiceState
from quarterday.ports.outcomes import DeclineCode, Declined, Outcome, Pending, Succeeded
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.disputes.take_returned import take_returned
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.payments.hold_invoices import release_settled
from quarterday.services.payments.record_payment import record_payment
from quarterday.store.models import (
    Account,
    Allocation,
    Invoice,
    Payment,
    PaymentKind,
    RefundAttempt,
    RefundStatus,
)

_ASKED = (RefundStatus.CREATED, RefundStatus.UNKNOWN)
_OPEN = (*_ASKED, RefundStatus.PENDING)
_NOBODY_ASKED = (DeclineCode.UNAVAILABLE, DeclineCode.NOT_RECEIVED)


def finish_refund(
    *, attempt: RefundAttempt, outcome: Outcome, today: date, now: datetime, actor: str = "system"
) -> RefundAttempt:
    """The refund after a gateway's answer, however often and in whatever order it is told.

    A refund that failed stays failed: a gateway may say so after it had said that it succeeded,
    but never the other way. Where nobody could be asked, it is asked again later.
    """
    with transaction.atomic():
        account, attempt = claim_row(attempt, "refund__account")
        match outcome:
            case Succeeded():
                if attempt.status in _OPEN:
                    _succeed(account, attempt, outcome, now, actor)
                else:
                    _note_reference(attempt, outcome.reference)
            case Pending():
                if attempt.status in _ASKED:
                    _move(attempt, RefundStatus.PENDING, outcome.reference, error="")
                else:
                    _note_reference(attempt, outcome.reference)
            case Declined() if outcome.code in _NOBODY_ASKED and not outcome.is_final:
                if attempt.status in _ASKED:
                    error = outcome.message or str(outcome.code)
                    _move(attempt, RefundStatus(attempt.status), "", error=error)
            case Declined():
                if attempt.status != RefundStatus.FAILED:
                    _fail(account, attempt, outcome, today, now, actor)
            case _:
                # A refund has nobody to send anywhere: whatever that is, it is found out later.
                if attempt.status in _ASKED:
                    reason = getattr(outcome, "reason", "the gateway asked for the payer")
                    _move(attempt, RefundStatus.UNKNOWN, outcome.reference, error=reason)
    return attempt


def _succeed(
    account: Account, attempt: RefundAttempt, outcome: Succeeded, now: datetime, actor: str
) -> None:
    _move(attempt, RefundStatus.SUCCEEDED, outcome.reference, finished_at=now, error="")
    _record(account, attempt, "refund.succeeded", now, actor)
    refund = attempt.refund
    queue_message(
        kind="refund",
        account=account,
        subject=refund.public_id,
        now=now,
        on=refund.refunded_on,
    )


def _fail(
    account: Account,
    attempt: RefundAttempt,
    outcome: Declined,
    today: date,
    now: datetime,
    actor: str,
) -> None:
    """Book the money in again: for the invoices that it had paid before, the rest as credit."""
    refund = attempt.refund
    invoices = _find_reopened(account, refund.payment)
    returned = record_payment(
        account=account,
        amount_minor=refund.amount_minor,
        method=refund.payment.method if refund.payment else attempt.gateway,
        today=today,
        now=now,
        reference=outcome.reference or attempt.gateway_reference,
        external_id=attempt.public_id,
        invoices=invoices,
        kind=PaymentKind.RETURNED,
        actor=actor,
    )
    _move(
        attempt,
        RefundStatus.FAILED,
        outcome.reference,
        finished_at=now,
        returned=returned,
        error=f"{outcome.code}: {outcome.message}" if outcome.message else str(outcome.code),
    )
    release_settled(account, [one.public_id for one in invoices])
    _record(account, attempt, "refund.failed", now, actor)
    take_returned(account, returned, today=today, now=now, actor=actor)


def _find_reopened(account: Account, payment: Payment | None) -> list[Invoice]:
    """Invoices that a payment had settled, and that are owed again."""
    taken_back = Allocation.objects.filter(
        Q(payment=payment) | Q(grant__payment=payment), amount_minor__lt=0
    )
    keys = taken_back.values_list("invoice_id", flat=True)
    rows = Invoice.objects.filter(account=account, id__in=list(keys), status=InvoiceState.OPEN)
    return list(rows.order_by("due_on", "id"))


def _note_reference(attempt: RefundAttempt, reference: str) -> None:
    """Keep what the gateway calls it, which later news may say first."""
    if reference and not attempt.gateway_reference:
        RefundAttempt.objects.filter(id=attempt.id).update(gateway_reference=reference[:200])
        attempt.gateway_reference = reference[:200]


def _move(attempt: RefundAttempt, status: RefundStatus, reference: str, **changes: Any) -> None:
    """By compare-and-set: whoever read the refund before somebody else moved it loses."""
    if reference:
        changes["gateway_reference"] = reference[:200]
    if "error" in changes:
        changes["error"] = changes["error"][:500]
    rows = RefundAttempt.objects.filter(id=attempt.id, status=attempt.status)
    if not rows.update(status=status, **changes):
        raise Conflict(f"refund {attempt.public_id} was changed by somebody else; try again")
    for name, value in {"status": status, **changes}.items():
        setattr(attempt, name, value)


def _record(account: Account, attempt: RefundAttempt, kind: str, now: datetime, actor: str) -> None:
    refund = attempt.refund
    record_event(
        kind=kind,
        subject=refund.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data={
            "gateway": attempt.gateway,
            "amount_minor": refund.amount_minor,
            "currency": refund.currency,
            **({"error": attempt.error} if attempt.error else {}),
        },
    )
