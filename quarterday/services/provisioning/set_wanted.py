"""Store what is wanted of a service, in the transaction of what changed it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from quarterday.core.service import ServiceCondition
from quarterday.services.provisioning.note_condition import note_condition
from quarterday.services.provisioning.note_entitlement import note_entitlement
from quarterday.services.provisioning.read_wanted import Wanted, read_wanted
from quarterday.store.models import (
    Plan,
    Provisioning,
    ServiceState,
    ServiceStatus,
    Subscription,
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
        plan = subscription.plan
        provisioning = Provisioning.objects.filter(product_id=plan.product_id).first()
        if provisioning is None and not is_held:
            return None
        place = provisioning.place if provisioning else ""
        service = _make(subscription, place, now)
    store_wanted(service, subscription, read_wanted(subscription, today), now=now, actor=actor)
    return service


def _make(subscription: Subscription, place: str, now: datetime) -> ServiceState:
    return ServiceState.objects.create(
        subscription=subscription,
        account_id=subscription.account_id,
        place=place,
        wanted_at=now,
    )


def store_wanted(
    service: ServiceState,
    subscription: Subscription,
    wanted: Wanted,
    *,
    now: datetime,
    actor: str = "system",
) -> bool:
    """Store what is wanted of a service; whether it was new. Its account must be claimed."""
    was = (service.wanted, service.wanted_plan_id)
    is_new = was != (wanted.condition, wanted.plan_id)
    changes: dict[str, Any] = {}
    if is_new:
        changes = {
            "wanted": wanted.condition,
            "wanted_plan_id": wanted.plan_id,
            "wanted_at": now,
            "generation": service.generation + 1,
            "status": ServiceStatus.DUE,
            "next_at": now,
            "tries": 0,
            "error": "",
        }
    if not service.place and is_new:
        changes |= _apply(wanted, now)
    status = changes.get("status", service.status)
    if status == ServiceStatus.SETTLED and wanted.changes_on is not None:
        begin = start_of_day(wanted.changes_on, subscription.account.seller.time_zone)
        changes |= {"status": ServiceStatus.DUE, "next_at": begin}
    if not changes:
        return False
    before = ServiceCondition(service.condition)
    ServiceState.objects.filter(id=service.id).update(**changes)
    for name, value in changes.items():
        setattr(service, name, value)
    if is_new:
        if not service.place:
            note_condition(service, subscription, before, now=now, actor=actor)
        note_entitlement(service, subscription, *was, now=now, actor=actor)
    return is_new


def _apply(wanted: Wanted, now: datetime) -> dict[str, Any]:
    """Where nothing is driven, what is wanted is so at once."""
    return {
        "condition": wanted.condition,
        "plan_id": wanted.plan_id,
        "condition_at": now,
        "status": ServiceStatus.SETTLED,
        "next_at": None,
    }


def start_of_day(day: date, zone: str) -> datetime:
    """The instant at which a day begins for the seller."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def read_plan(plan_id: int | None) -> Plan | None:
    """A plan with its product, for what tells of it."""
    rows = Plan.objects.select_related("product")
    return None if plan_id is None else rows.filter(id=plan_id).first()
