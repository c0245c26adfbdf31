"""``quarterday reconcile``: read a statement and match it, or say what of a day does not agree."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.bank import BankAccountOption, import_record, print_import
from quarterday.cli.errors import ExitCode
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import Json, SellerCode, Today, day_option, read_clock, today_of
from quarterday.cli.output import Column, amount, money, print_json, print_table, say

if TYPE_CHECKING:
    from quarterday.services.bank.match_lines import MatchResult
    from quarterday.store.models import BankAccount, Seller
    from quarterday.store.queries.reconcile import Part, Report

_SHOWN = 20


def reconcile_command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Statements; without any, what was read before."),
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Say whether bank, gateways, invoices and book agree.")
    ] = False,
    day: Annotated[
        date | None, day_option("--day", text="Report the end of this day; by default today.")
    ] = None,
    account: BankAccountOption = None,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Read bank statements, book what is certain, propose what is likely, and say what is left.

    With `--report` nothing is written: it says whether bank, gateway clearing, receivables and
    the book agree, and otherwise exactly what does not; then the exit code is 1.
    """
    from quarterday.store.queries.bank import find_bank_account
    from quarterday.store.queries.references import find_seller

    named = find_bank_account(account, seller) if account else None
    owner = named.seller if named else find_seller(seller)
    now = read_clock()
    if report or day:
        _report(owner, day or today_of(owner, today, now), as_json)
        return
    _reconcile(owner, named, files or [], today_of(owner, today, now), as_json)


def _reconcile(
    seller: Seller, named: BankAccount | None, files: list[Path], today: date, as_json: bool
) -> None:
    from quarterday.services.bank.import_file import import_file
    from quarterday.services.bank.match_lines import match_lines
    from quarterday.store.models import BankAccount

    for file in files:
        if not file.is_file():
            raise typer.BadParameter(f"there is no file {file}; check its name")
    banks = {named.id: named} if named else {}
    read = []
    for file in files:
        done = import_file(
            seller=seller,
            content=file.read_bytes(),
            name=file.name,
            bank_account=named,
            now=read_clock(),
            actor=ACTOR,
        )
        read.append(import_record(done))
        banks |= {one.row.bank_account_id: one.row.bank_account for one in done.statements}
        if not as_json:
            print_import(done)
    if not files and not named:
        banks = {one.id: one for one in BankAccount.objects.filter(seller=seller)}
    results = [
        (bank, match_lines(bank_account=bank, today=today, now=read_clock(), actor=ACTOR))
        for bank in banks.values()
    ]
    if as_json:
        matched = [_record(bank, result) for bank, result in results]
        print_json({"files": read, "matched": matched})
        return
    for bank, result in results:
        _show(bank, result)
    if not results:
        say("There is no bank account yet; add one with `quarterday bank add`.")


def _record(bank: BankAccount, result: MatchResult) -> dict[str, Any]:
    return {
        "account": bank.code,
        "currency": bank.currency,
        "lines": result.lines,
        **{
            name: {
                "lines": getattr(result, name),
                "amount": amount(result.amounts[name], bank.currency),
            }
            for name in ("booked", "proposed", "open")
        },
        "kinds": dict(result.kinds),
    }


def _show(bank: BankAccount, result: MatchResult) -> None:
    say(f"{bank.code}: {result.lines:,} line{'' if result.lines == 1 else 's'} to match")
    rows = [
        (text, f"{getattr(result, name):,}", money(result.amounts[name], bank.currency))
        for name, text in (("booked", "Booked"), ("proposed", "Proposed"), ("open", "Open"))
    ]
    print_table((Column("What"), Column("Lines", True), Column("Amount", True)), rows)
    if result.proposed:
        say("`quarterday matches list` shows what is proposed.")


def _report(seller: Seller, day: date, as_json: bool) -> None:
    from quarterday.store.queries.reconcile import report_day

    found = report_day(seller, day)
    if as_json:
        print_json(report_record(found))
    else:
        _show_report(found)
    if not found.agrees:
        raise typer.Exit(ExitCode.OFFENCES)


def report_record(report: Report) -> dict[str, Any]:
    """A report as data."""
    return {
        "seller": report.seller.code,
        "day": report.day,
        "agrees": report.agrees,
        "parts": [_part_record(part) for part in report.parts],
    }


def _part_record(part: Part) -> dict[str, Any]:
    said = None if part.said_minor is None else amount(part.said_minor, part.currency)
    return {
        "name": part.name,
        "currency": part.currency,
        "book": amount(part.book_minor, part.currency),
        "said": said,
        "said_by": part.said_by,
        "agrees": part.agrees,
        "items": [
            {
                "name": one.name,
                "on": one.on,
                "amount": amount(one.amount_minor, part.currency),
                "text": one.text,
                "is_wrong": one.is_wrong,
            }
            for one in part.items
        ],
    }


def _show_report(report: Report) -> None:
    say(f"{report.seller.code} on {report.day}")
    for part in report.parts:
        says = (
            f", {part.said_by} says {money(part.said_minor, part.currency)}"
            if (part.said_minor is not None)
            else ""
        )
        state = "agrees" if part.agrees else "DOES NOT AGREE"
        say(f"\n{part.name}: {money(part.book_minor, part.currency)}{says}: {state}")
        wrong_first = sorted(part.items, key=lambda one: not one.is_wrong)
        rows = [
            (one.name, one.on, money(one.amount_minor, part.currency), one.text)
            for one in wrong_first[:_SHOWN]
        ]
        if rows:
            columns = (Column("Name"), Column("Since"), Column("Amount", True), Column("What"))
            print_table(columns, rows)
        if len(part.items) > _SHOWN:
            say(f"and {len(part.items) - _SHOWN:,} more; --json shows all of them")
    say("\nEverything agrees." if report.agrees else "\nNot everything agrees.")
