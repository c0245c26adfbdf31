"""Give a payment back as credit: the money stays here, for what the account buys next."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, Sum

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.compare import show_amount
from quarterday.services.credit.use_credit import open_grants, use_credit
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.payments.hold_invoices import hold_invoices
from quarterday.services.payments.take_back import take_back
from quarterday.store.models import Account, Allocation, Invoice, Payment

_HELD = "its payment became credit; credit it, or let it be collected again"


def refund_to_credit(
    *,
    payment: Payment,
    today: date,
    now: datetime,
    reason: str,
    amount_minor: int | None = None,
    reopen: bool = False,
    actor: str = "system",
) -> int:
    """How much became credit, in minor units.

    Usually the invoices that the payment settled are credited by credit notes, each as a whole.
    With ``reopen`` they are owed again instead, the latest due first, as far as an amount says.
    Raises `BillingError` for more than the payment settled.
    """
    reason = check_text(reason, "reason", 500)
    with transaction.atomic():
        account, payment = claim_row(payment)
        settled = list_settled(payment)
        there = sum(one.amount_minor for one in settled)
        amount = there if amount_minor is None else amount_minor
        if not 0 < amount <= there:
            raise BillingError(
                f"an amount to turn into credit must be above zero and at most the "
                f"{show_amount(there, payment.currency)} that the payment settles, not "
                f"{show_amount(amount, payment.currency)}"
            )
        if reopen:
            _reopen(account, settled, amount, today, now, actor)
        else:
            _credit(settled, amount, today, now, reason, actor)
        record_event(
            kind="payment.credited",
            subject=payment.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"amount_minor": amount, "currency": payment.currency, "reason": reason},
        )
    return amount


def _reopen(
    account: Account,
    settled: list[Allocation],
    amount: int,
    today: date,
    now: datetime,
    actor: str,
) -> None:
    left = amount
    for allocation in settled:
        if left <= 0:
            break
        invoice = take_back(account, allocation, on=today, now=now, actor=actor).invoice
        left -= allocation.amount_minor
        if left < 0:
            # The last invoice gave back more than was asked for.
            grants = [one for one in open_grants(account.id) if one.payment_id]
            own = [one for one in grants if one.payment_id == _payment_of(allocation)]
            use_credit(invoice, own, -left, on=today, now=now)
        hold_invoices(account, [invoice], _HELD)


def _payment_of(allocation: Allocation) -> int | None:
    return allocation.grant.payment_id if allocation.grant else allocation.payment_id


def _credit(
    settled: list[Allocation], amount: int, today: date, now: datetime, reason: str, actor: str
) -> None:
    """Whole invoices: which lines a part is for, only people know."""
    by_invoice: dict[int, int] = {}
    for one in settled:
        by_invoice[one.invoice_id] = by_invoice.get(one.invoice_id, 0) + one.amount_minor
    left = amount
    for key, minor in by_invoice.items():
        if not left:
            return
        invoice = Invoice.objects.get(id=key)
        if minor > left or not _is_all(invoice, minor):
            raise BillingError(
                f"only a part of invoice {invoice.label} would become credit; credit its lines by "
                "`invoices credit`, or reopen it"
            )
        credit_invoice(invoice=invoice, today=today, now=now, reason=reason, actor=actor)
        left -= minor


def _is_all(invoice: Invoice, minor: int) -> bool:
    credited = invoice.credit_notes.aggregate(sum=Sum("total_minor"))["sum"] or 0
    return minor == invoice.total_minor - credited


def list_settled(payment: Payment) -> list[Allocation]:
    """What a payment settles of invoices that stand, itself or by the credit that it became."""
    rows = Allocation.objects.select_related("grant").filter(
        Q(payment=payment) | Q(grant__payment=payment),
        amount_minor__gt=0,
        reversed_by__isnull=True,
        invoice__status__in=(InvoiceState.OPEN, InvoiceState.PAID),
    )
    return list(rows.order_by("-invoice__due_on", "-id"))
