"""Book a debit that a bank has given back: opened and over in one step."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.disputes.close_dispute import close_dispute
from quarterday.services.disputes.open_dispute import open_dispute
from quarterday.store.models import Dispute, DisputeStatus, Payment


def return_payment(
    *,
    payment: Payment,
    reference: str,
    today: date,
    now: datetime,
    on: date | None = None,
    amount_minor: int | None = None,
    reason: str = "",
    fee_minor: int = 0,
    may_retry: bool = True,
    code: str = "",
    actor: str = "system",
) -> Dispute:
    """The dispute with status ``returned``, once for each ``reference`` of a payment.

    ``reference`` is what the bank calls the return, ``amount_minor`` by default all of the
    payment. The money leaves the book, its invoices are owed again, and the customer is told as
    of any payment that failed. They are collected again by the seller's policy if the reason lets
    it (``may_retry``), as after a charge that was declined for ``code`` (see `DeclineCode`);
    whether the mandate ends is for the caller. ``on`` is the day on which the bank took the money,
    by default today.
    """
    with transaction.atomic():
        _, payment = claim_row(payment)
        dispute = open_dispute(
            payment=payment,
            gateway=payment.method,
            reference=reference,
            amount_minor=payment.amount_minor if amount_minor is None else amount_minor,
            today=on or today,
            now=now,
            reason=reason,
            fee_minor=fee_minor,
            actor=actor,
        )
        return close_dispute(
            dispute=dispute,
            state=DisputeStatus.RETURNED,
            today=today,
            now=now,
            may_retry=may_retry,
            code=code,
            actor=actor,
        )
