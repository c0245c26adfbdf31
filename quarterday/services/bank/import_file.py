"""Take in a file of bank statements, whichever accounts and formats they are of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from quarterday.core.bank_number import same_account
from quarterday.core.errors import BillingError
from quarterday.core.statement import Statement
from quarterday.ports.statement import StatementReader, find_statement_reader, list_formats
from quarterday.services.bank.import_statement import (
    ImportedStatement,
    Source,
    import_statement,
)
from quarterday.services.errors import Conflict, NotFound
from quarterday.store.models import BankAccount, Seller


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of a file: its kind, and each of its statements in their order."""

    name: str
    family: str
    statements: tuple[ImportedStatement, ...]


def import_file(
    *,
    seller: Seller,
    content: bytes,
    name: str,
    now: datetime,
    bank_account: BankAccount | None = None,
    format: str | None = None,
    actor: str = "system",
) -> ImportedFile:
    """Read a file, and write each of its statements in a transaction of its own.

    Accounts are found by the numbers in the file; ``bank_account`` names the only one that it may
    be of, whose columns a CSV file is read by. The file is read whole and every account found
    before anything is written. Doing it again, or being stopped and doing it again, adds nothing
    twice. Raises `BillingError` for what cannot be read, and `NotFound` for unknown accounts.
    """
    reader, statements = read_file(content, name, bank_account, format)
    accounts = [_find_account(seller, statement, bank_account, name) for statement in statements]
    digest, formats = sha256(content).hexdigest(), list_formats()
    done: list[ImportedStatement] = []
    counts: dict[int, Counter[tuple[object, ...]]] = {}
    told: list[tuple[int, Statement]] = []
    for number, (account, statement) in enumerate(zip(accounts, statements, strict=True), 1):
        # A file does not tell a payment twice, so that equal ones in it are different ones; but
        # some files hold a whole statement twice.
        again = (account.id, statement) in told
        told.append((account.id, statement))
        seen = Counter() if again else counts.setdefault(account.id, Counter())
        done.append(
            import_statement(
                bank_account=account,
                statement=statement,
                source=Source(digest, name, number, reader.family, formats),
                seen=seen,
                now=now,
                actor=actor,
            )
        )
    return ImportedFile(name, reader.family, tuple(done))


def read_file(
    content: bytes, name: str, bank_account: BankAccount | None, format: str | None = None
) -> tuple[StatementReader, tuple[Statement, ...]]:
    """The reader of a file, and what it reads; nothing is written."""
    options: dict[str, Any] = {"name": name}
    if bank_account is not None:
        options |= {"number": bank_account.number, "currency": bank_account.currency}
        if bank_account.columns:
            options["columns"] = bank_account.columns
    fallback = "csv" if "columns" in options else None
    reader = find_statement_reader(content, name, format, fallback)
    return reader, reader.read(content, options)


def _find_account(
    seller: Seller, statement: Statement, named: BankAccount | None, name: str
) -> BankAccount:
    """The bank account that a statement is of."""
    number, code = statement.account, statement.currency
    if named is not None and named.seller_id != seller.id:
        raise Conflict(f"bank account {named.code} is not of seller {seller.code}; name another")
    if (
        named is not None
        and code == named.currency
        and (not number or same_account(number, named.number))
    ):
        return named
    rows = BankAccount.objects.filter(seller=seller).order_by("code")
    known = [row for row in rows if number and same_account(number, row.number)]
    found = [row for row in known if row.currency == code]
    if named is not None and (named not in known or not found):
        raise Conflict(
            f"{name} is of account {number or 'without a number'} in {code or 'no currency'}, but "
            f"bank account {named.code} is {named.number} in {named.currency}; name the right one"
        )
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(row.code for row in found)
        raise Conflict(f"{name}: account {number} is more than one of ours ({names}); name one")
    if not number:
        raise BillingError(f"{name} does not say which account it is of; name it with --account")
    raise NotFound(
        f"{name}: seller {seller.code} has no bank account {number} in {code}; add it: quarterday "
        f"bank add CODE {number} --currency {code}"
    )
