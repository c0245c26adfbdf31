"""``quarterday bank``: bank accounts, and the statements that are read for them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.errors import ExitCode
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import Json, Limit, SellerCode, day_option, read_clock
from quarterday.cli.output import amount, money, note, print_json, print_list, say, tell
from quarterday.core.errors import BillingError

if TYPE_CHECKING:
    from quarterday.services.bank.import_file import ImportedFile
    from quarterday.services.bank.import_statement import ImportedStatement
    from quarterday.store.models import BankAccount, BankLine, BankStatement

group = make_group("Say which bank accounts there are, and read their statements.")

BankAccountOption = Annotated[
    str | None,
    typer.Option("--account", metavar="CODE", help="The bank account, by its code or number."),
]


@command(group, "add")
def add(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A short name, such as main.")],
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="Its IBAN, or its number.")],
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="By default the seller's currency.")
    ] = None,
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Add a bank account of a seller; doing it again changes nothing."""
    from quarterday.services.bank.add_bank_account import add_bank_account
    from quarterday.store.queries.references import find_seller

    owner = find_seller(seller)
    row = add_bank_account(
        seller=owner,
        code=code,
        number=number,
        currency=currency or owner.currency,
        name=name,
        now=read_clock(),
        actor=ACTOR,
    )
    text = f"Bank account {row.code} is {row.number} in {row.currency}."
    tell(account_record(row), text, as_json)


@command(group, "accounts")
def accounts(seller: SellerCode = None, as_json: Json = False) -> None:
    """List the bank accounts, with what the book has on them."""
    from quarterday.store.queries.bank import list_bank_accounts

    rows = [account_record(row) for row in list_bank_accounts(seller)]
    print_list(rows, "code seller name number balance+ csv", 0, as_json)


@command(group, "import")
def import_files(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="camt, MT940, OFX or CSV files.")
    ],
    account: BankAccountOption = None,
    format: Annotated[
        str | None,
        typer.Option(metavar="FORMAT", help="camt, mt940, ofx or csv; by default it is seen."),
    ] = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Read bank statements. What was read before, also in part, adds nothing."""
    from quarterday.services.bank.import_file import import_file
    from quarterday.store.queries.bank import find_bank_account
    from quarterday.store.queries.references import find_seller

    named = find_bank_account(account, seller) if account else None
    owner = named.seller if named else find_seller(seller)
    records, refused = [], 0
    for file in files:
        if not file.is_file():
            raise typer.BadParameter(f"there is no file {file}; check its name")
    for file in files:
        try:
            done = import_file(
                seller=owner,
                content=file.read_bytes(),
                name=file.name,
                bank_account=named,
                format=format,
                now=read_clock(),
                actor=ACTOR,
            )
        except BillingError as error:
            if len(files) == 1:
                raise
            refused += 1
            records.append({"file": file.name, "refused": str(error)})
            note(f"Refused: {error}")
            continue
        records.append(import_record(done))
        if not as_json:
            print_import(done)
    if as_json:
        print_json(records)
    if refused:
        raise typer.Exit(ExitCode.INCOMPLETE)


@command(group, "statements")
def statements(
    account: BankAccountOption = None,
    seller: SellerCode = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List the statements that were read, the newest first."""
    from quarterday.store.queries.bank import find_bank_account, list_statements
    from quarterday.store.queries.references import find_seller

    rows = list_statements(
        find_bank_account(account, seller) if account else None,
        find_seller(seller) if seller else None,
        limit,
    )
    shown = "account seller format reference first last opening closing lines new file"
    records = [statement_record(row) for row in rows]
    if not as_json:
        # A balance may be unknown, which a column of amounts cannot say.
        for one in records:
            for name in ("opening", "closing"):
                one[name] = f"{one[name]} {one['currency']}" if one[name] else ""
    print_list(records, shown, limit, as_json)


