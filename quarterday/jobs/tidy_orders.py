"""Let abandoned carts expire, and cancel orders that nobody pays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from quarterday.ports.clock import read_now
from quarterday.services.carts.expire_carts import expire_carts
from quarterday.services.orders.cancel_order import cancel_unpaid


class ExpireCarts:
    """Expires carts whose time has come; each is found by its own date."""

    name: ClassVar[str] = "expire_carts"
    every: ClassVar[timedelta] = timedelta(hours=1)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """How many expired."""
        count = expire_carts(now=read_now())
        return {"expired": count} if count else {}


class CancelUnpaidOrders:
    """Cancels orders that have waited too long for their payment."""

    name: ClassVar[str] = "cancel_unpaid_orders"
    every: ClassVar[timedelta] = timedelta(hours=6)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """How many were cancelled."""
        count = cancel_unpaid(now=read_now())
        return {"cancelled": count} if count else {}
