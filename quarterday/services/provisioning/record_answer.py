"""Write down what a place answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.core.period import local_date
from quarterday.core.service import (
    Known,
    ServiceAction,
    ServiceCondition,
    choose_action,
    condition_after,
    plan_after,
)
from quarterday.ports.provisioner import Answer, Done, Failed, Manual, Unknown
from quarterday.services.provisioning.begin_call import Asked, read_known
from quarterday.services.provisioning.note_condition import note_condition
from quarterday.services.provisioning.read_wanted import read_wanted
from quarterday.services.provisioning.settle_service import change_row, put_off, settle
from quarterday.services.subscriptions.claim_subscription import claim_subscription
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import (
    CallOutcome,
    ServiceCall,
    ServiceState,
    ServiceStatus,
    Subscription,
)


def record_answer(asked: Asked, answer: Answer, *, now: datetime) -> bool:
    """Write down an answer; False when it came so late that somebody else drives the service.

    What was done is so, whatever is wanted by now; whether the service is settled is judged by
    what is wanted then. After a late answer nobody knows in which order the place did things, so
    what is wanted is asked for again under a new generation.
    """
    with transaction.atomic():
        call = asked.call
        _, subscription = claim_subscription(call.service.subscription_id, call.account_id)
        subscription.account.seller = asked.seller
        row = ServiceState.objects.get(id=asked.call.service_id)
        _close(asked.call, answer, now)
        if row.claimed_until != asked.claimed_until:
            _ask_anew(row, now)
            return False
        match answer:
            case Done():
                _finish(row, subscription, asked, answer, now)
            case Manual():
                _leave_to_people(row, subscription, asked, answer, now)
            case Failed() | Unknown():
                _fail(row, subscription, asked, answer, now)
    return True


def _close(call: ServiceCall, answer: Answer, now: datetime) -> None:
    rows = ServiceCall.objects.filter(id=call.id)
    match answer:
        case Done(data):
            rows.update(outcome=CallOutcome.DONE, finished_at=now, data=dict(data))
        case Failed(reason):
            rows.update(outcome=CallOutcome.FAILED, finished_at=now, error=reason[:500])
        case Unknown(reason, ask_at):
            rows.update(error=reason[:500], data={"ask_at": ask_at} if ask_at else {})
        case Manual(text):
            rows.update(data={"task": text})


def _ask_anew(row: ServiceState, now: datetime) -> None:
    change_row(
        row,
        condition_at=None,
        plan_id=None,
        generation=row.generation + 1,
        status=ServiceStatus.DUE,
        next_at=now,
        tries=0,
    )


def _finish(
    row: ServiceState, subscription: Subscription, asked: Asked, answer: Done, now: datetime
) -> None:
    """The action is done: keep that, tell it, and go on with what is left to do."""
    action, before = asked.wish.action, asked.known.condition
    changes: dict[str, Any] = {
        "condition": condition_after(action, before),
        "condition_at": now,
        "plan_id": plan_after(action, _know_plan(asked), asked.plan_id),
        "claimed_until": None,
        "data": {**row.data, **answer.data},
    }
    change_row(row, **changes)
    note_condition(row, subscription, before, now=now, actor="system")
    _go_on(row, subscription, now=now)


def _know_plan(asked: Asked) -> Known:
    """What was known, and sure as to the plan if no lost call may have asked for another one."""
    if asked.known.is_sure or asked.wish.action is not ServiceAction.CREATE:
        # Nothing else depends on it.
        return asked.known
    calls = ServiceCall.objects.filter(service=asked.call.service_id, action=asked.wish.action)
    others = calls.exclude(generation=asked.call.generation)
    return asked.known if others.exists() else replace(asked.known, is_sure=True)


def _go_on(row: ServiceState, subscription: Subscription, *, now: datetime) -> None:
    """Settle a service that is as it is wanted, and let the job go on with any other."""
    wanted = read_wanted(subscription, local_date(now, subscription.account.seller.time_zone))
    known, is_new = read_known(row), row.wanted_plan_id != wanted.plan_id
    left = choose_action(known, ServiceCondition(row.wanted), row.wanted_plan_id)
    if left is None and not is_new:
        settle(row, wanted.changes_at)
    else:
        change_row(row, status=ServiceStatus.DUE, next_at=now, tries=0, error="")


def _fail(
    row: ServiceState,
    subscription: Subscription,
    asked: Asked,
    answer: Failed | Unknown,
    now: datetime,
) -> None:
    if isinstance(answer, Failed):
        _know_again(row, asked)
    if row.generation == asked.call.generation:
        put_off(row, subscription, answer, now=now)
    else:
        # Something else is wanted by now, and due already.
        change_row(row, claimed_until=None)


def _know_again(row: ServiceState, asked: Asked) -> None:
    """A place that says no has changed nothing: it is as it was before it was asked."""
    changes: dict[str, Any] = {"plan_id": asked.known.plan}
    if asked.known.is_sure and row.condition_at is None:
        changes["condition_at"] = asked.call.started_at
    change_row(row, **changes)


def _leave_to_people(
    row: ServiceState, subscription: Subscription, asked: Asked, answer: Manual, now: datetime
) -> None:
    """Open a task; nothing has been done at the place until somebody says so."""
    _know_again(row, asked)
    if row.generation != asked.call.generation:
        change_row(row, claimed_until=None)
        return
    title, _, text = answer.text.partition("\n")
    open_task(
        seller=subscription.account.seller,
        key=f"service {asked.wish.key}"[:120],
        kind="service",
        title=title[:200],
        text=f"{text}\n\nThen say: quarterday services done {row.public_id}".strip(),
        subject=row.public_id,
        account=subscription.account,
        now=now,
    )
    change_row(row, status=ServiceStatus.MANUAL, next_at=None, claimed_until=None, error="")
