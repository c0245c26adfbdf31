"""Book a payment out of which somebody has taken money back, and stop asking for it meanwhile."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.ledger import post_dispute_fee
from quarterday.core.limits import check_minor
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.disputes.book_disputed import book_disputed
from quarterday.services.disputes.find_in_payouts import link_payouts
from quarterday.services.disputes.freeze_collection import freeze_collection
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.ledger.post_entry import post_entry
from quarterday.store.models import Account, Dispute, DisputeStatus, Payment
from quarterday.store.queries.disputes import sum_booked
from quarterday.store.queries.refunds import find_first, list_same_money


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
    until the dispute is over. Money of the payment that came back, as of a refund that failed, is
    disputed with it. Where less is left of it, such as after a refund, only that is booked. What
    the gateway asks for it, ``fee_minor``, is an expense.
    """
    reference = check_text(reference, "reference", 200)
    if check_minor(amount_minor, "amount_minor") < 1:
        raise BillingError(f"a dispute must be about at least 1 minor unit, not {amount_minor}")
    with transaction.atomic():
        account, payment = claim_row(payment)
        same = list_same_money(find_first(payment))
        known = Dispute.objects.filter(payment__in=same, reference=reference).first()
        if known is not None:
            return complete_dispute(account, known, fee_minor, answer_by, today)
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
        )
        book_disputed(account, dispute, today=today, now=now, actor=actor)
        told = link_payouts(account, dispute)
        complete_dispute(account, dispute, fee_minor or told, answer_by, today)
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
            "booked_minor": sum_booked(dispute),
            "currency": dispute.currency,
            "invoices": dispute.invoices,
            "reason": dispute.reason,
        },
    )
