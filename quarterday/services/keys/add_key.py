"""Make a key for another program."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.keys.use_key import PREFIX, hash_key
from quarterday.store.models import ApiKey, Seller

SCOPES = ("entitlements", "reports")
_SHOWN = 9


def add_key(
    *, seller: Seller, name: str, scopes: Sequence[str], now: datetime, actor: str = "system"
) -> tuple[ApiKey, str]:
    """A new key and its text, which nobody can read again. Raises `BillingError` for bad input."""
    wrong = [one for one in scopes if one not in SCOPES]
    if wrong or not scopes:
        raise BillingError(f"scopes must be some of {', '.join(SCOPES)}, not {wrong or 'none'}")
    text = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        key = ApiKey.objects.create(
            seller=seller,
            name=check_text(name, "name", 100),
            start=text[:_SHOWN],
            key_hash=hash_key(text),
            scopes=sorted(set(scopes)),
            created_at=now,
            actor=actor,
        )
        _tell(key, "api_key.added", actor, now)
    return key, text


def _tell(key: ApiKey, kind: str, actor: str, now: datetime) -> None:
    record_event(
        kind=kind,
        subject=key.public_id,
        seller_id=key.seller_id,
        actor=actor,
        now=now,
        data={"name": key.name, "scopes": key.scopes},
    )
