"""Find the key that somebody shows, and note that it is used."""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import sha256

from quarterday.core.period import local_date
from quarterday.store.models import ApiKey

PREFIX = "qd_"


def hash_key(text: str) -> str:
    """What is kept of a key: it is long and random, so a plain hash cannot be turned back."""
    return sha256(text.encode()).hexdigest()


def find_key(text: str) -> ApiKey | None:
    """The key that is shown, with its seller; None for one that is unknown or revoked."""
    asked = hash_key(text)
    rows = ApiKey.objects.filter(key_hash=asked, revoked_at__isnull=True)
    key = rows.select_related("seller").first()
    return key if key is not None and hmac.compare_digest(key.key_hash, asked) else None


def note_use(key: ApiKey, *, now: datetime) -> None:
    """Note the day on which a key was last used; once a day, so that reading stays reading."""
    today = local_date(now, key.seller.time_zone)
    if key.used_on != today:
        ApiKey.objects.filter(id=key.id).update(used_on=today)
        key.used_on = today
