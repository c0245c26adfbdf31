"""What people type, as services take it; wrong input is wrong usage, said with the remedy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import typer

from quarterday.core.errors import BillingError
from quarterday.core.money import currency, parse_exact, parse_minor

# Who did it, in the log of events.
ACTOR = "command line"


def parse_quantity(text: str | Decimal) -> Decimal:
    """An exact number such as 2.5."""
    try:
        return parse_exact(text)
    except BillingError as error:
        raise typer.BadParameter(str(error)) from None


def parse_amount(text: str, code: str) -> int:
    """An amount in units of a currency, such as 12.50, as minor units."""
    try:
        return parse_minor(text, currency(code))
    except BillingError as error:
        raise typer.BadParameter(str(error)) from None


def parse_pairs(texts: Sequence[str] | None) -> dict[str, str]:
    """``name=value`` texts; raises `typer.BadParameter` for one without an equals sign."""
    pairs = {}
    for text in texts or ():
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise typer.BadParameter(f"{text!r} is no pair; write it like name=value")
        pairs[name.strip()] = value.strip()
    return pairs


def merge_settings(known: dict[str, Any], texts: Sequence[str] | None) -> dict[str, Any] | None:
    """Settings with some set anew, and those given without a value unset; None when none is."""
    if not texts:
        return None
    settings = dict(known)
    for name, value in parse_pairs(texts).items():
        if value:
            settings[name] = _read(value)
        else:
            settings.pop(name, None)
    return settings


def _read(text: str) -> Any:
    """Numbers and truth values as such, anything else as text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def parse_lines(texts: Sequence[str] | None, code: str) -> dict[int, int | None] | None:
    """Lines of an invoice: ``2`` is all that is left of the second, ``2=5.00`` a part of it."""
    if not texts:
        return None
    lines: dict[int, int | None] = {}
    for text in texts:
        position, sign, value = text.partition("=")
        if not position.isdecimal():
            raise typer.BadParameter(f"{text!r} names no line; write it like 2, or 2=5.00")
        lines[int(position)] = parse_amount(value, code) if sign else None
    return lines
