"""Tell other systems that somebody may use something now, or no longer may."""

from __future__ import annotations

from datetime import datetime

from quarterday.core.service import SERVING, ServiceCondition
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Plan, ServiceState, Subscription


def note_entitlement(
    service: ServiceState,
    subscription: Subscription,
    old: str,
    old_plan_id: int | None,
    *,
    now: datetime,
    actor: str,
) -> None:
    """Write the event of a change of what is wanted; outgoing webhooks tell it.

    What counts is what is wanted, not what a place has managed so far: whoever has paid may use
    what they paid for.
    """
    had, has = ServiceCondition(old) in SERVING, ServiceCondition(service.wanted) in SERVING
    if not had and not has:
        return
    verb = "changed" if had and has else "granted" if has else "revoked"
    plans = dict(
        Plan.objects.filter(id__in=[service.wanted_plan_id, old_plan_id]).values_list("id", "code")
    )
    record_event(
        kind=f"entitlement.{verb}",
        subject=subscription.public_id,
        seller_id=subscription.account.seller_id,
        account_id=subscription.account_id,
        actor=actor,
        now=now,
        data={
            "condition": str(service.wanted),
            "plan": plans.get(service.wanted_plan_id or 0, ""),
            "before": {"condition": str(old), "plan": plans.get(old_plan_id or 0, "")},
        },
    )
