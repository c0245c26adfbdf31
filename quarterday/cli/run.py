"""``quarterday run``: bill all that is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from quarterday.cli.errors import ExitCode
from quarterday.cli.options import AccountOption, Json, SellerCode, day_option, read_clock
from quarterday.cli.output import Column, money, print_facts, print_json, print_table, say
from quarterday.cli.scope import Part, choose_accounts, choose_days

if TYPE_CHECKING:
    from quarterday.services.invoicing.summary import RunSummary


def run_command(
    on: Annotated[date | None, day_option("--on", text="Bill as if it were this day.")] = None,
    first: Annotated[date | None, day_option("--from", text="First day of a range.")] = None,
    last: Annotated[
        date | None, day_option("--to", text="Last day of the range, which is billed too.")
    ] = None,
    account: AccountOption = None,
    seller: SellerCode = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be issued; change nothing.")
    ] = False,
    batch: Annotated[
        int, typer.Option(min=1, help="How many accounts share a transaction.")
    ] = 2000,
    as_json: Json = False,
) -> None:
    """Bill all that is due; run it as often as you like.

    Each day of service is billed once. Without a date it is today where each seller is, and
    whatever was missed before is caught up. A range bills day after day as if it were that day.
    Accounts that cannot be billed are skipped, listed with the reason, and tried again by the
    next run.
    """
    now = read_clock()
    keys, sellers = choose_accounts(account, seller)
    parts = choose_days(on, first, last, sellers, now)
    if dry_run:
        from quarterday.cli.simulated import print_dry_run

        print_dry_run(parts, keys, as_json)
        return
    summary = _bill(parts, keys, now, batch, as_json)
    if as_json:
        print_json(summary.to_data())
    else:
        print_summary(summary, parts)
    if summary.skipped:
        raise typer.Exit(ExitCode.INCOMPLETE)


def _bill(
    parts: Sequence[Part],
    accounts: Sequence[int] | None,
    now: datetime,
    batch: int,
    quiet: bool,
) -> RunSummary:
    from quarterday.cli.progress import run_progress
    from quarterday.services.invoicing.run_billing import run_billing
    from quarterday.services.invoicing.summary import RunSummary

    summary = RunSummary()
    for first, last, sellers in parts:
        with run_progress(first, last, quiet or accounts is not None) as progress:
            found = run_billing(
                first=first,
                last=last,
                now=now,
                accounts=accounts,
                sellers=sellers,
                batch=batch,
                progress=progress,
            )
        summary.add(found)
    return summary


def print_summary(summary: RunSummary, parts: Sequence[Part]) -> None:
    """What the run did, and what it could not do."""
    if not parts:
        say("There is no seller yet, so there is nothing to bill.")
        return
    first, last = min(part.first for part in parts), max(part.last for part in parts)
    days = f"{first}" if first == last else f"{first} to {last}"
    if summary.invoices or summary.credit_notes:
        say(f"Billed {days}.")
        print_facts(
            [
                ("  Invoices", f"{summary.invoices:,}"),
                ("  Lines", f"{summary.lines:,}"),
                ("  Credit notes", f"{summary.credit_notes:,}" if summary.credit_notes else ""),
                *_amounts("  Invoiced", summary.invoiced),
                *_amounts("  Credited", summary.credited),
                *_amounts("  Credit applied", summary.credit_applied),
            ]
        )
        if summary.invoices:
            say(f"See them: quarterday invoices list --from {first} --to {last}")
    else:
        say(f"Nothing could be billed on {days}." if summary.skipped else f"Nothing due: {days}.")
    if summary.skipped:
        say(f"\nSkipped {len(summary.skipped):,}; the next run tries again:")
        columns = (Column("Account"), Column("Day"), Column("Reason"))
        print_table(columns, ((one.account, one.on, one.reason) for one in summary.skipped))


def _amounts(name: str, found: Mapping[str, int]) -> list[tuple[str, str]]:
    return [(name, money(minor, code)) for code, minor in sorted(found.items())]
