"""Store what is wanted of a service, in the transaction of what changed it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from quarterday.core.service import ServiceCondition
from quarterday.services.provisioning.note_condition import note_condition
from quarterday.services.provisioning.note_entitlement import note_entitlement
from quarterday.services.provisioning.read_wanted import Wanted, read_wanted
from quarterday.services.provisioning.settle_service import change_row
from quarterday.services.tasks.close_task import close_task
from quarterday.store.models import (
    Plan,
    Provisioning,
    ServiceState,
    ServiceStatus,
    Subscription,
    Task,
    TaskStatus,
)


def set_wanted(
    *,
    subscription: Subscription,
    today: date,
    now: datetime,
    actor: str = "system",
    is_held: bool = False,
) -> ServiceState | None:
    """Work out what is wanted and, where that is new, store it for the job `drive_services`.

    Call it in the transaction that changed the contract, after its account was claimed. None for
    a contract whose product drives nothing and entitles to nothing, unless it ``is_held`` now or
    was before. Doing it again changes nothing.
    """
    service = ServiceState.objects.filter(subscription=subscription).first()
    if service is None:
        return begin_service(
            subscription=subscription, today=today, now=now, actor=actor, is_held=is_held
        )
    store_wanted(service, subscription, read_wanted(subscription, today), now=now, actor=actor)
    return service


def begin_service(
    *,
    subscription: Subscription,
    today: date,
    now: datetime,
    actor: str = "system",
    is_held: bool = False,
    is_there: bool = False,
) -> ServiceState | None:
    """The same for a contract that has no service yet.

    ``is_there`` says that it runs already, as it does when it was taken over from another system.
    """
    provisioning = Provisioning.objects.filter(product_id=subscription.plan.product_id).first()
    if provisioning is None and not is_held:
        return None
    wanted = read_wanted(subscription, today)
    if wanted.plan_id != subscription.plan_id:
        # It moves to the plan on a day to come, and runs where that of today says until then.
        product = Plan.objects.filter(id=wanted.plan_id).values("product")
        provisioning = Provisioning.objects.filter(product__in=product).first()
        if provisioning is None and not is_held:
            return None
    service = ServiceState.objects.create(
        subscription=subscription,
        account_id=subscription.account_id,
        place=provisioning.place if provisioning else "",
        wanted_at=now,
    )
    store_wanted(service, subscription, wanted, now=now, actor=actor, is_there=is_there)
    return service


def store_wanted(
    service: ServiceState,
    subscription: Subscription,
    wanted: Wanted,
    *,
    now: datetime,
    actor: str = "system",
    is_there: bool = False,
) -> bool:
    """Store what is wanted of a service; whether it was new. Its account must be claimed.

    Where nothing is driven, and where the service ``is_there``, it is so at once.
    """
    was = (service.wanted, service.wanted_plan_id)
    if was == (wanted.condition, wanted.plan_id):
        if service.status == ServiceStatus.SETTLED and wanted.changes_at is not None:
            change_row(service, status=ServiceStatus.DUE, next_at=wanted.changes_at)
        return False
    if service.status == ServiceStatus.MANUAL:
        _dismiss_tasks(service, now)
    changes: dict[str, Any] = {
        "wanted": wanted.condition,
        "wanted_plan_id": wanted.plan_id,
        "wanted_at": now,
        "generation": service.generation + 1,
        "status": ServiceStatus.DUE,
        "next_at": now,
        "tries": 0,
        "error": "",
    }
    before = ServiceCondition(service.condition)
    at_once = not service.place or is_there
    if at_once:
        changes |= {
            "condition": wanted.condition,
            "plan_id": wanted.plan_id,
            "condition_at": now,
            "status": ServiceStatus.SETTLED if wanted.changes_at is None else ServiceStatus.DUE,
            "next_at": wanted.changes_at,
        }
    change_row(service, **changes)
    if at_once and not is_there:
        note_condition(service, subscription, before, now=now, actor=actor)
    note_entitlement(service, subscription, *was, now=now, actor=actor)
    return True


def _dismiss_tasks(service: ServiceState, now: datetime) -> None:
    """What somebody was to do is no longer wanted."""
    rows = Task.objects.filter(kind="service", subject=service.public_id, status=TaskStatus.OPEN)
    for task in rows:
        note = "something else is wanted by now"
        close_task(task=task, status=TaskStatus.DISMISSED, note=note, now=now)
