"""What GoCardless's published examples say of requests and answers, where they are at hand.

Names and kinds of fields are compared, however deep; `metadata` is free. What only requests have
is in `ONLY_ASKED`, as the API's reference names it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3] / "shared" / "samples" / "gateways" / "gocardless"
ONLY_ASKED = {"refunds": {"total_amount_confirmation": 0}}
# They have no examples of these; the library names their fields.
_ITEMS = {"amount": "1.0", "type": "", "links": {"payment": "", "refund": "", "mandate": ""}}


def are_here() -> bool:
    """Whether the published examples are at hand."""
    return (ROOT / "payments.json").exists()


def check_request(resource: str, body: Any) -> list[str]:
    """What is wrong with what is asked for; nothing where no examples are at hand."""
    if not are_here():
        return []
    return list(_compare(_example(resource) | ONLY_ASKED.get(resource, {}), body, resource))


def check_answer(resource: str, body: Any) -> list[str]:
    """What is wrong with what a fake answers."""
    if not are_here():
        return []
    rows = body if isinstance(body, list) else [body]
    return [one for row in rows for one in _compare(_example(resource), row, resource)]


@cache
def _example(resource: str) -> dict[str, Any]:
    if resource == "payout_items":
        return _ITEMS
    found = json.loads((ROOT / f"{resource}.json").read_text())
    for name in ("get", "create"):
        if name in found:
            return dict(found[name]["body"][resource])
    raise KeyError(resource)


def _compare(example: Any, given: Any, path: str) -> Iterator[str]:
    if isinstance(example, dict) and isinstance(given, dict):
        for name, value in given.items():
            if name not in example:
                yield f"{path}: {name} is not known"
            elif "metadata" not in name:
                yield from _compare(example[name], value, f"{path}.{name}")
    elif given is not None and type(example) is not type(given):
        yield f"{path} is {type(given).__name__}, not {type(example).__name__}"
