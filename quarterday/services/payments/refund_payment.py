"""Give money of a payment back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_external_id
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.payments.book_refund import book_refund
from quarterday.store.models import Account, Payment, Refund


def refund_payment(
    *,
    payment: Payment,
    today: date,
    now: datetime,
    amount_minor: int | None = None,
    reopen: bool = False,
    reason: str = "",
    external_id: str | None = None,
    is_told: bool = True,
    actor: str = "system",
) -> Refund:
    """Give back an amount, by default all that was not refunded before, in minor units.

    It is taken from credit: what is left of the payment itself, then credit notes. So credit the
    invoice first; or ``reopen`` the invoices that the payment settled, the latest due first, which
    are owed again. The customer gets a mail unless it is not ``is_told``. The same ``external_id``
    returns the refund as it stands; `Conflict` for another payment or amount under it. Raises
    `BillingError` when there is not as much to refund.
    """
    check_external_id(external_id)
    with transaction.atomic():
        account, payment = claim_row(payment)
        if known := find_refund(account, payment, amount_minor, external_id):
            return known
        refund = book_refund(
            account,
            payment,
            amount_minor,
            reopen=reopen,
            on=today,
            now=now,
            reason=reason,
            external_id=external_id,
            actor=actor,
        ).refund
        record_refund(account, refund, now=now, actor=actor)
        if is_told:
            queue_message(
                kind="refund", account=account, subject=refund.public_id, now=now, on=today
            )
    return refund


def record_refund(
    account: Account,
    refund: Refund,
    *,
    now: datetime,
    actor: str,
    kind: str = "payment.refunded",
) -> None:
    """The event of a refund; its subject is the payment."""
    assert refund.payment is not None
    record_event(
        kind=kind,
        subject=refund.payment.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data={
            "amount_minor": refund.amount_minor,
            "currency": refund.currency,
            "reason": refund.reason,
        },
    )


def find_refund(
    account: Account, payment: Payment, amount_minor: int | None, external_id: str | None
) -> Refund | None:
    """The refund that already has the external id, if it is the same; `Conflict` if it is not."""
    if external_id is None:
        return None
    known = Refund.objects.filter(account=account, external_id=external_id).first()
    if known and (known.payment_id != payment.id or amount_minor not in (None, known.amount_minor)):
        raise Conflict(
            f"refund {external_id} was made of another payment or amount; use another external_id "
            "for another refund"
        )
    return known
