"""CSV statements, read by a mapping that is saved for the bank account.

A mapping says which column is what (``columns``), and how the file is written: ``delimiter``,
``encoding``, ``dates`` (such as ``DD.MM.YYYY``) and ``decimal`` (the sign before cents).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.statement import Statement, StatementEntry
from quarterday.statements.csv_cells import Mapped, check_mapping, read_rows
from quarterday.statements.csv_suggest import suggest_mapping
from quarterday.statements.values import find_currency, one_line, reference

# What banks call a movement that is not booked yet, by how the word begins.
_PENDING = ("pend", "vorgem", "vorbem", "en attente", "pendiente", "in behandeling", "open")


class _Row(NamedTuple):
    """A row that was read: whose, the entry, and the balance after it."""

    account: str
    entry: StatementEntry
    balance: int | None


class CsvReader:
    """Reader of CSV with a saved mapping."""

    family: ClassVar[str] = "csv"
    formats: ClassVar[tuple[str, ...]] = ("csv",)

    def sniff(self, content: bytes) -> bool:
        """Never: a table shows neither what its columns mean nor how its dates are written."""
        return False

    def read(self, content: bytes, options: Mapping[str, Any]) -> tuple[Statement, ...]:
        """One statement for each account and currency that the rows are of."""
        name = str(options.get("name", "the file"))
        mapping = options.get("columns")
        if not mapping:
            raise BillingError(
                f"{name} may be CSV, but no columns are saved for the bank account; see and save "
                "them first: quarterday bank csv"
            )
        mapped = check_mapping(mapping)
        own = str(options.get("number", "")), str(options.get("currency", ""))
        groups: dict[tuple[str, str], list[_Row]] = {}
        pending = 0
        for row in read_rows(content, mapped, name):
            if row.text("status").lower().startswith(_PENDING):
                pending += 1
                continue
            found = _read_row(row, own)
            groups.setdefault((found.account, found.entry.currency), []).append(found)
        if not groups and own[1]:
            groups[own] = []
        statements = [
            replace(_make_statement(key, rows), pending=pending if number == 0 else 0)
            for number, (key, rows) in enumerate(groups.items())
        ]
        return tuple(statements)

    def suggest(self, content: bytes) -> dict[str, Any]:
        """A mapping by the names of the columns and what stands in them."""
        return suggest_mapping(content)


def _read_row(row: Mapped, own: tuple[str, str]) -> _Row:
    code = (row.text("currency") or own[1]).upper()
    if not code:
        raise BillingError(
            f"{row.where}: no column says the currency; name the bank account with --account"
        )
    unit = find_currency(code, row.where)
    booked = row.day("booked_on")
    value = row.day("value_on")
    if booked is None and value is None:
        raise BillingError(
            f"{row.where}: there is no date in {row.column('booked_on')}; complete the row, or "
            "remove it if it is no movement"
        )
    day = booked or value
    assert day is not None
    texts = [row.text("text"), row.text("kind")]
    entry = StatementEntry(
        booked_on=day,
        value_on=value,
        amount_minor=row.amount(unit),
        currency=code,
        name=one_line(row.text("name")),
        iban="".join(row.text("iban").split()),
        text=one_line(" ".join(dict.fromkeys(texts))),
        creditor_reference="".join(reference(row.text("creditor_reference")).split())[:35],
        end_to_end_id=reference(row.text("end_to_end_id")),
        mandate=reference(row.text("mandate")),
        payment_group=reference(row.text("payment_group")),
        bank_reference=reference(row.text("bank_reference")),
    )
    account = "".join(row.text("account").split()) or own[0]
    return _Row(account, entry, row.balance(unit))


def _make_statement(key: tuple[str, str], rows: Sequence[_Row]) -> Statement:
    """Rows of one account as a statement, the oldest first; balances are those beside the rows."""
    days: list[date] = [row.entry.booked_on for row in rows]
    if days and days[0] > days[-1]:
        rows = list(reversed(rows))
    ordered = list(_order(rows))
    opening = closing = None
    if ordered and ordered[0].balance is not None and ordered[-1].balance is not None:
        opening = ordered[0].balance - ordered[0].entry.amount_minor
        closing = ordered[-1].balance
    return Statement(
        account=key[0],
        currency=key[1],
        entries=tuple(row.entry for row in ordered),
        opening_minor=opening,
        closing_minor=closing,
        starts_on=min(days, default=None),
        ends_on=max(days, default=None),
        format="csv",
    )


def _order(rows: Sequence[_Row]) -> Iterator[_Row]:
    """Rows of one day are written in either order: the one in which their balances follow."""
    backwards = list(reversed(rows))
    days = {row.entry.booked_on for row in rows}
    if len(days) == 1 and not _follows(rows) and _follows(backwards):
        yield from backwards
    else:
        yield from rows


def _follows(rows: Sequence[_Row]) -> bool:
    """Whether each balance is the one before it with the row's amount."""
    return all(
        after.balance is not None
        and before.balance is not None
        and after.balance - after.entry.amount_minor == before.balance
        for before, after in pairwise(rows)
    )
