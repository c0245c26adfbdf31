"""Agree that an invoice is paid in parts, each on a day of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.instalments import Part, check_parts
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.collection.plan_again import plan_again
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Account, Instalment, InstalmentPlan, Invoice
from quarterday.store.queries.collecting import read_parts
from quarterday.store.queries.instalments import read_instalment_policy
from quarterday.store.queries.paying import sum_on_the_way


def agree_instalments(
    *,
    invoice: Invoice,
    parts: Sequence[Part],
    today: date,
    now: datetime,
    by_payer: bool = False,
    actor: str = "system",
) -> InstalmentPlan:
    """The plan. Together the parts are what is open; the invoice itself does not change.

    ``by_payer`` asks the seller's policy whether payers may choose one. The same plan again
    returns the one there is. Raises `Conflict` for another one while one holds, or while money for
    the invoice is on its way, and `BillingError` for parts that cannot be.
    """
    with transaction.atomic():
        account, invoice = claim_row(invoice)
        if invoice.status != InvoiceState.OPEN:
            raise Conflict(f"invoice {invoice.label} is {invoice.status}; nothing is to be paid")
        if known := InstalmentPlan.objects.filter(invoice=invoice, ended_at=None).first():
            if read_parts([invoice.id])[invoice.id] == list(parts):
                return known
            raise Conflict(f"invoice {invoice.label} has a plan already; end it to agree another")
        _check(account, invoice, parts, today, by_payer)
        plan = InstalmentPlan.objects.create(invoice=invoice, agreed_at=now, actor=actor)
        Instalment.objects.bulk_create(
            Instalment(plan=plan, number=number, due_on=one.due_on, amount_minor=one.amount_minor)
            for number, one in enumerate(parts, start=1)
        )
        plan_again(account, invoice, today)
        record_event(
            kind="instalments.agreed",
            subject=invoice.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"plan": plan.public_id, "parts": len(parts), "by_payer": by_payer},
        )
    return plan


def _check(
    account: Account, invoice: Invoice, parts: Sequence[Part], today: date, by_payer: bool
) -> None:
    if sum_on_the_way(account, [invoice.public_id]):
        raise Conflict(f"money for invoice {invoice.label} is on its way; wait until it is there")
    check_parts(parts, invoice.open_minor)
    if parts[0].due_on < today:
        raise BillingError(f"the first instalment is due on {parts[0].due_on}, before today")
    if not by_payer:
        return
    policy = read_instalment_policy(account.seller)
    if not policy.allows(invoice.open_minor, invoice.currency) or len(parts) > policy.most:
        raise BillingError(
            f"the seller does not offer {len(parts)} instalments for invoice {invoice.label}; "
            "ask them"
        )
    if InstalmentPlan.objects.filter(invoice=invoice).exists():
        raise BillingError(f"a plan for invoice {invoice.label} was ended before; ask the seller")
