"""How commands end: exit codes, and errors in plain words instead of tracebacks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer

from quarterday.cli.safe import make_safe


class ExitCode(IntEnum):
    """What the shell is told. Also in ``quarterday --help`` and docs/commands.md."""

    DONE = 0
    OFFENCES = 1
    USAGE = 2
    DATABASE = 3
    INCOMPLETE = 4
    REFUSED = 5
    FAULT = 70
    STOPPED = 130


EXIT_CODES = {
    ExitCode.DONE: "done",
    ExitCode.OFFENCES: "check found offences, or doctor something bad",
    ExitCode.USAGE: "wrong usage",
    ExitCode.DATABASE: "the database is missing, out of date, busy or out of reach",
    ExitCode.INCOMPLETE: "done, but something was skipped or refused",
    ExitCode.REFUSED: "refused by a rule; nothing was changed",
    ExitCode.FAULT: "a fault in Quarterday",
    ExitCode.STOPPED: "stopped by you; what was done stands",
}


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn exceptions into a line on stderr and an exit code.

    With ``QUARTERDAY_DEBUG`` set, whatever was not foreseen shows its traceback.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise _fail("stopped; what was done until now stands", ExitCode.STOPPED) from None
    except BrokenPipeError:
        raise
    except Exception as error:
        found = _explain(error)
        if found is not None:
            raise _fail(*found) from None
        if _is_typers(error) or os.environ.get("QUARTERDAY_DEBUG"):
            raise
        text = f"{type(error).__name__}: {first_line(error)}"
        hint = "run with QUARTERDAY_DEBUG=1 for the traceback"
        raise _fail(f"{text}; {hint}", ExitCode.FAULT) from None


def _explain(error: Exception) -> tuple[str, ExitCode] | None:
    """Words and exit code for what is foreseen."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError, DataError

    from quarterday.core.errors import BillingError
    from quarterday.store.queries.readiness import NotReady, explain_database_error

    for kind, code in (
        (ImproperlyConfigured, ExitCode.USAGE),
        (NotReady, ExitCode.DATABASE),
        (BillingError, ExitCode.REFUSED),
    ):
        if isinstance(error, kind):
            return str(error), code
    if isinstance(error, DatabaseError) and (words := explain_database_error(error)):
        return words, ExitCode.DATABASE
    if isinstance(error, DataError | OverflowError):
        return f"a value is too long or too large to be kept: {first_line(error)}", ExitCode.REFUSED
    if isinstance(error, UnicodeEncodeError):
        return "what was given has bytes that are no text; give it in UTF-8", ExitCode.USAGE
    if isinstance(error, OSError):
        place = "what it says cannot be written" if error.filename is None else error.filename
        return f"{place}: {error.strerror or error}", ExitCode.USAGE
    return None


def _fail(text: str, code: ExitCode) -> typer.Exit:
    typer.echo(f"quarterday: {make_safe(text)}", err=True)
    return typer.Exit(code)


def _is_typers(error: Exception) -> bool:
    """Whether the command line itself raised it: wrong usage, or the end of a command."""
    return type(error).__module__.partition(".")[0] == "typer"


def first_line(error: Exception) -> str:
    """The first line of what an exception says."""
    return (str(error).strip() or "no further words").splitlines()[0]