@command(group, "lines")
def lines(
    account: BankAccountOption = None,
    status: Annotated[
        str | None,
        typer.Option(metavar="STATUS", help="Only those open, proposed, booked or ignored."),
    ] = None,
    first: Annotated[date | None, day_option("--from", text="Only from this day on.")] = None,
    last: Annotated[date | None, day_option("--to", text="Only to this day.")] = None,
    seller: SellerCode = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List the lines of statements, the newest first."""
    from quarterday.services.inputs import check_word
    from quarterday.store.models import BankLineStatus
    from quarterday.store.queries.bank import find_bank_account, list_bank_lines
    from quarterday.store.queries.references import find_seller

    rows = list_bank_lines(
        find_bank_account(account, seller) if account else None,
        find_seller(seller) if seller else None,
        status=check_word(BankLineStatus, status, "--status") if status else None,
        first=first,
        last=last,
        limit=limit,
    )
    shown = "line account seller booked_on amount+ open+ status name text"
    print_list([line_record(row) for row in rows], shown, limit, as_json)


def account_record(row: BankAccount) -> dict[str, Any]:
    """A bank account, with what the book has on it."""
    from quarterday.store.queries.bank import read_balance

    return {
        "id": row.public_id,
        "code": row.code,
        "seller": row.seller.code,
        "name": row.name,
        "number": row.number,
        "currency": row.currency,
        "balance": amount(read_balance(row), row.currency),
        "csv": "columns are saved" if row.columns else "",
    }


def statement_record(row: BankStatement) -> dict[str, Any]:
    """A statement that was read."""
    code = row.bank_account.currency
    opening: int | None = row.opening_minor
    closing: int | None = row.closing_minor
    return {
        "id": row.public_id,
        "account": row.bank_account.code,
        "seller": row.bank_account.seller.code,
        "format": row.format,
        "reference": row.reference,
        "first": row.starts_on,
        "last": row.ends_on,
        "currency": code,
        "opening": None if opening is None else amount(opening, code),
        "closing": None if closing is None else amount(closing, code),
        "total": amount(row.total_minor, code),
        "lines": row.lines,
        "new": row.new_lines,
        "file": row.name,
        "imported_at": row.imported_at.isoformat(),
    }


def line_record(row: BankLine) -> dict[str, Any]:
    """A line of a statement."""
    return {
        "line": row.public_id,
        "account": row.bank_account.code,
        "seller": row.bank_account.seller.code,
        "booked_on": row.booked_on,
        "value_on": row.value_on,
        "currency": row.currency,
        "amount": amount(row.amount_minor, row.currency),
        "open": amount(row.open_minor, row.currency),
        "status": str(row.status),
        "name": row.name,
        "iban": row.iban,
        "text": row.text,
        "creditor_reference": row.creditor_reference,
        "end_to_end_id": row.end_to_end_id,
        "mandate": row.mandate,
        "payment_group": row.payment_group,
        "bank_reference": row.bank_reference,
        "bank_code": row.bank_code,
        "return_reason": row.return_reason,
    }


def import_record(done: ImportedFile) -> dict[str, Any]:
    """What became of a file."""
    return {
        "file": done.name,
        "format": done.family,
        "statements": [_imported_record(one) for one in done.statements],
    }


def _imported_record(one: ImportedStatement) -> dict[str, Any]:
    code = one.row.bank_account.currency
    missing = one.missing_minor
    return statement_record(one.row) | {
        "new": one.new,
        "known": one.known,
        "pending": one.statement.pending,
        "read_before": one.is_repeat,
        "missing": None if missing is None else amount(missing, code),
        "problem": one.gap,
    }


def print_import(done: ImportedFile) -> None:
    """What became of a file, statement by statement."""
    if not done.statements:
        say(f"{done.name} holds no statement; there is nothing to read.")
    for one in done.statements:
        row, code = one.row, one.row.bank_account.currency
        title = " ".join(filter(None, [row.bank_account.code, row.reference]))
        if one.is_repeat:
            say(f"{title}: read before, on {row.imported_at:%Y-%m-%d}; nothing was added.")
            continue
        known = f", {one.known:,} known already" if one.known else ""
        pending = f", {one.statement.pending:,} not booked yet" if one.statement.pending else ""
        closing: int | None = row.closing_minor
        stands = "" if closing is None else f"; {money(closing, code)} at its end"
        say(f"{title}: {one.new:,} new line{'' if one.new == 1 else 's'}{known}{pending}{stands}")
        if one.gap:
            note(f"  Look at it: {one.gap}.")
