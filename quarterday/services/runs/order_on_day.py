"""Order a run for a day: it begins early in the morning there, where the seller is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.services.runs.order_run import order_run
from quarterday.store.models import RunKind, ScheduledRun, Seller

# After the daily billing of the same night, which it would otherwise race for the same accounts.
_HOUR = time(5)


def order_on_day(
    *,
    seller: Seller,
    kind: RunKind | str,
    on: date,
    now: datetime,
    scope: Mapping[str, Any] | None = None,
    total: int = 0,
    key: str = "",
    actor: str = "system",
) -> ScheduledRun:
    """Let a worker do a run on a day; today it begins at once.

    Raises `BillingError` for a day that has passed, and what `order_run` raises.
    """
    today = local_date(now, seller.time_zone)
    if on < today:
        raise BillingError(f"{on} has passed; choose {today} or a later day")
    begin = now
    if on > today:
        begin = datetime.combine(on, _HOUR, ZoneInfo(seller.time_zone))
    return order_run(
        seller=seller,
        kind=kind,
        now=now,
        scope=scope,
        start_at=begin,
        total=total,
        key=key,
        actor=actor,
    )
