"""The plans by which invoices are paid in parts, as they held on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q

from quarterday.core.instalments import Part
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.period import local_date
from quarterday.store.models import Instalment, InstalmentPlan


def read_plans_of_day(
    day: date, sellers: Sequence[int] | None, *, open_only: bool = False
) -> dict[int, list[Part]]:
    """The parts of the plans that held at the end of a day, where their sellers are, by invoice.

    With ``open_only``, of invoices that are open now.
    """
    # A day before, since no zone is further away; then by the zone of each.
    early = datetime.combine(day - timedelta(days=1), time(), UTC)
    rows = InstalmentPlan.objects.filter(Q(ended_at=None) | Q(ended_at__gt=early)).order_by("id")
    if open_only:
        rows = rows.filter(invoice__status=InvoiceState.OPEN)
    if sellers is not None:
        rows = rows.filter(invoice__seller__in=sellers)
    names = ("id", "invoice_id", "agreed_at", "ended_at", "invoice__seller__time_zone")
    held: dict[int, int] = {}
    for plan, invoice, agreed_at, ended_at, zone in rows.values_list(*names):
        is_over = ended_at is not None and local_date(ended_at, zone) <= day
        if local_date(agreed_at, zone) <= day and not is_over:
            held[invoice] = plan
    if not held:
        return {}
    parts: dict[int, list[Part]] = {plan: [] for plan in held.values()}
    found = Instalment.objects.filter(plan__in=list(parts)).order_by("plan_id", "number")
    for plan, due_on, minor in found.values_list("plan_id", "due_on", "amount_minor"):
        parts[plan].append(Part(due_on, minor))
    return {invoice: parts[plan] for invoice, plan in held.items()}
