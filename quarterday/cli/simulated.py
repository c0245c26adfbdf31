"""Print invoices to come: as a list for ``run --dry-run``, summed up for ``forecast``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

import typer

from quarterday.cli.errors import ExitCode
from quarterday.cli.output import (
    Column,
    amount,
    money,
    print_facts,
    print_json_list,
    print_table,
    say,
)
from quarterday.cli.scope import Part

if TYPE_CHECKING:
    from quarterday.services.invoicing.simulate import SimulatedInvoice, SimulatedLine


class Totals:
    """What a stream of invoices to come sums up to, counted as it goes by."""

    def __init__(self) -> None:
        self.invoices = self.credit_notes = self.lines = 0
        self.invoiced: Counter[str] = Counter()
        self.credited: Counter[str] = Counter()
        self.skipped: list[SimulatedInvoice] = []

    def pass_on(self, found: Iterable[SimulatedInvoice]) -> Iterator[SimulatedInvoice]:
        """The invoices, each counted; those that cannot be are kept aside."""
        for one in found:
            if one.skipped is not None:
                self.skipped.append(one)
                continue
            if one.total_minor < 0:
                self.credit_notes += 1
                self.credited[one.currency] -= one.total_minor
            else:
                self.invoices += 1
                self.lines += len(one.lines)
                self.invoiced[one.currency] += one.total_minor
            yield one

    def to_data(self) -> dict[str, Any]:
        """Plain data, named as in the summary of a run; amounts are in currency units as text."""
        return {
            "invoices": self.invoices,
            "credit_notes": self.credit_notes,
            "lines": self.lines,
            "invoiced": _amounts(self.invoiced),
            "credited": _amounts(self.credited),
            "skipped": [
                {"account": one.account, "on": one.issue_on, "reason": one.skipped}
                for one in self.skipped
            ],
        }

    def finish(self) -> None:
        """End with the exit code for what was skipped."""
        if self.skipped:
            raise typer.Exit(ExitCode.INCOMPLETE)

    def print_skipped(self) -> None:
        """List what could not be billed."""
        if self.skipped:
            say(f"\nWould be skipped ({len(self.skipped):,}):")
            columns = (Column("Account"), Column("Day"), Column("Reason"))
            rows = ((one.account, one.issue_on, one.skipped) for one in self.skipped)
            print_table(columns, rows)


def print_dry_run(parts: Sequence[Part], accounts: Sequence[int] | None, as_json: bool) -> None:
    """Every document that a run would issue, and their sums."""
    totals = Totals()
    found = totals.pass_on(simulate_parts(parts, accounts))
    if as_json:
        print_json_list("documents", map(to_data, found), totals.to_data)
        totals.finish()
        return
    columns = (
        Column("Account"),
        Column("Issued"),
        Column("Due"),
        Column("Net", right=True),
        Column("Tax", right=True),
        Column("Total", right=True),
        Column("For"),
    )
    first = next(found, None)
    if first is None:
        days = {day for part in parts for day in part[:2]}
        say(f"Nothing due: {' to '.join(map(str, sorted(days)))}.")
    else:
        print_table(columns, map(_row, chain([first], found)))
        say("\nNothing was issued: this is a dry run.")
        print_facts(
            [
                ("  Invoices", f"{totals.invoices:,}"),
                ("  Lines", f"{totals.lines:,}"),
                ("  Credit notes", f"{totals.credit_notes:,}" if totals.credit_notes else ""),
                *(("  Invoiced", money(*one)) for one in _sorted(totals.invoiced)),
                *(("  Credited", money(*one)) for one in _sorted(totals.credited)),
            ]
        )
    totals.print_skipped()
    totals.finish()


def simulate_parts(
    parts: Sequence[Part], accounts: Sequence[int] | None
) -> Iterator[SimulatedInvoice]:
    """Simulate one part after the other."""
    from quarterday.services.invoicing.simulate import simulate

    for first, last, sellers in parts:
        yield from simulate(first=first, last=last, accounts=accounts, sellers=sellers)


def _row(one: SimulatedInvoice) -> tuple[object, ...]:
    what = "; ".join(_describe(one.lines))
    amounts = (money(minor, one.currency) for minor in one[5:8])
    return (one.account, one.issue_on, one.due_on, *amounts, what)


def _describe(lines: Sequence[SimulatedLine]) -> Iterator[str]:
    """What is billed, each thing once with its first and last day."""
    days: dict[str, tuple[date, date]] = {}
    for description, period, *_ in lines:
        first, end = days.get(description, period)
        days[description] = min(first, period.start), max(end, period.end)
    for description, (first, end) in days.items():
        last = end - timedelta(days=1)
        yield f"{description}, {first} to {last}" if last > first else f"{description}, {first}"


def _sorted(sums: Counter[str]) -> list[tuple[int, str]]:
    return [(minor, code) for code, minor in sorted(sums.items())]


def _amounts(sums: Counter[str]) -> dict[str, str]:
    return {code: amount(minor, code) for minor, code in _sorted(sums)}


def to_data(one: SimulatedInvoice) -> dict[str, Any]:
    """An invoice to come as plain data."""
    return {
        "account": one.account,
        "seller": one.seller,
        "issued_on": one.issue_on,
        "due_on": one.due_on,
        "currency": one.currency,
        "net": amount(one.net_minor, one.currency),
        "tax": amount(one.tax_minor, one.currency),
        "total": amount(one.total_minor, one.currency),
        "lines": [
            {
                "description": line.description,
                "period_start": line.period.start,
                "period_end": line.period.end,
                "quantity": line.quantity,
                "net": amount(line.net_minor, one.currency),
            }
            for line in one.lines
        ],
    }
