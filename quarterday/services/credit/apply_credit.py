"""Use an account's credit for one of its invoices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.compare import show_amount
from quarterday.services.credit.use_credit import open_grants, use_credit
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Allocation, Invoice


def apply_credit(
    *,
    invoice: Invoice,
    today: date,
    now: datetime,
    amount_minor: int | None = None,
    actor: str = "system",
) -> list[Allocation]:
    """Settle an open invoice from open credit: by priority, then expiry, then age.

    Without an amount, as much as there is; with one, exactly that. No credit settles nothing.
    Raises `BillingError` when an amount is more than there is, or than is open.
    """
    with transaction.atomic():
        _, invoice = claim_row(invoice)
        need = invoice.open_minor if amount_minor is None else amount_minor
        found = use_credit(invoice, open_grants(invoice.account_id), need, on=today, now=now)
        drawn = sum(one.amount_minor for one in found)
        if amount_minor is not None and drawn != amount_minor:
            raise BillingError(
                f"{show_amount(amount_minor, invoice.currency)} cannot be applied to invoice "
                f"{invoice.label}; at most {show_amount(drawn, invoice.currency)} is both open and "
                "credited"
            )
        if found:
            record_applied(invoice, found, now=now, actor=actor)
    return found


def record_applied(
    invoice: Invoice, found: Sequence[Allocation], *, now: datetime, actor: str
) -> None:
    """The event of credit that settled an invoice."""
    record_event(
        kind="credit.applied",
        subject=invoice.public_id,
        seller_id=invoice.seller_id,
        account_id=invoice.account_id,
        actor=actor,
        now=now,
        data={
            "label": invoice.label,
            "amount_minor": sum(one.amount_minor for one in found),
            "open_minor": invoice.open_minor,
            "currency": invoice.currency,
        },
    )
