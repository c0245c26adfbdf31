"""``quarterday check``: prove the books."""

from __future__ import annotations

import typer

from quarterday.cli.errors import ExitCode
from quarterday.cli.options import Json
from quarterday.cli.output import Column, print_facts, print_json_list, print_table, say


def check_command(as_json: Json = False) -> None:
    """Prove the books, and name every offence.

    All sums agree, no day is billed twice or left out, no number is missing. Ends with exit
    code 1 when something is wrong. It only reads, and may run while others work.
    """
    from quarterday.cli.progress import step_progress
    from quarterday.store.queries.check import PROOFS, check_books
    from quarterday.store.queries.counts import count_books

    counts = count_books()
    # Gathered first, because a bar and a table cannot both have the terminal.
    with step_progress(quiet=as_json) as progress:
        offences = list(check_books(progress))
    if as_json:
        rows = (one._asdict() for one in offences)
        rest = {"proofs": list(PROOFS), "counts": counts, "clean": not offences}
        print_json_list("offences", rows, lambda: rest)
    elif offences:
        columns = (Column("Rule"), Column("Where"), Column("What is wrong"))
        print_table(columns, offences)
        say(f"\nOffences: {len(offences):,}. The books are not right; nothing was changed.")
    else:
        say("The books are right. Proved:")
        for name in PROOFS:
            say(f"  {name}")
        say("\nOver:")
        width = max(len(f"{count:,}") for count in counts.values())
        print_facts(
            (f"  {name.replace('_', ' ').capitalize()}", f"{count:>{width},}")
            for name, count in counts.items()
        )
    if offences:
        raise typer.Exit(ExitCode.OFFENCES)
