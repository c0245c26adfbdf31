"""Give money of a payment back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, Sum

from quarterday.core.errors import BillingError
from quarterday.core.ledger import post_refund
from quarterday.core.lifecycle import InvoiceState, move
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.compare import show_amount
from quarterday.services.credit.move_grant import deduct_grant
from quarterday.services.credit.use_credit import open_grants, use_credit
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_external_id
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.payments.take_back import take_back
from quarterday.store.models import (
    Account,
    Allocation,
    CreditGrant,
    CreditKind,
    DeductionKind,
    Invoice,
    Payment,
    Refund,
)


def refund_payment(
    *,
    payment: Payment,
    today: date,
    now: datetime,
    amount_minor: int | None = None,
    reopen: bool = False,
    reason: str = "",
    external_id: str | None = None,
    actor: str = "system",
) -> Refund:
    """Give back an amount, by default all that was not refunded before, in minor units.

    It is taken from credit: what is left of the payment itself, then credit notes. So credit the
    invoice first; or ``reopen`` the invoices that the payment settled, the latest due first, which
    are owed again. The same ``external_id`` returns the refund as it stands; `Conflict` for
    another payment or amount under it. Raises `BillingError` when there is not as much to refund.
    """
    check_external_id(external_id)
    with transaction.atomic():
        account, payment = claim_row(payment)
        if known := _find(account, payment, amount_minor, external_id):
            return known
        refunded = payment.refunds.aggregate(sum=Sum("amount_minor"))["sum"] or 0
        left = payment.amount_minor - refunded
        amount = left if amount_minor is None else amount_minor
        if not 0 < amount <= left:
            raise BillingError(
                "an amount to refund must be above zero and at most the "
                f"{show_amount(left, payment.currency)} of the payment that was not refunded, not "
                f"{show_amount(amount, payment.currency)}"
            )
        refund = Refund.objects.create(
            account=account,
            payment=payment,
            external_id=external_id,
            refunded_on=today,
            currency=payment.currency,
            amount_minor=amount,
            reason=reason,
        )
        _take(account, refund, reopen, today, now, actor)
        _post(account, payment, refund, left == amount)
        record_event(
            kind="payment.refunded",
            subject=payment.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"amount_minor": amount, "currency": payment.currency, "reason": reason},
        )
        queue_message(kind="refund", account=account, subject=refund.public_id, now=now, on=today)
    return refund


def _find(
    account: Account, payment: Payment, amount_minor: int | None, external_id: str | None
) -> Refund | None:
    """The refund that already has the external id, if it is the same."""
    if external_id is None:
        return None
    known = Refund.objects.filter(account=account, external_id=external_id).first()
    if known and (known.payment_id != payment.id or amount_minor not in (None, known.amount_minor)):
        raise Conflict(
            f"refund {external_id} was made of another payment or amount; use another external_id "
            "for another refund"
        )
    return known


def _post(account: Account, payment: Payment, refund: Refund, is_last: bool) -> None:
    """The book, and the payment's state."""
    state = move("payment", payment.status, "refund" if is_last else "refund_part")
    if not Payment.objects.filter(id=payment.id, status=payment.status).update(status=state):
        raise Conflict(f"payment {payment.public_id} was changed by somebody else; try again")
    entry = post_refund(
        on=refund.refunded_on,
        reference=payment.external_id or payment.public_id,
        account=account.id,
        currency=refund.currency,
        amount_minor=refund.amount_minor,
        method=payment.method,
        credit_minor=refund.amount_minor,
        memo=refund.reason[:200],
    )
    post_entry(entry, seller_id=account.seller_id, source=refund.public_id)


def _take(
    account: Account, refund: Refund, reopen: bool, on: date, now: datetime, actor: str
) -> None:
    """Take the amount from credit, after invoices gave back what they were settled with."""
    grants = _refundable(refund)
    there = sum(grant.open_minor for grant in grants)
    last: Invoice | None = None
    for allocation in _settled_by(refund) if reopen else ():
        if there >= refund.amount_minor:
            break
        last = take_back(account, allocation, on=on, now=now, actor=actor).invoice
        there += allocation.amount_minor
    if there < refund.amount_minor:
        raise BillingError(
            f"{show_amount(refund.amount_minor, refund.currency)} cannot be refunded, since only "
            f"{show_amount(there, refund.currency)} of it is credit; credit the invoice first, or "
            "reopen the invoices that the payment settled"
        )
    left = refund.amount_minor
    for grant in _refundable(refund):
        part = min(left, grant.open_minor)
        if part:
            kind = DeductionKind.REFUNDED
            deduct_grant(grant, part, kind, on=on, reason=refund.reason, refund=refund)
            left -= part
    if last and (surplus := there - refund.amount_minor):
        # The last invoice gave back more than was needed.
        use_credit(last, _refundable(refund), surplus, on=on, now=now)


def _refundable(refund: Refund) -> list[CreditGrant]:
    """The payment's own credit, then what credit notes gave."""
    grants = [
        grant
        for grant in open_grants(refund.account_id)
        if grant.payment_id == refund.payment_id or grant.kind == CreditKind.CREDIT_NOTE
    ]
    return sorted(grants, key=lambda one: (one.payment_id != refund.payment_id, one.id))


def _settled_by(refund: Refund) -> list[Allocation]:
    """What the payment, or credit from it, settled and was not taken back; the latest due first."""
    rows = Allocation.objects.filter(
        Q(payment_id=refund.payment_id) | Q(grant__payment_id=refund.payment_id),
        amount_minor__gt=0,
        reversed_by__isnull=True,
        invoice__status__in=(InvoiceState.OPEN, InvoiceState.PAID),
    )
    return list(rows.order_by("-invoice__due_on", "-id"))
