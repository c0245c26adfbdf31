"""Book a payment out of which somebody has taken money back, and stop asking for it meanwhile."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.ledger import post_dispute_fee
from quarterday.core.limits import check_minor
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.disputes.freeze_collection import freeze_collection
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.payments.book_refund import Booked, book_refund, find_most
from quarterday.store.models import Account, Dispute, DisputeStatus, Payment


def open_dispute(
    *,
    payment: Payment,
    gateway: str,
    reference: str,
    amount_minor: int,
    today: date,
    now: datetime,
    reason: str = "",
    answer_by: date | None = None,
    fee_minor: int = 0,
    actor: str = "system",
) -> Dispute:
    """The dispute, once for each ``reference`` of a payment; asked again, it is as it stands.

    The amount leaves the book as a refund does, and what it paid is owed again, but not collected
    until the dispute is over. Where less is left of the payment, such as after a refund, only
    that is booked. What the gateway asks for it, ``fee_minor``, is an expense.
    """
    reference = check_text(reference, "reference", 200)
    if check_minor(amount_minor, "amount_minor") < 1:
        raise BillingError(f"a dispute must be about at least 1 minor unit, not {amount_minor}")
    with transaction.atomic():
        account, payment = claim_row(payment)
        known = Dispute.objects.filter(payment=payment, reference=reference).first()
        if known is not None:
            return complete_dispute(account, known, fee_minor, answer_by, today)
        booked = _book_out(account, payment, amount_minor, reason, today, now, actor)
        dispute = Dispute.objects.create(
            account=account,
            payment=payment,
            gateway=gateway,
            reference=reference,
            status=DisputeStatus.OPENED,
            currency=payment.currency,
            amount_minor=amount_minor,
            reason=reason[:200],
            answer_by=answer_by,
            opened_on=today,
            refund=booked.refund if booked else None,
            invoices=[one.public_id for one in booked.reopened] if booked else [],
        )
        complete_dispute(account, dispute, fee_minor, answer_by, today)
        freeze_collection(account, dispute)
        record_dispute(account, dispute, "dispute.opened", now, actor)
    return dispute


def complete_dispute(
    account: Account, dispute: Dispute, fee_minor: int, answer_by: date | None, today: date
) -> Dispute:
    """Write down what only later news say; the fee is booked by whichever says it first."""
    rows = Dispute.objects.filter(id=dispute.id)
    if answer_by is not None and dispute.answer_by is None:
        rows.update(answer_by=answer_by)
        dispute.answer_by = answer_by
    if (
        fee_minor > 0
        and not dispute.fee_minor
        and rows.filter(fee_minor=0).update(fee_minor=check_minor(fee_minor, "fee_minor"))
    ):
        dispute.fee_minor = fee_minor
        entry = post_dispute_fee(
            on=today,
            reference=dispute.reference,
            account=account.id,
            currency=dispute.currency,
            amount_minor=fee_minor,
            method=dispute.gateway,
        )
        post_entry(entry, seller_id=account.seller_id, source=dispute.public_id)
    return dispute


def record_dispute(
    account: Account, dispute: Dispute, kind: str, now: datetime, actor: str
) -> None:
    """The event of a dispute, with how much of it could be booked."""
    record_event(
        kind=kind,
        subject=dispute.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data={
            "payment": dispute.payment.public_id,
            "amount_minor": dispute.amount_minor,
            "booked_minor": dispute.refund.amount_minor if dispute.refund else 0,
            "currency": dispute.currency,
            "invoices": dispute.invoices,
            "reason": dispute.reason,
        },
    )


def _book_out(
    account: Account,
    payment: Payment,
    amount_minor: int,
    reason: str,
    today: date,
    now: datetime,
    actor: str,
) -> Booked | None:
    """As much as there is left of the payment; None where nothing is."""
    amount = min(amount_minor, find_most(payment))
    if amount < 1:
        return None
    return book_refund(
        account,
        payment,
        amount,
        reopen=True,
        on=today,
        now=now,
        reason=f"dispute: {reason}"[:500] if reason else "dispute",
        actor=actor,
    )
