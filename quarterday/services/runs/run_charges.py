"""A run that charges many accounts something of its own, and bills it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.runs.run_due import bill_recorded
from quarterday.services.runs.work import RunWork
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.store.models import Account, BillingDue, Product

_TOGETHER = 100


def run_charges(work: RunWork) -> None:
    """Charge the rows of the scope, a hundred accounts at a time, then bill those accounts.

    A row is account key, product key, description and minor units. Each charge is named after run
    and row, so going on after a crash charges nothing twice. With ``when`` at ``next`` they wait
    for the next invoice of their account instead.
    """
    rows: list[list[Any]] = work.run.scope["rows"]
    waits = work.run.scope.get("when") == "next"
    products = Product.objects.filter(seller=work.run.seller_id).in_bulk({row[1] for row in rows})
    work.total = len(rows)
    for start in range(work.done, len(rows), _TOGETHER):
        part = rows[start : start + _TOGETHER]
        summary = dict(work.summary)
        for place, row in enumerate(part, start):
            _charge(work, summary, place, row, products, waits)
        if not waits:
            work.summary = summary
            bill_recorded(work, work.today, sorted({row[0] for row in part}), step=0)
            summary = dict(work.summary)
        with transaction.atomic():
            work.beat(start + len(part), summary)
        work.keep()


def _charge(
    work: RunWork,
    summary: dict[str, Any],
    place: int,
    row: Sequence[Any],
    products: dict[int, Product],
    waits: bool,
) -> None:
    account_id, product_id, description, amount_minor = row
    today = work.today
    due = BillingDue.objects.filter(account_id=account_id).values_list("bill_on", flat=True)
    bill_on = max(due.first() or today, today) if waits else today
    try:
        add_charge(
            account_id=account_id,
            product=products[product_id],
            description=description,
            amount_minor=amount_minor,
            bill_on=bill_on,
            external_id=f"{work.run.public_id}:{place}",
            today=today,
            now=work.clock(),
            actor=work.run.actor,
        )
    except BillingError as error:
        name = str(Account.objects.filter(id=account_id).first() or account_id)
        work.note_error(summary, f"row {place + 1}: {name}", str(error))
