"""``quarterday check``: prove the books."""

from __future__ import annotations

import typer

from quarterday.cli.errors import ExitCode
from quarterday.cli.options import Json
from quarterday.cli.output import Column, print_json_list, print_table, say


def check_command(as_json: Json = False) -> None:
    """Prove the books: that all sums agree, no day is billed twice, and no number is missing.

    Names every offence and ends with exit code 1 when there is any. It only reads, and may run
    while others work.
    """
    from quarterday.cli.progress import step_progress
    from quarterday.store.queries.check import PROOFS, check_books
    from quarterday.store.queries.counts import count_books

    counts = count_books()
    count = 0
    with step_progress(quiet=as_json) as progress:
        found = check_books(progress)
        # The first one shows whether there are any, before anything is printed.
        first = next(found, None)
        offences = [] if first is None else [first, *found]
    count = len(offences)
    if as_json:
        rows = (one._asdict() for one in offences)
        rest = {"proofs": list(PROOFS), "counts": counts, "clean": not count}
        print_json_list("offences", rows, lambda: rest)
    elif count:
        columns = (Column("Rule"), Column("Where"), Column("What is wrong"))
        print_table(columns, offences)
        say(f"\n{count:,} offences. Each line names one; correct it, then check again.")
    else:
        say(f"The books are right: {_words(counts)}. Proved:")
        for name in PROOFS:
            say(f"  {name}")
    if count:
        raise typer.Exit(ExitCode.OFFENCES)


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())
