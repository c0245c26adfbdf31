"""Note that something is wrong, once for as long as it lasts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from quarterday.store.models import Alert

_LONGEST = 500
# What an alert can be about: a day that is late, a step of it or a job that fails, an offence
# against the books, money and books that differ, no worker, or nothing but a try.
KINDS = ("late", "cycle", "job", "offence", "reconcile", "worker", "test")


def raise_alert(
    *, key: str, kind: str, text: str, now: datetime, data: Mapping[str, Any] | None = None
) -> bool:
    """Open the alert of a key unless it is open already; whether it is new.

    The job that tells alerts does the rest, so this may stand in any transaction.
    """
    try:
        with transaction.atomic():
            Alert.objects.create(
                key=key[:160],
                kind=kind,
                text=text[:_LONGEST],
                raised_at=now,
                data=dict(data or {}),
            )
    except IntegrityError:
        return False
    return True
