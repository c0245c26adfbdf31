"""``quarterday bank csv``: how the CSV statements of a bank account are read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import Json, SellerCode, read_clock
from quarterday.cli.output import Column, money, print_json, print_table, say
from quarterday.core.statement import StatementEntry
from quarterday.ports.statement import find_table_reader, suggest_columns

_SHOWN = 5


def csv_columns(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A statement as the bank gives it.")],
    account: Annotated[
        str, typer.Option("--account", metavar="CODE", help="The bank account that it is of.")
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE=NAME", help="What a column is, such as amount=Betrag."),
    ] = None,
    delimiter: Annotated[str | None, typer.Option(help="What stands between cells.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Such as cp1252; UTF-8 is seen.")] = None,
    dates: Annotated[str | None, typer.Option(help="Such as DD.MM.YYYY or MM/DD/YYYY.")] = None,
    decimal: Annotated[str | None, typer.Option(help="What stands before cents: , or .")] = None,
    save: Annotated[bool, typer.Option("--save", help="Keep it for this account.")] = False,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Show how the first rows of a CSV statement are read, and save that with --save.

    Columns are found by their names; --column names others. A role with an empty name is left out.
    """
    from quarterday.services.bank.save_columns import save_columns
    from quarterday.store.queries.bank import find_bank_account

    if not file.is_file():
        raise typer.BadParameter(f"there is no file {file}; check its name")
    row, content = find_bank_account(account, seller), file.read_bytes()
    named = _read_columns(column or [])
    mapping = _start(content, row.columns, named)
    given = {"delimiter": delimiter, "encoding": encoding, "dates": dates, "decimal": decimal}
    mapping |= {key: value for key, value in given.items() if value is not None}
    columns = {**mapping.get("columns", {}), **named}
    mapping["columns"] = {role: name for role, name in columns.items() if name}
    options = {
        "name": file.name,
        "columns": mapping,
        "number": row.number,
        "currency": row.currency,
    }
    found = find_table_reader().read(content, options)
    entries = [entry for statement in found for entry in statement.entries]
    if save:
        save_columns(bank_account=row, columns=mapping, now=read_clock(), actor=ACTOR)
    if as_json:
        shown = [
            {
                "booked_on": one.booked_on,
                "amount_minor": one.amount_minor,
                "currency": one.currency,
                "name": one.name,
                "iban": one.iban,
                "text": one.text,
            }
            for one in entries[:_SHOWN]
        ]
        print_json({"columns": mapping, "rows": len(entries), "first": shown, "saved": save})
        return
    _print_rows(mapping, entries)
    if save:
        say(f"Saved for bank account {row.code}.\n")
        say(f"Next: quarterday bank import {file} --account {row.code}")
    else:
        say("Nothing was saved.\n")
        say("Next: the same with --save if that is right, with --column ROLE=NAME if not")


def _print_rows(mapping: dict[str, Any], entries: Sequence[StatementEntry]) -> None:
    """What the columns are, and the first rows as they are read."""
    print_table(
        [Column("Column"), Column("is")],
        [(name, role) for role, name in mapping["columns"].items()],
    )
    rest = {key: value for key, value in mapping.items() if key != "columns" and value}
    say(", ".join(f"{key} {value!r}" for key, value in rest.items()) + "\n")
    heads = [Column("Booked on"), Column("Amount", right=True), Column("Name"), Column("Text")]
    rows = [
        (one.booked_on, money(one.amount_minor, one.currency), one.name, one.text)
        for one in entries[:_SHOWN]
    ]
    print_table(heads, rows)
    say(f"\n{len(entries):,} rows are read like this.")


def _read_columns(given: list[str]) -> dict[str, Any]:
    """Roles and names; a role named twice is made of both columns."""
    found: dict[str, Any] = {}
    for text in given:
        role, sign, name = text.partition("=")
        if not sign:
            raise typer.BadParameter(f"{text!r} names no column; write it like amount=Betrag")
        known = found.get(role)
        found[role] = name.strip() if known is None else [*_listed(known), name.strip()]
    return found


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _start(content: bytes, saved: Any, named: dict[str, Any]) -> dict[str, Any]:
    """What was saved before, else what the names of the columns suggest."""
    from quarterday.core.errors import BillingError

    if saved:
        return dict(saved)
    try:
        return suggest_columns(content)
    except BillingError:
        if not named:
            raise
        return {}
