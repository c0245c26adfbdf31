"""Tell other systems that somebody may use something now, or no longer may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

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
    keys = {service.wanted_plan_id, old_plan_id}
    event = describe_entitlement(
        service, subscription, old, old_plan_id, read_codes([subscription], keys)
    )
    if event is not None:
        record_event(
            **event,
            subject=subscription.public_id,
            seller_id=subscription.account.seller_id,
            account_id=subscription.account_id,
            actor=actor,
            now=now,
        )


def read_codes(
    subscriptions: Iterable[Subscription], keys: Iterable[int | None]
) -> Mapping[int, str]:
    """The codes of plans by their keys; those of the contracts themselves are known."""
    known = {one.plan_id: one.plan.code for one in subscriptions}
    if others := {key for key in keys if key is not None} - known.keys():
        known |= dict(Plan.objects.filter(id__in=others).values_list("id", "code"))
    return known


def describe_entitlement(
    service: ServiceState,
    subscription: Subscription,
    old: str,
    old_plan_id: int | None,
    codes: Mapping[int, str],
) -> dict[str, Any] | None:
    """The kind and data of the event; None where nobody may use more or less than before."""
    had, has = ServiceCondition(old) in SERVING, ServiceCondition(service.wanted) in SERVING
    if not had and not has:
        return None
    verb = "changed" if had and has else "granted" if has else "revoked"
    return {
        "kind": f"entitlement.{verb}",
        "data": {
            "condition": str(service.wanted),
            "plan": codes.get(service.wanted_plan_id or 0, ""),
            "before": {"condition": str(old), "plan": codes.get(old_plan_id or 0, "")},
        },
    }
