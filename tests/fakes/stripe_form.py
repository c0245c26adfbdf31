"""Nested parameters as Stripe's API writes them: ``line_items[0][quantity]=1``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def read_form(flat: Mapping[str, str]) -> dict[str, Any]:
    """The parameters as dictionaries and lists; texts and whole numbers stay texts."""
    result: dict[str, Any] = {}
    for name, value in flat.items():
        path = [part for part in re.split(r"\[|\]\[?", name) if part]
        place = result
        for part in path[:-1]:
            place = place.setdefault(part, {})
        place[path[-1]] = {"true": True, "false": False}.get(value, value)
    return {name: _tidy(value) for name, value in result.items()}


def _tidy(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    tidied = {name: _tidy(one) for name, one in value.items()}
    if tidied and all(name.isdigit() for name in tidied):
        return [tidied[name] for name in sorted(tidied, key=int)]
    return tidied
