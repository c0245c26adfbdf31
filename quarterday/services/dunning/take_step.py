"""Take one step about one invoice; messages are told apart, once for the account."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from quarterday.core.dunning import HOLDS, Action, Due
from quarterday.services.collection.charge_again import charge_again
from quarterday.services.dunning.act_on_services import act_on_services
from quarterday.services.dunning.charge_fee import charge_fee
from quarterday.services.dunning.hand_over import hand_over
from quarterday.services.hooks.queue_hook import queue_hook
from quarterday.services.invoicing.write_off_invoice import write_off_invoice
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import StepOutcome, Subscription
from quarterday.store.queries.dunning_cases import AccountCase, Case


@dataclass(slots=True)
class Result:
    """What came of a step; ``services`` are those that were held or ended."""

    outcome: StepOutcome = StepOutcome.DONE
    data: dict[str, Any] = field(default_factory=dict)
    services: list[Subscription] = field(default_factory=list)


def take_step(
    account: AccountCase, case: Case, due: Due, *, now: datetime, is_told: bool, actor: str
) -> Result:
    """What came of it; for services that hold the transaction and the account.

    ``is_told`` says that the account gets a message today. Raises `BillingError` for what cannot
    be done until somebody mends it.
    """
    action = due.step.action
    if action in HOLDS or action is Action.TERMINATE:
        done = act_on_services(case, action, today=account.day, now=now, actor=actor)
        return tell_acted(done)
    if action is Action.FEE:
        made, amount = charge_fee(account, case, due, now=now, is_told=is_told, actor=actor)
        if made is None:
            why = f"the cap is reached, or no fee is set in {case.invoice.currency}"
            return Result(StepOutcome.PASSED, {"why": why})
        return Result(data={"invoice": made.public_id, "label": made.label, "amount_minor": amount})
    return _take_other(account, case, due, now, actor)


def tell_acted(services: list[Subscription]) -> Result:
    """What came of a step that holds or ends services, by those that it did."""
    if not services:
        return Result(StepOutcome.PASSED, {"why": "no service is left to act on"})
    return Result(data={"services": [one.public_id for one in services]}, services=services)


def _take_other(account: AccountCase, case: Case, due: Due, now: datetime, actor: str) -> Result:
    invoice, row, step = case.invoice, account.account, due.step
    if step.action is Action.CHARGE:
        why = charge_again(invoice, today=account.day)
        return Result(StepOutcome.PASSED, {"why": why}) if why else Result()
    if step.action is Action.COLLECTIONS:
        task = hand_over(account, case, step, now=now, actor=actor)
        return Result(data={"task": task.public_id})
    if step.action is Action.WRITE_OFF:
        reason = f"unpaid {(account.day - case.due_on).days} days after it was due"
        write_off_invoice(invoice=invoice, today=account.day, now=now, reason=reason, actor=actor)
        return Result(data={"amount_minor": invoice.open_minor})
    if step.action is Action.WEBHOOK:
        told = queue_hook(
            kind=step.event,
            seller=row.seller,
            payload=_describe(account, case),
            now=now,
            key=f"dunning {invoice.public_id} {due.key}{case.suffix}",
            account=row,
        )
        return Result(data={"endpoints": told})
    assert step.action is Action.TASK, "the other actions are done above"
    task = open_task(
        seller=row.seller,
        key=f"dunning {invoice.public_id} {due.key}{case.suffix}",
        kind="dunning",
        title=f"{step.title or 'See to an unpaid invoice'}: {invoice.label}, {row.name}"[:200],
        text=step.text,
        subject=invoice.public_id,
        account=row,
        due_on=account.day,
        now=now,
        actor=actor,
    )
    return Result(data={"task": task.public_id})


def _describe(account: AccountCase, case: Case) -> dict[str, Any]:
    """An overdue invoice, for other systems."""
    invoice, row = case.invoice, account.account
    return {
        "account": {"id": row.public_id, "external_id": row.external_id, "name": row.name},
        "invoice": {
            "id": invoice.public_id,
            "number": invoice.label,
            "due_on": case.due_on.isoformat(),
            "days_overdue": max(0, (account.day - case.due_on).days),
            "open_minor": invoice.open_minor,
            "currency": invoice.currency,
        },
        "subscriptions": [
            {"id": one.public_id, "external_id": one.external_id} for one in case.subscriptions
        ],
    }
