"""``quarterday doctor``: whether everything is set up as it should be."""

from __future__ import annotations

from typing import Annotated

import typer

from quarterday.cli.errors import ExitCode
from quarterday.cli.options import Json, read_clock
from quarterday.cli.output import Column, print_json, print_table, say


def doctor_command(
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no other host: no mail server, no web server.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Look at the set-up: database, mail, keys, clock, worker, backups, staff, gateways, web.

    Each line is ok, warn or bad, with what to do. Ends with exit code 1 when one is bad. It only
    reads.
    """
    from quarterday.ports.clock import is_moved
    from quarterday.services.doctor.finding import Level, Visit
    from quarterday.services.doctor.run_doctor import run_doctor

    found = list(run_doctor(Visit(read_clock(), is_moved(), offline)))
    is_bad = any(one.level is Level.BAD for one in found)
    if as_json:
        print_json({"healthy": not is_bad, "findings": [one._asdict() for one in found]})
    else:
        rows = [(one.level, one.area, one.text, one.remedy) for one in found]
        print_table((Column(""), Column("What"), Column("How it is"), Column("What to do")), rows)
        wrong = sum(one.level is not Level.OK for one in found)
        say(f"\n{wrong} of {len(found)} want your attention." if wrong else "\nAll is well.")
    if is_bad:
        raise typer.Exit(ExitCode.OFFENCES)
