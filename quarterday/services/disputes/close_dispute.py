"""End a dispute: money that was won comes back, what was lost is owed or given up."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.dispute import WhenLost, is_further, read_dispute_policy
from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.disputes.freeze_collection import keep_frozen, unfreeze_collection
from quarterday.services.disputes.open_dispute import record_dispute
from quarterday.services.errors import Conflict
from quarterday.services.invoicing.write_off_invoice import write_off_invoice
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.payments.hold_invoices import release_settled
from quarterday.services.payments.record_payment import record_payment
from quarterday.store.models import (
    Account,
    Dispute,
    DisputeStatus,
    Invoice,
    Payment,
    PaymentAttempt,
    PaymentKind,
)
from quarterday.store.queries.disputes import sum_booked
from quarterday.store.queries.paying import read_brand

# Said of a debit that came back for a reason that nobody gave.
_CODE = "refused"
_GIVEN_BACK = "given back by the bank; not tried again by itself"


def close_dispute(
    *,
    dispute: Dispute,
    state: DisputeStatus,
    today: date,
    now: datetime,
    may_retry: bool = True,
    code: str = "",
    actor: str = "system",
) -> Dispute:
    """The dispute after its end; said again, or after a later word, it is as it stands.

    ``WON`` books the money in again, for the invoices that it had paid as far as they are still
    open. ``LOST`` does what the seller's policy says. ``RETURNED`` is a debit that a bank gave
    back: if it ``may_retry``, it is collected again as after a charge declined for ``code``.
    """
    state = DisputeStatus(state)
    if state is DisputeStatus.OPENED:
        raise BillingError("a dispute ends as won, lost or returned")
    with transaction.atomic():
        account, dispute = claim_row(dispute)
        if not is_further(dispute.status, state):
            return dispute
        rows = Dispute.objects.filter(id=dispute.id, status=dispute.status)
        if not rows.update(status=state, closed_on=today):
            raise Conflict(f"dispute {dispute.public_id} was closed by somebody else; try again")
        dispute.status, dispute.closed_on = state, today
        if state is DisputeStatus.WON:
            _restore(account, dispute, today, now, actor)
        elif state is DisputeStatus.LOST:
            _lose(account, dispute, today, now, actor)
        else:
            _tell_payer(account, dispute, now)
            if may_retry:
                unfreeze_collection(
                    account, dispute, today=today, now=now, code=code or _CODE, actor=actor
                )
            else:
                keep_frozen(account, dispute, _GIVEN_BACK)
        record_dispute(account, dispute, f"dispute.{state}", now, actor)
    return dispute


def follow_end(
    account: Account, dispute: Dispute, *, today: date, now: datetime, actor: str
) -> None:
    """Do with what was booked out after the end of a dispute as with the rest of it."""
    if dispute.status == DisputeStatus.LOST:
        _lose(account, dispute, today, now, actor)
    elif dispute.status == DisputeStatus.RETURNED:
        keep_frozen(account, dispute, _GIVEN_BACK)


def _restore(account: Account, dispute: Dispute, today: date, now: datetime, actor: str) -> None:
    """Book in what was booked out; what its invoices no longer need becomes credit."""
    if booked := sum_booked(dispute):
        payment = record_payment(
            account=account,
            amount_minor=booked,
            method=dispute.payment.method,
            today=today,
            now=now,
            reference=dispute.reference,
            external_id=dispute.public_id,
            invoices=_find_open(account, dispute),
            kind=PaymentKind.RESTORED,
            actor=actor,
        )
        Dispute.objects.filter(id=dispute.id).update(restored=payment)
        dispute.restored = payment
    unfreeze_collection(account, dispute, today=today, now=now, actor=actor)
    release_settled(account, dispute.invoices)


def _lose(account: Account, dispute: Dispute, today: date, now: datetime, actor: str) -> None:
    policy = read_dispute_policy(read_brand(account.seller).get("disputes", {}))
    if policy.when_lost is WhenLost.WRITE_OFF:
        left = sum_booked(dispute)
        for invoice in _find_open(account, dispute):
            # More is open than the dispute took: somebody has to look at that.
            if invoice.open_minor <= left:
                left -= invoice.open_minor
                reason = f"dispute {dispute.reference} was lost"
                write_off_invoice(invoice=invoice, today=today, now=now, reason=reason, actor=actor)
    keep_frozen(account, dispute, "the dispute was lost; collect it anew, or write it off")


def _tell_payer(account: Account, dispute: Dispute, now: datetime) -> None:
    """Like any payment that failed, if it was a payment of ours to begin with."""
    attempt = _find_attempt(dispute.payment)
    if attempt is not None:
        queue_message(
            kind="payment_failed",
            account=account,
            subject=attempt.public_id,
            now=now,
            occasion=dispute.public_id,
        )


def _find_attempt(payment: Payment) -> PaymentAttempt | None:
    return PaymentAttempt.objects.filter(payment=payment).first()


def _find_open(account: Account, dispute: Dispute) -> list[Invoice]:
    rows = Invoice.objects.filter(account=account, public_id__in=dispute.invoices)
    return list(rows.filter(status=InvoiceState.OPEN).order_by("due_on", "id"))
