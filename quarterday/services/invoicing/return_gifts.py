"""Give gifts back as gifts, so that crediting an invoice never turns them into money."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet, Sum

from quarterday.services.credit.credit_kinds import GIFTS
from quarterday.services.credit.use_credit import use_credit
from quarterday.services.payments.take_back import take_back
from quarterday.store.models import Account, Allocation, CreditGrant, Invoice


def return_gifts(
    account: Account,
    invoice: Invoice,
    amount_minor: int,
    *,
    on: date,
    now: datetime,
    actor: str,
) -> Invoice:
    """Before a credit note of an amount settles an invoice: the invoice with gifts taken back.

    What was paid for comes back first, as credit that is the customer's own. Only what goes
    beyond it was settled by promotional or goodwill credit, which returns to its grant.
    """
    rows = Allocation.objects.filter(invoice=invoice)
    gifts = rows.filter(grant__kind__in=GIFTS)
    paid = _sum(rows) - _sum(gifts)
    credited = invoice.credit_notes.aggregate(sum=Sum("total_minor"))["sum"] or 0
    surplus = amount_minor - invoice.open_minor - (paid - credited)
    if surplus <= 0:
        return invoice
    live = gifts.filter(amount_minor__gt=0, reversed_by__isnull=True)
    for allocation in live.order_by("-id"):
        if surplus <= 0:
            break
        invoice = take_back(account, allocation, on=on, now=now, actor=actor).invoice
        surplus -= allocation.amount_minor
        if surplus < 0:
            # The last gift gave back more than was needed.
            grants = list(CreditGrant.objects.filter(allocations=allocation))
            use_credit(invoice, grants, -surplus, on=on, now=now)
    return invoice


def _sum(rows: QuerySet[Allocation]) -> int:
    return rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0
