"""Settle invoices with what became credit of a payment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.credit.apply_credit import record_applied
from quarterday.services.credit.use_credit import open_grants, use_credit
from quarterday.services.payments.spread_payment import find_open
from quarterday.store.models import Allocation, Invoice, Payment


def allocate_payment(
    *,
    payment: Payment,
    today: date,
    now: datetime,
    invoices: Sequence[Invoice] | None = None,
    actor: str = "system",
) -> list[Allocation]:
    """Settle the named invoices in their order, or all open ones, the oldest due first.

    A payment settles invoices when it is recorded, and the rest is credit from then on. This
    uses that credit, and no other. Raises `BillingError` when none of it is left.
    """
    with transaction.atomic():
        account, payment = claim_row(payment)
        grants = [one for one in open_grants(account.id) if one.payment_id == payment.id]
        if not grants:
            raise BillingError(
                f"payment {payment.public_id} has nothing left; reverse an allocation first"
            )
        found: list[Allocation] = []
        for invoice in find_open(account, invoices).values():
            drawn = use_credit(invoice, grants, invoice.open_minor, on=today, now=now)
            if drawn:
                record_applied(invoice, drawn, now=now, actor=actor)
            found += drawn
    return found
