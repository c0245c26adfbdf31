"""What a billing run did, to be printed, returned as JSON and kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from quarterday.core.money import currency, format_minor


class Skipped(NamedTuple):
    """An account that could not be billed, and why."""

    account: str
    on: date
    reason: str


@dataclass(slots=True)
class RunSummary:
    """Counts of documents and amounts per currency in minor units."""

    days: int = 0
    accounts: int = 0
    invoices: int = 0
    lines: int = 0
    credit_notes: int = 0
    invoiced: Counter[str] = field(default_factory=Counter)
    credited: Counter[str] = field(default_factory=Counter)
    credit_applied: Counter[str] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)

    def add_invoice(self, code: str, lines: int, total_minor: int, credit_minor: int) -> None:
        """Count an invoice."""
        self.invoices += 1
        self.lines += lines
        self.invoiced[code] += total_minor
        if credit_minor:
            self.credit_applied[code] += credit_minor

    def add_credit_note(self, code: str, total_minor: int) -> None:
        """Count a credit note."""
        self.credit_notes += 1
        self.credited[code] += total_minor

    def add(self, other: RunSummary) -> None:
        """Add the counts of another summary; an account skipped on several days stands once."""
        self.days += other.days
        self.accounts += other.accounts
        self.invoices += other.invoices
        self.lines += other.lines
        self.credit_notes += other.credit_notes
        self.invoiced.update(other.invoiced)
        self.credited.update(other.credited)
        self.credit_applied.update(other.credit_applied)
        known = {(one.account, one.reason) for one in self.skipped}
        self.skipped += [one for one in other.skipped if (one.account, one.reason) not in known]

    def to_data(self) -> dict[str, Any]:
        """Plain data; amounts are in currency units as text."""
        return {
            "days": self.days,
            "accounts": self.accounts,
            "invoices": self.invoices,
            "lines": self.lines,
            "credit_notes": self.credit_notes,
            "invoiced": _amounts(self.invoiced),
            "credited": _amounts(self.credited),
            "credit_applied": _amounts(self.credit_applied),
            "skipped": [
                {"account": one.account, "on": one.on.isoformat(), "reason": one.reason}
                for one in self.skipped
            ],
        }


def _amounts(found: Counter[str]) -> dict[str, str]:
    return {code: format_minor(found[code], currency(code)) for code in sorted(found)}
