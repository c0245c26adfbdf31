"""One payment or credit note of an account, with all that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass

from quarterday.core.lifecycle import PaymentState
from quarterday.store.models import (
    Account,
    Allocation,
    CreditGrant,
    CreditKind,
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    Payment,
    Refund,
)


@dataclass(slots=True)
class PaymentSheet:
    """A payment, the invoices it settled, the credit it became, and what was paid back."""

    payment: Payment
    settled: list[Allocation]
    grants: list[CreditGrant]
    refunds: list[Refund]


@dataclass(slots=True)
class CreditNoteSheet:
    """A credit note, what it settled, and the credit that the rest of it became."""

    note: CreditNote
    lines: list[CreditNoteLine]
    taxes: list[CreditNoteTax]
    settled: list[Allocation]
    grants: list[CreditGrant]


def read_payment(account: Account, public_id: str) -> PaymentSheet | None:
    """A payment by its public id; None when the account has no such payment."""
    rows = Payment.objects.filter(account=account, public_id=public_id)
    payment = rows.exclude(status=PaymentState.PENDING).first()
    if payment is None:
        return None
    return PaymentSheet(
        payment,
        list(payment.allocations.select_related("invoice").order_by("id")),
        list(CreditGrant.objects.filter(payment=payment).order_by("id")),
        list(payment.refunds.order_by("id")),
    )


def read_credit_note(account: Account, public_id: str) -> CreditNoteSheet | None:
    """A credit note by its public id; None when the account has no such one."""
    rows = CreditNote.objects.filter(account=account, public_id=public_id)
    note = rows.select_related("invoice").first()
    if note is None:
        return None
    grants = CreditGrant.objects.filter(
        account=account, kind=CreditKind.CREDIT_NOTE, reason=note.label
    )
    return CreditNoteSheet(
        note,
        list(note.lines.select_related("product").order_by("position")),
        list(note.taxes.order_by("id")),
        list(note.allocations.select_related("invoice").order_by("id")),
        list(grants.order_by("id")),
    )


def has_payment(account: Account, public_id: str) -> bool:
    """Whether a payment is of an account and was received."""
    rows = Payment.objects.filter(account=account, public_id=public_id)
    return rows.exclude(status__in=(PaymentState.PENDING, PaymentState.FAILED)).exists()


def has_credit_note(account: Account, public_id: str) -> bool:
    """Whether a credit note is of an account."""
    return CreditNote.objects.filter(account=account, public_id=public_id).exists()
