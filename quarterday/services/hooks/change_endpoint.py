"""Change, enable or remove an endpoint, and tell it things again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from quarterday.services.hooks.kinds import check_kinds
from quarterday.services.hooks.note_endpoint import note_endpoint
from quarterday.store.models import Event, HookStatus, WebhookDelivery, WebhookEndpoint


def change_endpoint(
    *,
    endpoint: WebhookEndpoint,
    now: datetime,
    kinds: Sequence[str] | None = None,
    is_enabled: bool | None = None,
    actor: str = "system",
) -> WebhookEndpoint:
    """Tell an endpoint other kinds, or nothing for a while, or again.

    What happened while it was not enabled is told when it is asked for (`replay_events`). Raises
    `BillingError` for an unknown kind.
    """
    with transaction.atomic():
        row = WebhookEndpoint.objects.select_for_update().get(id=endpoint.id)
        changes: dict[str, object] = {}
        if kinds is not None and check_kinds(kinds) != row.kinds:
            changes["kinds"] = check_kinds(kinds)
        if is_enabled is not None and is_enabled != row.is_enabled:
            changes |= {"is_enabled": is_enabled, "failing_since": None}
            if is_enabled:
                changes["events_through"] = Event.objects.aggregate(last=Max("id"))["last"] or 0
        if not changes:
            return row
        WebhookEndpoint.objects.filter(id=row.id).update(**changes)
        note_endpoint(row, "webhook.changed", actor=actor, now=now)
        row.refresh_from_db()
    return row


def remove_endpoint(*, endpoint: WebhookEndpoint, now: datetime, actor: str = "system") -> None:
    """Tell an endpoint nothing any more; what waits for it goes with it."""
    with transaction.atomic():
        note_endpoint(endpoint, "webhook.removed", actor=actor, now=now)
        endpoint.delete()


def replay_events(
    *,
    endpoint: WebhookEndpoint,
    since: datetime,
    now: datetime,
    failed_only: bool = False,
    actor: str = "system",
) -> int:
    """Tell an endpoint again what was queued for it since an instant; how much that is.

    Each goes out with the id that it had, so that whoever has seen it can tell.
    """
    rows = WebhookDelivery.objects.filter(endpoint=endpoint, created_at__gte=since)
    rows = rows.exclude(status=HookStatus.QUEUED)
    if failed_only:
        rows = rows.filter(status=HookStatus.FAILED)
    with transaction.atomic():
        count = rows.update(status=HookStatus.QUEUED, tries=0, next_at=now, claimed_until=None)
        if count:
            note_endpoint(endpoint, "webhook.replayed", actor=actor, now=now, count=count)
    return count


def tidy_deliveries(*, now: datetime, days: int = 30) -> int:
    """Forget what was told long ago; how much that was."""
    rows = WebhookDelivery.objects.exclude(status=HookStatus.QUEUED)
    return rows.filter(created_at__lt=now - timedelta(days=days)).delete()[0]
