"""Print invoices to come: as a list for ``run --dry-run``, summed up for ``forecast``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
    from quarterday.services.invoicing.simulate import SimulatedInvoice


class Totals:
    """What a stream of invoices to come sums up to, counted as it goes by."""

    def __init__(self) -> None:
        self.invoices = self.credit_notes = self.lines = 0
        self.amounts: Counter[str] = Counter()
        self.skipped: list[SimulatedInvoice] = []

    def pass_on(self, found: Iterable[SimulatedInvoice]) -> Iterator[SimulatedInvoice]:
        """The invoices, each counted; those that cannot be are kept aside."""
        for one in found:
            if one.skipped is not None:
                self.skipped.append(one)
                continue
            if one.total_minor < 0:
                self.credit_notes += 1
            else:
                self.invoices += 1
            self.lines += len(one.lines)
            self.amounts[one.currency] += one.total_minor
            yield one

    def to_data(self) -> dict[str, Any]:
        """Plain data; amounts are in currency units as text."""
        return {
            "invoice_count": self.invoices,
            "credit_note_count": self.credit_notes,
            "line_count": self.lines,
            "total": {code: amount(minor, code) for code, minor in sorted(self.amounts.items())},
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
    """Every invoice that a run would issue, and their sums."""
    totals = Totals()
    found = totals.pass_on(simulate_parts(parts, accounts))
    if as_json:
        print_json_list("invoices", map(to_data, found), totals.to_data)
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
    if not print_table(columns, map(_row, found)):
        say("Nothing is due.")
    else:
        say("\nNothing was issued: this is a dry run.")
        print_facts(
            [
                ("  Invoices", f"{totals.invoices:,}"),
                ("  Lines", f"{totals.lines:,}"),
                ("  Credit notes", f"{totals.credit_notes:,}" if totals.credit_notes else ""),
                *(
                    ("  Total", money(minor, code))
                    for code, minor in sorted(totals.amounts.items())
                ),
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
    what = "; ".join(dict.fromkeys(line.description for line in one.lines))
    amounts = (money(minor, one.currency) for minor in one[5:8])
    return (one.account, one.issue_on, one.due_on, *amounts, what)


def to_data(one: SimulatedInvoice) -> dict[str, Any]:
    """An invoice to come as plain data."""
    return {
        "account": one.account,
        "seller": one.seller,
        "issue_on": one.issue_on,
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
