"""Hand an invoice over to whoever collects debts: a task, an event, and no more charges of ours."""

from __future__ import annotations

from datetime import datetime

from quarterday.core.dunning import DunningStep
from quarterday.core.money import currency, from_minor
from quarterday.services.collection.stop_collection import stop_collection
from quarterday.services.events.record_event import record_event
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import Task
from quarterday.store.queries.dunning_cases import AccountCase, Case


def hand_over(
    account: AccountCase, case: Case, step: DunningStep, *, now: datetime, actor: str
) -> Task:
    """The task to hand it over. What was handed over is listed by `list_handed_over`.

    For services that hold the transaction and the account.
    """
    invoice, row = case.invoice, account.account
    amount = f"{from_minor(invoice.open_minor, currency(invoice.currency)):,f} {invoice.currency}"
    stop_collection(
        invoice=invoice, reason="handed to collections", today=account.day, now=now, actor=actor
    )
    record_event(
        kind="invoice.handed_over",
        subject=invoice.public_id,
        seller_id=row.seller_id,
        account_id=row.id,
        actor=actor,
        now=now,
        data={
            "label": invoice.label,
            "open_minor": invoice.open_minor,
            "currency": invoice.currency,
        },
    )
    return open_task(
        seller=row.seller,
        key=f"collections {invoice.public_id}{case.suffix}",
        kind="collections",
        title=(step.title or f"Hand {amount} of {row.name} ({row}) to collections")[:200],
        text=step.text or f"Invoice {invoice.label}, due {case.due_on}, {amount} open.",
        subject=invoice.public_id,
        account=row,
        due_on=account.day,
        now=now,
        actor=actor,
    )
