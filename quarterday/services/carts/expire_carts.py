"""Let abandoned carts expire."""

from __future__ import annotations

from datetime import datetime, timedelta

from quarterday.store.models import Cart, CartStatus

# What was expired so long ago is of no use to anybody, and may say who somebody is.
_KEPT = timedelta(days=30)


def expire_carts(*, now: datetime) -> int:
    """Expire carts whose time has come, and forget those that expired a month ago; how many.

    Run twice, or by two at once, it does nothing more: a cart that was ordered meanwhile stays.
    """
    expired = Cart.objects.filter(status=CartStatus.OPEN, expires_at__lte=now)
    count = expired.update(status=CartStatus.EXPIRED, buyer={})
    old = Cart.objects.filter(status=CartStatus.EXPIRED, expires_at__lte=now - _KEPT)
    old.filter(order__isnull=True).delete()
    return count
