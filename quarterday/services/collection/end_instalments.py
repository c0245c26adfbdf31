"""End an agreement to pay an invoice in parts: what is open is due as the invoice says."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.collection.plan_again import plan_again
from quarterday.services.errors import NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.store.models import InstalmentPlan, Invoice


def end_instalments(
    *, invoice: Invoice, reason: str, today: date, now: datetime, actor: str = "system"
) -> InstalmentPlan:
    """The ended plan. Raises `NotFound` where none holds."""
    said = check_text(reason, "reason", 200)
    with transaction.atomic():
        account, invoice = claim_row(invoice)
        plan = InstalmentPlan.objects.filter(invoice=invoice, ended_at=None).first()
        if plan is None:
            raise NotFound(f"invoice {invoice.label} has no instalments")
        plan.ended_at, plan.reason = now, said
        plan.save(update_fields=["ended_at", "reason"])
        plan_again(account, invoice, today)
        record_event(
            kind="instalments.ended",
            subject=invoice.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"plan": plan.public_id, "reason": said},
        )
    return plan
