"""How much waits to be done, for those who watch: only what partial indexes hold is counted."""

from __future__ import annotations

from datetime import datetime

from quarterday.store.models import Message, MessageStatus, Seller, UsageEvent


def count_unbilled_usage(seller: Seller) -> int:
    """Measurements of a seller that no invoice has taken into account yet."""
    return UsageEvent.objects.filter(billed=False, account__seller=seller).count()


def count_queued_messages(seller: Seller, now: datetime) -> int:
    """Messages of a seller whose time has come and that nobody has looked at."""
    rows = Message.objects.filter(status=MessageStatus.QUEUED, send_at__lte=now)
    return rows.filter(seller_id=seller.id).count()
