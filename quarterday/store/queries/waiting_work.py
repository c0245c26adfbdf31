"""How much waits to be done, for those who watch: only what partial indexes hold is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Model, QuerySet

from quarterday.store.models import (
    Alert,
    BankLine,
    Delivery,
    Dunning,
    GatewayEvent,
    Message,
    MessageStatus,
    Seller,
    ServiceState,
    Task,
    UsageEvent,
    WebhookDelivery,
)


def count_unbilled_usage(seller: Seller) -> int:
    """Measurements of a seller that no invoice has taken into account yet."""
    return UsageEvent.objects.filter(billed=False, account__seller=seller).count()


def count_queued_messages(seller: Seller, now: datetime) -> int:
    """Messages of a seller whose time has come and that nobody has looked at."""
    rows = Message.objects.filter(status=MessageStatus.QUEUED, send_at__lte=now)
    return rows.filter(seller_id=seller.id).count()


def count_queues(seller: Seller | None = None) -> dict[tuple[str, str], int]:
    """How much waits, by queue and state, of a seller or of all; what is empty is not there. Each
    condition is that of a partial index, so this is as quick beside a million settled rows as
    beside none.
    """
    found: dict[tuple[str, str], int] = {}
    for queue, waiting in _list_queues():
        rows = waiting.filter(**{_SELLERS[queue]: seller}) if seller else waiting
        for state, count in rows.values_list("status").annotate(count=Count("id")).order_by():
            found[queue, str(state)] = count
    return found


# The way from a row of a queue to its seller.
_SELLERS = {
    "messages": "seller",
    "deliveries": "message__seller",
    "gateway_events": "seller",
    "bank_lines": "bank_account__seller",
    "services": "subscription__account__seller",
    "hooks": "endpoint__seller",
    "dunning": "account__seller",
    "tasks": "seller",
}


def count_open_alerts() -> dict[str, int]:
    """How many alerts stand, by kind."""
    rows = Alert.objects.filter(resolved_at__isnull=True).values_list("kind")
    return {str(kind): count for kind, count in rows.annotate(count=Count("id")).order_by()}


def _list_queues() -> Iterator[tuple[str, QuerySet[Any]]]:
    for queue, (model, groups) in _QUEUES.items():
        for states in groups:
            yield queue, model._default_manager.filter(status__in=states)


# Each group of states is the condition of an index.
_QUEUES: Mapping[str, tuple[type[Model], Sequence[Sequence[str]]]] = {
    "messages": (Message, [["queued"]]),
    "deliveries": (Delivery, [["queued", "sending"]]),
    "gateway_events": (GatewayEvent, [["received", "failed", "unmatched"]]),
    "bank_lines": (BankLine, [["open", "proposed"]]),
    "services": (ServiceState, [["due"], ["failed", "manual"]]),
    "hooks": (WebhookDelivery, [["queued"]]),
    "dunning": (Dunning, [["running", "paused"]]),
    "tasks": (Task, [["open"]]),
}
STATES = tuple(
    (queue, state)
    for queue, (_, groups) in _QUEUES.items()
    for states in groups
    for state in states
)
