"""Keep what a gateway reports, each event once, so that it can be answered at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from quarterday.ports.news_data import name_kind, write_news
from quarterday.ports.outcomes import News, OtherNews
from quarterday.store.models import GatewayEvent, Seller

HOOK, SWEEP = "hook", "sweep"
_LONGEST, _KIND = 200, 64


def store_events(
    *,
    seller: Seller,
    gateway: str,
    news: Sequence[News],
    now: datetime,
    body: str = "",
    source: str = HOOK,
) -> int:
    """How many were new; they are acted on later. Nothing is looked up, and nobody is asked.

    The body is kept with the first of its events.
    """
    rows: dict[str, GatewayEvent] = {}
    for one in news:
        key, written = name_event(seller, one.event_id), _clean(write_news(one))
        rows[key] = GatewayEvent(
            seller=seller,
            gateway=gateway,
            event_id=key,
            source=source,
            kind=(written["kind"] if isinstance(one, OtherNews) else name_kind(one))[:_KIND],
            received_at=now,
            news=written,
            body="" if rows else body,
        )
    with transaction.atomic():
        stored = GatewayEvent.objects.filter(gateway=gateway, event_id__in=list(rows))
        known = set(stored.values_list("event_id", flat=True))
        fresh = [row for key, row in rows.items() if key not in known]
        # Whoever stores the same at this moment wins or loses by the constraint.
        GatewayEvent.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _clean(value: Any) -> Any:
    """Without what no database keeps, NUL and half characters: payers may have written it."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(name): _clean(one) for name, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list) else value


def name_event(seller: Seller, event_id: str) -> str:
    """The name of an event. Every seller names its own: nobody can use up another's."""
    key = f"{seller.public_id} {event_id}"
    if len(key) <= _LONGEST and key.isprintable():
        return key
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
