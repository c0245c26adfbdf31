"""``quarterday export``: the books in other forms, streamed to a file or to standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.options import day_option
from quarterday.cli.output import note

group = make_group("Write the books in another form.")

Write = Callable[[str], object]
Sellers = Annotated[
    list[str] | None,
    typer.Option("--seller", metavar="CODE", help="This seller alone; may be given several times."),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file, not to the screen."),
]


class LedgerFormat(StrEnum):
    """What a ledger can be written as."""

    BEANCOUNT = "beancount"
    CSV = "csv"


@command(group, "all")
def export_everything(
    seller: Sellers = None,
    numbers: Annotated[
        bool, typer.Option(help="Leave the numbers of documents out, to compare shared runs.")
    ] = True,
    output: Output = None,
) -> None:
    """Write every document and every entry as JSON lines, in an order of their own.

    The same facts are always the same bytes: no instants, no random ids. Compare two runs by
    comparing two files.
    """
    from quarterday.store.queries.exports import export_all

    with _open(output) as write:
        count = export_all(write, sellers=seller or None, numbers=numbers)
    _tell(output, count, "records")


@command(group, "ledger")
def export_ledger(
    form: Annotated[LedgerFormat, typer.Option("--format", help="beancount, or CSV.")],
    first: Annotated[date | None, day_option("--from", text="First day; by default all.")] = None,
    last: Annotated[date | None, day_option("--to", text="Last day, which is included.")] = None,
    seller: Sellers = None,
    output: Output = None,
) -> None:
    """Write the ledger: every entry with its postings.

    A beancount file ends with the balances that the database holds, so that bean-check proves
    the export complete. A range begins with what was there before as opening balances.
    """
    from quarterday.store.queries.exports import export_beancount, export_ledger_csv

    export = export_beancount if form is LedgerFormat.BEANCOUNT else export_ledger_csv
    with _open(output) as write:
        count = export(write, first=first, last=last, sellers=seller or None)
    _tell(output, count, "entries")


@contextmanager
def _open(output: Path | None) -> Iterator[Write]:
    """Standard output, or a file that takes its name only when it is whole."""
    if output is None:
        yield sys.stdout.write
        return
    draft = output.with_name(f".{output.name}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            yield file.write
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)


def _tell(output: Path | None, count: int, what: str) -> None:
    if output is not None:
        note(f"{count:,} {what} written to {output}")
