"""``quarterday demo``: an invented business, billed for fourteen months before your eyes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.errors import ExitCode
from quarterday.cli.options import Json, day_option, read_clock
from quarterday.cli.output import amount, money, print_json, say
from quarterday.core.period import add_months

if TYPE_CHECKING:
    from quarterday.services.demo.play_year import Month

_DATABASE = "demo.sqlite3"
_SAMPLE = "demo.jsonl"
_STATEMENT = "demo-statement.sta"
MONTHS = 14


def demo_command(
    today: Annotated[
        date | None, day_option("--today", text="The last day; by default today.")
    ] = None,
    accounts: Annotated[
        int, typer.Option("--accounts", min=20, max=700, help="About how many customers.")
    ] = 400,
    serve: Annotated[
        bool, typer.Option("--serve", help="Then serve the portal and the order pages.")
    ] = False,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port.")] = 8000,
    as_json: Json = False,
) -> None:
    """Invent a web host, an internet provider and a software house, and bill them for
    fourteen months.

    Day by day with usage, payments, changes, cancellations and credits; then the books are
    proved. It works on demo.sqlite3 in the working directory unless QUARTERDAY_DATABASE_URL names
    another database, and begins anew each time.
    """
    last = today or read_clock().date()
    first = add_months(last, -MONTHS) + timedelta(days=1)
    tell = _Teller(as_json)
    url = _choose_database()
    records = _load(first, last, accounts, tell)
    months = _play(records, first, last, tell)
    _bring_money(last, tell)
    _note_history(last, tell)
    offences = _check(tell)
    commands = list(_list_commands(url, last))
    if as_json:
        data = [_month_to_data(month) for month in months]
        print_json({"months": data, "offences": offences, "next": commands, **tell.facts})
    else:
        say("\nLook next:\n")
        for line in commands:
            say(f"  {line}")
    if offences:
        raise typer.Exit(ExitCode.OFFENCES)
    if serve:
        _serve(url, port)


def _serve(url: str | None, port: int) -> None:
    """Say where the pages are and how to get in, and serve them."""
    from django.conf import settings

    from quarterday.cli.serve import find_address, run_server
    from quarterday.services.demo.let_in import let_in, let_staff_in

    settings.PUBLIC_URL = address = find_address(port)
    say(f"\nThe console, with one click:          {let_staff_in(now=read_clock())}")
    say(f"The portal, as a customer:            {let_in(now=read_clock())}")
    say(f"A shop to order from:                 {address}/order/hosting/")
    say("Mails that are sent meanwhile:        in the folder demo-mail")
    if url is not None:
        os.environ["QUARTERDAY_DATABASE_URL"] = url
    # Invented people get no mail, whatever this machine could send.
    os.environ["QUARTERDAY_MAIL_URL"] = f"file://{Path('demo-mail').absolute()}"
    run_server("127.0.0.1", port, jobs=True)


class _Teller:
    """Says what was done, step by step, or keeps it for JSON."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.facts: dict[str, Any] = {}
        self.steps = 0

    def step(self, text: str) -> None:
        """The next step."""
        self.steps += 1
        if not self.quiet:
            say(f"{self.steps}. {text}")

    def line(self, text: str) -> None:
        """A line below the step."""
        if not self.quiet:
            say(f"   {text}")


def _choose_database() -> str | None:
    """Turn to the demo's own file unless a database is named; its URL if it is the demo's own."""
    from django.db import connection

    from quarterday.services.demo.clear_demo import clear_demo

    is_own = not os.environ.get("QUARTERDAY_DATABASE_URL")
    if is_own:
        connection.close()
        connection.settings_dict["NAME"] = str(Path(_DATABASE).absolute())
    clear_demo()
    return f"sqlite:///{_DATABASE}" if is_own else None


def _load(first: date, last: date, accounts: int, tell: _Teller) -> list[dict[str, Any]]:
    """Write the sample and load it as anybody would load a file."""
    from quarterday.core.errors import BillingError
    from quarterday.services.demo.make_sample import make_sample, write_line
    from quarterday.services.demo.play_year import noon
    from quarterday.services.imports.load_file import load_file
    from quarterday.store.queries.readiness import describe_database

    records = list(make_sample(first, last, size=accounts))
    path = Path(_SAMPLE)
    path.write_text("".join(map(write_line, records)), encoding="utf-8")
    counts = Counter(record["type"] for record in records)
    what = ", ".join(f"{count:,} {kind.replace('_', ' ')}s" for kind, count in counts.items())
    tell.step(f"Invented a business and wrote it to {_SAMPLE}: {what}.")
    report = load_file(path, now=noon(first), strict=True)
    if report.problems:
        raise BillingError(str(report.problems[0]))
    tell.step(f"Loaded it into {describe_database()}: {report.rows:,} records, none refused.")
    tell.facts |= {"sample": dict(counts), "first": first, "last": last}
    return records


