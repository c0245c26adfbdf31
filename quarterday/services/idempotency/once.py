"""Do something once, however often and by however many it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from quarterday.services.errors import Conflict
from quarterday.services.inputs import check_text
from quarterday.store.fields import dump_data
from quarterday.store.models import IdempotencyKey


def once(*, caller: str, key: str, input: Any, work: Callable[[], Any], now: datetime) -> Any:
    """The answer of ``work``, which runs in one transaction with the record of the key.

    Asked again by the same caller under the same key and with the same input, it does nothing and
    returns the stored answer. Two at once: one works, the other waits for its answer. When the
    work fails, nothing remains, and it may be asked for again. Input and answer are plain JSON
    data. Raises `Conflict` for another input under the key.
    """
    caller, key = check_text(caller, "caller", 100), check_text(key, "key", 200)
    digest = sha256(dump_data(input).encode()).hexdigest()
    with transaction.atomic():
        row = _take_key(caller, key, digest, now)
        if row is None:
            return _read_answer(caller, key, digest)
        answer = dump_data(work())
        IdempotencyKey.objects.filter(id=row.id).update(answer=json.loads(answer))
    return json.loads(answer)


def _take_key(caller: str, key: str, digest: str, now: datetime) -> IdempotencyKey | None:
    """The key, if it is new. Somebody else who took it is waited for; None when they succeeded."""
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(
                caller=caller, key=key, input_hash=digest, created_at=now
            )
    except IntegrityError:
        return None


def _read_answer(caller: str, key: str, digest: str) -> Any:
    row = IdempotencyKey.objects.get(caller=caller, key=key)
    if row.input_hash != digest:
        raise Conflict(f"key {key!r} was used with other input; use a new key for a new request")
    return row.answer
