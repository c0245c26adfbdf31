"""What the pages behind links show: one invoice, fetched through the account of its link."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import Sum

from quarterday.store.models import (
    Allocation,
    Invitation,
    Invoice,
    InvoiceLine,
    Link,
    Payment,
    User,
)


class PaidPart(NamedTuple):
    """What a payment settled of an invoice; ``has_receipt`` when it settled nothing besides."""

    payment: Payment
    on: date
    amount_minor: int
    has_receipt: bool


def invoice_of_link(link: Link) -> Invoice | None:
    """The invoice that a link is for, if it is its account's."""
    if link.account_id is None:
        return None
    rows = Invoice.objects.filter(account_id=link.account_id, public_id=link.subject)
    return rows.select_related("seller", "account_snapshot").first()


def lines_of(invoice: Invoice) -> list[InvoiceLine]:
    """The lines of an invoice in their order."""
    return list(invoice.lines.order_by("position"))


def payments_of(invoice: Invoice) -> list[PaidPart]:
    """What was paid of an invoice, in order; what was taken back again is left out.

    A receipt names all that a payment settled, so it is shown to the bearer of a link only when
    that is this invoice alone.
    """
    parts: dict[int, list[Allocation]] = {}
    rows = Allocation.objects.filter(invoice=invoice, payment__isnull=False)
    for one in rows.select_related("payment").order_by("id"):
        parts.setdefault(one.payment_id or 0, []).append(one)
    others = Allocation.objects.filter(payment_id__in=parts).exclude(invoice=invoice)
    shared = dict(others.values_list("payment_id").annotate(Sum("amount_minor")))
    found = []
    for key, allocations in parts.items():
        amount, payment = sum(one.amount_minor for one in allocations), allocations[0].payment
        if amount > 0 and payment is not None:
            found.append(PaidPart(payment, payment.received_on, amount, key not in shared))
    return found


def user_of_link(link: Link) -> User | None:
    """The active user that a link signs in."""
    return User.objects.filter(public_id=link.subject, is_active=True).first()


def invitation_of_link(link: Link) -> Invitation | None:
    """The invitation that a link is for, with its account."""
    rows = Invitation.objects.select_related("account", "invited_by")
    return rows.filter(public_id=link.subject, account__seller_id=link.seller_id).first()
