"""Invoices after one another: days already billed are left alone, and steps told in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quarterday.core.money import to_minor
from quarterday.core.period import Anchoring, Period, Schedule
from quarterday.core.proration import fraction, unused_credit
from tests.conformance.adapters.recurring import TIMINGS
from tests.conformance.answers import Span
from tests.conformance.case import Given, Purse
from tests.conformance.registry import adapter
from tests.conformance.words import NotExpressedError, read_cadence, read_date, read_exact


@dataclass(frozen=True)
class _Item:
    """A billed piece of service, in minor units."""

    period: Period
    amount: int


@adapter("already_billed", "should_be")
def bill_difference(given: Given) -> dict[str, Any]:
    """What is left to bill, and to credit: no day is billed twice, none is lost."""
    purse = given.purse()
    given.ignore("price")
    billed, right = (
        [_read_item(item, purse) for item in given.listed(name)]
        for name in ("already_billed", "should_be")
    )
    delta = []
    for item in right:
        for part in _uncovered(item.period, billed):
            amount = to_minor(Fraction(item.amount) * fraction(part, item.period), _UNITS.currency)
            delta.append(Span(*part, purse.tell(amount), {"type": "recurring"}))
    for item in billed:
        for part in _uncovered(item.period, right):
            credit = unused_credit(item.amount, item.period, part)
            delta.append(Span(*part, purse.tell(-credit), {"type": "credit_unused"}))
    return {"delta": sorted(delta, key=lambda span: (span.start, span.end))}


_UNITS = Purse(Given({"currency": "JPY"}).purse().currency)  # minor units have no decimals


def _read_item(item: dict[str, Any], purse: Purse) -> _Item:
    if unknown := item.keys() - {"type", "start", "end_exclusive", "amount"}:
        raise NotExpressedError(f"items that say {', '.join(sorted(unknown))}")
    period = Period(read_date(item["start"]), read_date(item["end_exclusive"]))
    return _Item(period, to_minor(purse.exact(item["amount"]), purse.currency))


def _uncovered(period: Period, items: list[_Item]) -> list[Period]:
    """The pieces of a period that no item covers; adjoining ones are one."""
    edges = [day for item in items for day in item.period]
    found: list[Period] = []
    for part in period.split(*edges):
        if any(item.period.meets(part) for item in items):
            continue
        if found and found[-1].end == part.start:
            found[-1] = Period(found[-1].start, part.end)
        else:
            found.append(part)
    return found


@adapter("steps")
def follow_steps(given: Given) -> dict[str, Any]:
    """Steps told in words: plans begun, replaced or cancelled, one-off fees, payments."""
    purse = given.purse()
    if given.has("billing_mode") and given.choose(TIMINGS, "billing_mode").value != "advance":
        raise NotExpressedError("steps that are billed in arrears")
    story = _Story(purse, given.whole("anchor_day") if given.has("anchor_day") else None)
    for text in given.listed("steps"):
        story.follow(str(text).lower())
    if not story.invoices:
        raise NotExpressedError("steps that bill nothing")
    totals = [sum(lines) for lines in story.invoices]
    return {
        "amounts": [purse.tell(total) for total in totals],
        "new_invoice": {
            "item_count": len(story.invoices[-1]),
            "amount": purse.tell(totals[-1]),
        },
        "original_invoice_balance": purse.tell(totals[0] - story.paid),
        "item_counts": [len(lines) for lines in story.invoices],
    }


@dataclass
class _Story:
    """What was billed so far: the lines of each invoice, and the running plan's period."""

    purse: Purse
    anchor_day: int | None
    invoices: list[list[int]] = field(default_factory=list)
    paid: int = 0
    on: date | None = None
    running: _Item | None = None
    whole: Period | None = None

    def follow(self, text: str) -> None:
        """Take one step. Raises `NotExpressedError` for words that it does not know."""
        if found := re.match(r"(\d{4}-\d{2}-\d{2})", text):
            self.on = read_date(found[1])
        elif not text.startswith("same day") or self.on is None:
            raise NotExpressedError(f"the step {text!r}")
        fee = re.search(r"(?:one-off|fixed|setup) fee (?:of )?([\d.]+)", text)
        plan = re.search(r"plan (?:at |of )?([\d.]+) ?(?:/|per )([a-z_]+)", text)
        lines = []
        if plan:
            lines = [*self._stop(), self._start(Decimal(plan[1]), plan[2])]
        elif re.search(r"cancel|stop|terminat", text):
            lines = self._stop()
        elif not fee:
            raise NotExpressedError(f"the step {text!r}")
        if fee:
            lines.append(self._minor(read_exact(fee[1])))
        self.invoices.append(lines)
        if re.search(r"\bpaid\b", text):
            self.paid += sum(lines)

    def _minor(self, amount: Decimal | Fraction) -> int:
        return to_minor(amount, self.purse.currency)

    def _start(self, amount: Decimal, unit: str) -> int:
        """Bill a plan from today to its next boundary, or to the end of the period it joins."""
        assert self.on is not None
        if self.whole is None or not self.whole.holds(self.on):
            cadence = read_cadence(unit)
            day = self.anchor_day or self.on.day
            anchoring = Anchoring.START if cadence.fixed_days else Anchoring.DAY_OF_MONTH
            schedule = Schedule.anchored(self.on, cadence, anchoring, day)
            self.whole = schedule.containing(self.on)
        part = Period(self.on, self.whole.end)
        charge = self._minor(Fraction(amount) * fraction(part, self.whole))
        self.running = _Item(part, charge)
        return charge

    def _stop(self) -> list[int]:
        """Credit what is unused of the running plan."""
        running, self.running = self.running, None
        if running is None or self.on is None or not running.period.holds(self.on):
            return []
        unused = Period(self.on, running.period.end)
        return [-unused_credit(running.amount, running.period, unused)]
