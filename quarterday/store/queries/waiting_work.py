"""How much waits to be done, for those who watch: only what partial indexes hold is counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

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
    """How much waits, by queue and state, of a seller or of all. Each condition is that of a
    partial index, so this is as quick beside a million settled rows as beside none.
    """
    messages = Message.objects.filter(status="queued")
    messages = messages.filter(seller=seller) if seller else messages
    found: dict[tuple[str, str], int] = {("messages", "queued"): messages.count()}
    for queue, waiting in _list_queues().items():
        rows = waiting.filter(**{_SELLERS[queue]: seller}) if seller else waiting
        for state, count in rows.values_list("status").annotate(count=Count("id")).order_by():
            found[queue, str(state)] = count
    return found


# The way from a row of a queue to its seller.
_SELLERS = {
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


def _list_queues() -> dict[str, QuerySet[Any]]:
    return {
        "deliveries": Delivery.objects.filter(status__in=["queued", "sending"]),
        "gateway_events": GatewayEvent.objects.filter(
            status__in=["received", "failed", "unmatched"]
        ),
        "bank_lines": BankLine.objects.filter(status__in=["open", "proposed"]),
        "services": ServiceState.objects.filter(
            Q(status="due") | Q(status__in=["failed", "manual"])
        ),
        "hooks": WebhookDelivery.objects.filter(status="queued"),
        "dunning": Dunning.objects.filter(status__in=["running", "paused"]),
        "tasks": Task.objects.filter(status="open"),
    }
