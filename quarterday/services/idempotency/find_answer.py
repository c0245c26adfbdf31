"""What was answered under a key before."""

from __future__ import annotations

from typing import Any

from quarterday.store.models import IdempotencyKey


def find_answer(*, caller: str, key: str) -> Any:
    """The stored answer of a caller's key; None where nothing was done under it.

    For a page that must say so before it looks at what was sent: what was true when a form was
    made may be no more, because the form did it.
    """
    rows = IdempotencyKey.objects.filter(caller=caller, key=key)
    return rows.values_list("answer", flat=True).first()
