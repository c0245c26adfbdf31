"""Hold many services back at once, as a morning's reminders do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import F

from quarterday.core.period import local_date
from quarterday.services.events.record_event import Happened, record_events
from quarterday.services.provisioning.note_entitlement import describe_entitlement, read_codes
from quarterday.services.provisioning.read_wanted import Wanted, read_all_wanted
from quarterday.services.provisioning.set_wanted import set_wanted, store_wanted
from quarterday.store.models import (
    Seller,
    ServiceHold,
    ServiceState,
    ServiceStatus,
    Subscription,
)


class Hold(NamedTuple):
    """A contract, with its plan and account, and why its service is held, as in `hold_service`."""

    subscription: Subscription
    cause: str
    level: str
    subject: str
    reason: str


def hold_services(
    holds: Sequence[Hold], *, seller: Seller, now: datetime, actor: str = "system"
) -> None:
    """What `hold_service` does for each, in a number of statements that does not grow with them.

    For services that hold the transaction and have claimed the accounts, of one seller; no
    contract may be over.
    """
    if not holds:
        return
    _write_holds(holds, seller, now, actor)
    contracts = list({one.subscription.id: one.subscription for one in holds}.values())
    today = local_date(now, seller.time_zone)
    rows = ServiceState.objects.filter(subscription__in=contracts)
    services = {one.subscription_id: one for one in rows}
    wanted = read_all_wanted(contracts, today)
    changed = []
    for one in contracts:
        service = services.get(one.id)
        if service is None:
            set_wanted(subscription=one, today=today, now=now, actor=actor, is_held=True)
        elif _is_plain(service, wanted[one.id]):
            changed.append((service, one))
        else:
            store_wanted(service, one, wanted[one.id], now=now, actor=actor)
    _store(changed, wanted, seller, now, actor)


def _write_holds(holds: Sequence[Hold], seller: Seller, now: datetime, actor: str) -> None:
    """Those that are not open yet, each with its event."""
    rows = ServiceHold.objects.filter(
        subscription__in={one.subscription.id for one in holds}, ended_at=None
    )
    known = set(rows.values_list("subscription_id", "cause", "level", "subject"))
    new: dict[tuple[int, str, str, str], Hold] = {}
    for one in holds:
        key = (one.subscription.id, str(one.cause), str(one.level), one.subject)
        if key not in known:
            new.setdefault(key, one)
    ServiceHold.objects.bulk_create(
        ServiceHold(
            subscription=one.subscription,
            account_id=one.subscription.account_id,
            cause=one.cause,
            level=one.level,
            subject=one.subject,
            reason=one.reason[:200],
            started_at=now,
            actor=actor,
        )
        for one in new.values()
    )
    events: list[Happened] = [
        (
            seller.id,
            one.subscription.account_id,
            "service.held",
            one.subscription.public_id,
            {
                "cause": str(one.cause),
                "level": str(one.level),
                "about": one.subject,
                "reason": one.reason,
            },
        )
        for one in new.values()
    ]
    record_events(events, actor=actor, now=now)


def _is_plain(service: ServiceState, wanted: Wanted) -> bool:
    """Whether it only becomes due: something new is wanted of it, a place is asked for that, and
    nobody is doing it by hand.
    """
    is_new = (service.wanted, service.wanted_plan_id) != (wanted.condition, wanted.plan_id)
    return is_new and bool(service.place) and service.status != ServiceStatus.MANUAL


def _store(
    changed: Sequence[tuple[ServiceState, Subscription]],
    wanted: dict[int, Wanted],
    seller: Seller,
    now: datetime,
    actor: str,
) -> None:
    """What `store_wanted` stores of each, by what is wanted."""
    alike: dict[tuple[str, int], list[int]] = defaultdict(list)
    events: list[Happened] = []
    codes = read_codes(
        (one for _, one in changed),
        {
            key
            for service, one in changed
            for key in (service.wanted_plan_id, wanted[one.id].plan_id)
        },
    )
    for service, one in changed:
        was = service.wanted, service.wanted_plan_id
        service.wanted, service.wanted_plan_id = wanted[one.id].condition, wanted[one.id].plan_id
        alike[service.wanted, service.wanted_plan_id].append(service.id)
        if event := describe_entitlement(service, one, *was, codes):
            told = (seller.id, one.account_id, event["kind"], one.public_id, event["data"])
            events.append(told)
    for (condition, plan_id), keys in alike.items():
        ServiceState.objects.filter(id__in=keys).update(
            wanted=condition,
            wanted_plan_id=plan_id,
            wanted_at=now,
            generation=F("generation") + 1,
            status=ServiceStatus.DUE,
            next_at=now,
            tries=0,
            error="",
        )
    record_events(events, actor=actor, now=now)
