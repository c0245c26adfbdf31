"""Order a run: for now, or for a day and hour to come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.services.events.record_event import record_event
from quarterday.services.idempotency.once import once
from quarterday.services.inputs import check_word
from quarterday.store.models import RunKind, ScheduledRun, Seller


def order_run(
    *,
    seller: Seller,
    kind: RunKind | str,
    now: datetime,
    scope: Mapping[str, Any] | None = None,
    start_at: datetime | None = None,
    total: int = 0,
    key: str = "",
    actor: str = "system",
) -> ScheduledRun:
    """Let a worker do a run at an instant, by default now.

    ``scope`` is what the kind of run needs, checked by whoever makes it. Ordering again under the
    same ``key`` returns the run that is there; raises `Conflict` when it was for something else.
    """
    word = check_word(RunKind, kind, "kind")

    def write() -> str:
        run = ScheduledRun.objects.create(
            seller=seller,
            kind=word,
            start_at=start_at or now,
            scope=dict(scope or {}),
            total=total,
            asked_at=now,
            actor=actor,
        )
        record_event(
            kind="run.ordered",
            subject=run.public_id,
            seller_id=seller.id,
            actor=actor,
            now=now,
            data={"kind": str(word), "start_at": run.start_at.isoformat(), "accounts": total},
        )
        return run.public_id

    if key:
        given = [seller.code, str(word), dict(scope or {})]
        public_id = once(caller=f"run {actor}"[:100], key=key, input=given, work=write, now=now)
    else:
        with transaction.atomic():
            public_id = write()
    return ScheduledRun.objects.select_related("seller").get(public_id=public_id)
