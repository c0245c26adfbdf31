"""A worked case as it is read: what is given, what is expected, and why it may be left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from quarterday.core.money import CURRENCIES, Currency, currency
from quarterday.core.period import Cadence
from tests.conformance.words import (
    NotExpressedError,
    read_cadence,
    read_date,
    read_exact,
    read_instant,
)

# Families of expectation that a billing rule decides against.
DECIDED_AGAINST = {"both_end_days_counted": 3}
# Words that explain a case to people and give no figure.
REMARKS = frozenset({"note", "comment", "remark", "description", "source"})
MINOR_UNITS = frozenset({"cents", "cent", "minor", "pence"})


@dataclass(frozen=True)
class Case:
    """One worked case. ``rule`` names the family that the expectation depends on."""

    id: str
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    rule: str
    house: bool
    note: str

    @property
    def skip_reason(self) -> str | None:
        """Why it is left out: another engine's own choice, or a rule that decides against it."""
        if self.rule in DECIDED_AGAINST:
            return f"billing rule {DECIDED_AGAINST[self.rule]} decides against {self.rule}"
        return "another engine's own choice" if self.house else None


def read_cases(path: Path) -> list[Case]:
    """The cases of a file. Raises `ValueError` for a file that holds none, or misshapen ones."""
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or not isinstance(data.get("cases"), list):
        raise ValueError(f"{path.name} has no list of cases")
    return [_read_case(path, number, raw) for number, raw in enumerate(data["cases"], start=1)]


def _read_case(path: Path, number: int, raw: Any) -> Case:
    if not isinstance(raw, dict):
        raise ValueError(f"{path.name}: case {number} has no named fields")
    for name in ("given", "expect"):
        if not isinstance(raw.get(name), dict) or not raw[name]:
            raise ValueError(f"{path.name}: case {number} does not say what is {name}ed")
    return Case(
        id=str(raw.get("id", f"{path.stem}-{number:03}")),
        given=raw["given"],
        expect=raw["expect"],
        rule=str(raw.get("rule") or ""),
        house=raw.get("house") is True,
        note=str(raw.get("note") or ""),
    )


class Given:
    """What a case gives, read field by field; what nobody has read is not expressed.

    A field that is null counts as not given. Each reader takes the names that different sources
    use for one thing, and reads the first that is there.
    """

    def __init__(self, fields: Mapping[str, Any], note: str = "") -> None:
        self.fields = {name: value for name, value in fields.items() if value is not None}
        self.note = note
        self._read: set[str] = set()

    @property
    def unread(self) -> list[str]:
        """The fields that no reader asked for."""
        return sorted(self.fields.keys() - self._read - REMARKS)

    def has(self, *names: str) -> bool:
        """Whether one of the names is given."""
        return any(name in self.fields for name in names)

    def ignore(self, *names: str) -> None:
        """Take fields that say again what another field says, or nothing that changes a figure."""
        self._read.update(names)

    def get(self, *names: str) -> Any:
        """The first that is given, or None."""
        for name in names:
            if name in self.fields:
                self._read.add(name)
                return self.fields[name]
        return None

    def need(self, *names: str) -> Any:
        """The first that is given. Raises `NotExpressedError` when none is."""
        value = self.get(*names)
        if value is None:
            raise NotExpressedError(f"given says no {names[0]}")
        return value

    def choose(self, choices: Mapping[str, Any], *names: str) -> Any:
        """What a word stands for. Raises `NotExpressedError` for an unknown one."""
        word = str(self.need(*names)).strip().lower()
        if word not in choices:
            raise NotExpressedError(f"given.{names[0]} is {word!r}")
        return choices[word]

    def text(self, *names: str) -> str:
        return str(self.get(*names) or "")

    def whole(self, *names: str) -> int:
        value = read_exact(self.need(*names))
        if value != int(value):
            raise NotExpressedError(f"given.{names[0]} is no whole number")
        return int(value)

    def exact(self, *names: str) -> Decimal:
        return read_exact(self.need(*names))

    def day(self, *names: str) -> date:
        return read_date(self.need(*names))

    def day_or_none(self, *names: str) -> date | None:
        return read_date(self.need(*names)) if self.has(*names) else None

    def instant(self, *names: str, zone: str = "UTC") -> datetime:
        return read_instant(self.need(*names), zone)

    def cadence(self, *names: str) -> Cadence:
        """Such as monthly, quarter, or ``interval`` with an ``interval_count``."""
        count = (
            self.whole("interval_count", "count_of_intervals")
            if self.has("interval_count", "count_of_intervals")
            else 1
        )
        return read_cadence(self.need(*names), count)

    def listed(self, *names: str) -> list[Any]:
        value = self.need(*names)
        return value if isinstance(value, list) else [value]

    def purse(self) -> Purse:
        """The currency, two decimals when none is named, and the unit that amounts are in."""
        code = self.text("currency") or "EUR"
        unit = self.text("unit").lower()
        return Purse(currency(code), unit in MINOR_UNITS)


@dataclass(frozen=True)
class Purse:
    """The currency of a case, and whether its amounts are minor units."""

    currency: Currency = CURRENCIES["EUR"]
    in_minor: bool = False

    @property
    def decimals(self) -> int:
        """How many decimals its amounts have."""
        return 0 if self.in_minor else self.currency.exponent

    def exact(self, amount: Any) -> Decimal:
        """An amount of the case in currency units."""
        value = read_exact(amount)
        return value.scaleb(-self.currency.exponent) if self.in_minor else value

    def tell(self, minor: int) -> Decimal:
        """Minor units in the unit of the case."""
        return Decimal(minor) if self.in_minor else Decimal(minor).scaleb(-self.currency.exponent)
