"""Write down, and tell the customer, that a service became something else."""

from __future__ import annotations

from datetime import datetime

from quarterday.core.period import local_date
from quarterday.core.service import SERVING, ServiceCondition
from quarterday.services.events.record_event import record_event
from quarterday.services.messages.queue_message import queue_message
from quarterday.store.models import (
    DunningStep,
    Event,
    ServiceHold,
    ServiceHoldCause,
    ServiceState,
    Subscription,
)

_VERBS = {
    ServiceCondition.ACTIVE: "restored",
    ServiceCondition.RESTRICTED: "restricted",
    ServiceCondition.SUSPENDED: "suspended",
    ServiceCondition.TERMINATED: "terminated",
}


def note_condition(
    service: ServiceState,
    subscription: Subscription,
    before: ServiceCondition,
    *,
    now: datetime,
    actor: str,
) -> None:
    """Write the event and queue the message, in the transaction in which it became so.

    Each change is told once: by its generation.
    """
    after = ServiceCondition(service.condition)
    if after is before or after is ServiceCondition.NONE:
        return
    verb = "created" if before is ServiceCondition.NONE else _VERBS[after]
    if verb == "created" and after is not ServiceCondition.ACTIVE:
        verb = _VERBS[after]
    if verb == "created" and not service.place:
        # Nothing was made: it only entitles, which has an event of its own.
        return
    record_event(
        kind=f"service.{verb}",
        subject=service.public_id,
        seller_id=subscription.account.seller_id,
        account_id=subscription.account_id,
        actor=actor,
        now=now,
        data={"subscription": subscription.public_id, "before": before, "place": service.place},
    )
    _tell(service, subscription, before, after, now)


def _is_told(hold: ServiceHold) -> bool:
    """Whether the reminders tell of it: in one message for all services, with what is owed."""
    steps = DunningStep.objects.filter(invoice__public_id=hold.subject, taken_at=hold.started_at)
    return steps.filter(action__in=("restrict", "suspend")).exists()


def _tell(
    service: ServiceState,
    subscription: Subscription,
    before: ServiceCondition,
    after: ServiceCondition,
    now: datetime,
) -> None:
    """Tell of what was not the customer's own wish: of that they have heard already."""
    kind = ""
    about: list[str] = []
    rows = ServiceHold.objects.filter(subscription=subscription, cause=ServiceHoldCause.UNPAID)
    if after is ServiceCondition.SUSPENDED and before in SERVING:
        hold = rows.filter(ended_at__isnull=True, level=after).order_by("id").first()
        kind, about = ("suspended", [hold.subject]) if hold and not _is_told(hold) else ("", [])
    elif after in SERVING and before is ServiceCondition.SUSPENDED:
        paid = rows.filter(ended_at__gte=_suspended_at(service))
        kind = "restored" if paid.exists() else ""
    if not kind:
        return
    today = local_date(now, subscription.account.seller.time_zone)
    queue_message(
        kind=kind,
        account=subscription.account,
        subject=subscription.public_id,
        occasion=f"{service.public_id}.{service.generation}",
        now=now,
        on=today,
        data={"about": about, "service": {"on": today.isoformat()}},
    )


def _suspended_at(service: ServiceState) -> datetime:
    """When a service was suspended last: only what was paid since then let it run again."""
    rows = Event.objects.filter(account_id=service.account_id, subject=service.public_id)
    last = rows.filter(kind="service.suspended").order_by("-id").first()
    return last.at if last else service.wanted_at
