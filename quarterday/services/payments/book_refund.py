"""Book money that went back: out of credit, out of the payment, and out of the book."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, Sum

from quarterday.core.errors import BillingError
from quarterday.core.ledger import post_refund
from quarterday.core.lifecycle import InvoiceState, move
from quarterday.services.compare import show_amount
from quarterday.services.credit.move_grant import deduct_grant
from quarterday.services.credit.use_credit import open_grants, use_credit
from quarterday.services.errors import Conflict
from quarterday.services.invoicing.write_off_lost import write_off_lost
from quarterday.services.ledger.post_entry import post_entry
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


@dataclass
class Booked:
    """A refund that was booked, and the invoices that are owed again because of it.

    ``lost`` are those that were written off before; the part that had been paid is, too, now.
    """

    refund: Refund
    reopened: list[Invoice] = field(default_factory=list)
    lost: list[Invoice] = field(default_factory=list)


def book_refund(
    account: Account,
    payment: Payment,
    amount_minor: int | None,
    *,
    reopen: bool,
    on: date,
    now: datetime,
    reason: str = "",
    external_id: str | None = None,
    actor: str = "system",
    is_gone: bool = False,
) -> Booked:
    """Book an amount of a payment as given back, by default all that was not refunded before.

    With ``is_gone``, the money has left whatever we say, so what it paid of invoices that were
    written off is given up as well. For services that hold the transaction and the account, and
    that tell of it. Raises `BillingError` when there is not as much to refund.
    """
    left = find_left(payment)
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
        refunded_on=on,
        currency=payment.currency,
        amount_minor=amount,
        reason=reason,
    )
    taken = _take(account, refund, reopen, is_gone, on, now, actor)
    _post(account, payment, refund, left == amount)
    lost = {one.invoice_id: one for one, was in taken if was == InvoiceState.WRITTEN_OFF}
    for reversal in lost.values():
        write_off_lost(account, reversal, on=on, now=now, actor=actor)
    reopened = [one.invoice for one, _ in taken if one.invoice_id not in lost]
    return Booked(refund, reopened, [one.invoice for one in lost.values()])


def find_left(payment: Payment) -> int:
    """What of a payment was not refunded yet."""
    refunded = payment.refunds.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return payment.amount_minor - int(refunded)


def find_most(payment: Payment) -> int:
    """The most that can be booked out of a payment whose money has left whatever we say."""
    there = sum(grant.open_minor for grant in _refundable(payment))
    settled = sum(one.amount_minor for one in _settled_by(payment, is_gone=True))
    return min(find_left(payment), there + settled)


def _post(account: Account, payment: Payment, refund: Refund, is_last: bool) -> None:
    """The book, and the payment's state."""
    state = move("payment", payment.status, "refund" if is_last else "refund_part")
    if not Payment.objects.filter(id=payment.id, status=payment.status).update(status=state):
        raise Conflict(f"payment {payment.public_id} was changed by somebody else; try again")
    payment.status = state
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
    account: Account,
    refund: Refund,
    reopen: bool,
    is_gone: bool,
    on: date,
    now: datetime,
    actor: str,
) -> list[tuple[Allocation, str]]:
    """Take the amount from credit, after invoices gave back what they were settled with; the
    reversals of that, each with the status that its invoice had.
    """
    assert refund.payment is not None
    payment = refund.payment
    there = sum(grant.open_minor for grant in _refundable(payment))
    taken: list[tuple[Allocation, str]] = []
    for allocation in _settled_by(payment, is_gone=is_gone) if reopen else ():
        if there >= refund.amount_minor:
            break
        was = allocation.invoice.status
        is_lost = was == InvoiceState.WRITTEN_OFF
        reversal = take_back(account, allocation, on=on, now=now, actor=actor, is_lost=is_lost)
        taken.append((reversal, was))
        there += allocation.amount_minor
    if there < refund.amount_minor:
        raise BillingError(
            f"{show_amount(refund.amount_minor, refund.currency)} cannot be refunded, since only "
            f"{show_amount(there, refund.currency)} of it is credit; credit the invoice first, or "
            "reopen the invoices that the payment settled"
        )
    left = refund.amount_minor
    for grant in _refundable(payment):
        part = min(left, grant.open_minor)
        if part:
            kind = DeductionKind.REFUNDED
            deduct_grant(grant, part, kind, on=on, now=now, reason=refund.reason, refund=refund)
            left -= part
    if taken and (surplus := there - refund.amount_minor):
        # The last invoice gave back more than was needed.
        use_credit(taken[-1][0].invoice, _refundable(payment), surplus, on=on, now=now)
    return taken


def _refundable(payment: Payment) -> list[CreditGrant]:
    """The payment's own credit, then what credit notes gave."""
    grants = [
        grant
        for grant in open_grants(payment.account_id)
        if grant.payment_id == payment.id or grant.kind == CreditKind.CREDIT_NOTE
    ]
    return sorted(grants, key=lambda one: (one.payment_id != payment.id, one.id))


def _settled_by(payment: Payment, *, is_gone: bool) -> list[Allocation]:
    """What the payment, or credit from it, settled and was not taken back; the latest due first,
    and what was given up last, if at all.
    """
    states = (InvoiceState.OPEN, InvoiceState.PAID)
    rows = Allocation.objects.select_related("invoice").filter(
        Q(payment_id=payment.id) | Q(grant__payment_id=payment.id),
        amount_minor__gt=0,
        reversed_by__isnull=True,
        invoice__status__in=(*states, InvoiceState.WRITTEN_OFF) if is_gone else states,
    )
    found = list(rows.order_by("-invoice__due_on", "-id"))
    return sorted(found, key=lambda one: one.invoice.status == InvoiceState.WRITTEN_OFF)
