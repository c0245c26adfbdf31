"""What a batch of charges would bill, to the cent: charged, drafted, and rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from quarterday.services.invoicing.simulate import SimulatedInvoice, simulate
from quarterday.services.runs.plan_charges import ChargePlan
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.store.models import Product


class _Undone(Exception):  # noqa: N818 - a way out, not a fault
    """Leaves the transaction without a trace."""


def preview_charges(
    plan: ChargePlan, *, today: date, now: datetime, most: int = 20
) -> Sequence[SimulatedInvoice]:
    """The invoices of the first accounts of a plan, with their tax and all else that is due."""
    products = Product.objects.in_bulk({int(str(row[1])) for row in plan.rows})
    keys = plan.accounts[:most]
    found: list[SimulatedInvoice] = []
    try:
        with transaction.atomic():
            for account_id, product_id, description, minor in plan.rows:
                if account_id in keys:
                    add_charge(
                        account_id=int(str(account_id)),
                        product=products[int(str(product_id))],
                        description=str(description),
                        amount_minor=int(str(minor)),
                        today=today,
                        now=now,
                    )
            found = list(simulate(first=today, last=today, accounts=keys))
            raise _Undone
    except _Undone:
        return found
