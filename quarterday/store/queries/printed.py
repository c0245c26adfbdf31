"""What is printed: documents with all that stands on them, however many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Prefetch, QuerySet

from quarterday.store.models import (
    Account,
    Allocation,
    Brand,
    CreditGrant,
    CreditKind,
    CreditNote,
    CreditNoteLine,
    DocumentTemplate,
    Invoice,
    InvoiceLine,
    Order,
    Payment,
    Quote,
    Seller,
    Subscription,
)

_Document = TypeVar("_Document", Invoice, CreditNote)


def load_invoices(public_ids: Sequence[str]) -> dict[str, Invoice]:
    """Invoices with lines, terms, taxes and what settled them, in five queries for all."""
    rows = Invoice.objects.filter(public_id__in=public_ids).prefetch_related(
        Prefetch(
            "lines",
            InvoiceLine.objects.select_related("item__price__meter").order_by("position"),
        ),
        Prefetch("allocations", Allocation.objects.order_by("id")),
    )
    return {row.public_id: row for row in _with_parties(rows)}


def load_credit_notes(public_ids: Sequence[str]) -> dict[str, CreditNote]:
    """Credit notes with the same."""
    rows = CreditNote.objects.filter(public_id__in=public_ids).prefetch_related(
        Prefetch(
            "lines",
            CreditNoteLine.objects.select_related("item__price__meter").order_by("position"),
        ),
        Prefetch("allocations", Allocation.objects.select_related("invoice").order_by("id")),
    )
    return {row.public_id: row for row in _with_parties(rows).select_related("invoice")}


def _with_parties(rows: QuerySet[_Document]) -> QuerySet[_Document]:
    return rows.select_related(
        "seller__brand", "account", "seller_snapshot", "account_snapshot"
    ).prefetch_related("taxes")


def sum_credited(note: CreditNote) -> int:
    """How much of a credit note became credit of its account, in minor units."""
    rows = CreditGrant.objects.filter(
        account=note.account, kind=CreditKind.CREDIT_NOTE, reason=note.label
    )
    return sum(rows.values_list("amount_minor", flat=True))


def load_payment(public_id: str) -> Payment | None:
    """A payment with what it settled."""
    return (
        Payment.objects.filter(public_id=public_id)
        .select_related("account__seller__brand")
        .prefetch_related(
            Prefetch("allocations", Allocation.objects.select_related("invoice").order_by("id"))
        )
        .first()
    )


def load_quote(public_id: str) -> Quote | None:
    """A quote with its parties."""
    return (
        Quote.objects.filter(public_id=public_id).select_related("account", "seller__brand").first()
    )


def load_order(public_id: str) -> Order | None:
    """An order with its parties."""
    return (
        Order.objects.filter(public_id=public_id)
        .select_related("account", "seller__brand", "invoice")
        .first()
    )


def load_subscription(public_id: str) -> Subscription | None:
    """A subscription with its parties."""
    return (
        Subscription.objects.filter(public_id=public_id)
        .select_related("account__seller__brand")
        .first()
    )


def load_account(public_id: str) -> Account | None:
    """An account with its seller."""
    return Account.objects.filter(public_id=public_id).select_related("seller__brand").first()


def brand_of(seller: Seller) -> Brand:
    """The face of a seller; a plain one where nobody has made one."""
    return getattr(seller, "brand", None) or Brand(seller=seller, data={})


def find_template(seller: Seller, kind: str) -> DocumentTemplate | None:
    """The newest template of a seller for a kind of document."""
    rows = DocumentTemplate.objects.filter(seller=seller, kind=kind)
    return rows.order_by("-version").first()