def _play(records: list[dict[str, Any]], first: date, last: date, tell: _Teller) -> list[Month]:
    from quarterday.services.demo.play_year import play_year

    tell.step(f"Lived through {first} to {last}, billing every day:")
    months = play_year(
        records, first=first, last=last, tell=lambda month: tell.line(_describe(month))
    )
    actions: Counter[str] = Counter()
    invoiced: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for month in months:
        actions.update(month.actions)
        invoiced.update(month.billed.invoiced)
        paid.update(month.paid)
    measured, late = (
        sum(getattr(one, name) for one in months) for name in ("measurements", "late")
    )
    tell.line(f"invoiced {_sums(invoiced)}; paid {_sums(paid)}")
    tell.line(f"{measured:,} measurements, {late:,} of them late; with {_list(actions)}")
    return months


def _describe(month: Month) -> str:
    return (
        f"{month.month}  {month.billed.invoices:>4,} invoices of {month.billed.lines:>4,} lines, "
        f"{month.billed.credit_notes + _notes(month):>2} credit notes, "
        f"{month.payments:>4,} payments   {_sums(month.billed.invoiced)}"
    )


def _notes(month: Month) -> int:
    from quarterday.services.demo.habits import Kind

    return month.actions[Kind.VOID] + month.actions[Kind.CREDIT_LINE]


def _sums(found: Counter[str]) -> str:
    return ", ".join(money(found[code], code) for code in sorted(found))


def _list(found: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in found.items() if count)


def _bring_money(last: date, tell: _Teller) -> None:
    """Cards to charge, and a bank statement to read."""
    from quarterday.services.demo.bring_money import write_statement
    from quarterday.services.demo.play_year import noon

    Path(_STATEMENT).write_text(write_statement(today=last, now=noon(last)), encoding="utf-8")
    tell.step(f"Wrote a bank statement of the day to {_STATEMENT}.")


def _note_history(last: date, tell: _Teller) -> None:
    """What the console shows besides the books: mails, the work of each day, figures."""
    from random import Random

    from quarterday.services.demo.make_sample import SEED
    from quarterday.services.demo.note_history import note_cycles, note_failures, note_mails
    from quarterday.services.demo.play_year import noon
    from quarterday.services.figures.refresh_figures import refresh_figures
    from quarterday.store.models import Seller

    mails = note_mails(now=noon(last), rng=Random(SEED))
    days = note_cycles(last=last, now=noon(last))
    note_failures(now=noon(last))
    for seller in Seller.objects.order_by("id"):
        refresh_figures(seller=seller, now=noon(last), is_whole=True)
    tell.step(f"Noted {mails:,} mails as sent, and the daily work of {days} days.")


def _check(tell: _Teller) -> list[dict[str, str]]:
    """Prove the books, as ``quarterday check`` does."""
    from quarterday.store.queries.check import PROOFS, check_books
    from quarterday.store.queries.counts import count_books

    offences = [one._asdict() for one in check_books()]
    counts = count_books()
    tell.facts["counts"] = counts
    if offences:
        tell.step(f"The books have {len(offences):,} offences; list them: quarterday check")
    else:
        what = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())
        tell.step(f"Proved the books in {len(PROOFS)} ways: {what}; all is right.")
    return offences


def _list_commands(url: str | None, last: date) -> Iterable[str]:
    """Commands to paste."""
    from quarterday.services.demo.find_sights import find_sights

    if url is not None:
        yield f"export QUARTERDAY_DATABASE_URL={url}"
    sights = list(find_sights())
    lines = [f"quarterday explain {one.label} --seller {one.seller}" for one in sights]
    width = max(map(len, lines), default=0)
    for line, sight in zip(lines, sights, strict=True):
        yield f"{line:<{width}}   # {sight.why}"
    yield "quarterday accounts show H0001"
    yield "quarterday invoices list --overdue"
    yield "quarterday collect --preview --seller hosting"
    yield f"quarterday reconcile {_STATEMENT} --seller hosting"
    yield "quarterday matches list --seller hosting"
    yield f"quarterday forecast --until {add_months(last, 3)} --seller hosting"
    yield "quarterday export ledger --format beancount --output demo.beancount"
    yield "quarterday check"


def _month_to_data(month: Month) -> dict[str, Any]:
    paid = {code: amount(minor, code) for code, minor in sorted(month.paid.items())}
    return {
        "month": month.month,
        **month.billed.to_data(),
        "payments": month.payments,
        "paid": paid,
        "measurements": month.measurements,
        "late_measurements": month.late,
        "actions": {name: count for name, count in month.actions.items() if count},
    }
