"""General ledger: the postings of an account of the book, one by one, with what it then holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from quarterday.core.ledger import RECEIVABLE
from quarterday.ports.report import (
    CURRENCY,
    SINCE,
    UNTIL,
    Asked,
    Column,
    ColumnKind,
    Parameter,
    ParameterKind,
    ReportResult,
    ReportRow,
)
from quarterday.store.queries.reports.ledger import (
    Moved,
    find_ledger_accounts,
    read_postings,
    read_totals,
)

_MONEY = ColumnKind.MONEY
_COLUMNS = (
    Column("date", "Date", ColumnKind.DATE),
    Column("kind", "Kind"),
    Column("reference", "Reference"),
    Column("ledger_account", "Ledger account"),
    Column("account", "Account"),
    Column("name", "Name"),
    Column("currency", "Currency"),
    Column("amount", "Amount", _MONEY),
    Column("balance", "Balance", _MONEY),
    Column("memo", "Memo"),
)
_ACCOUNT = Parameter("ledger_account", "Ledger account", ParameterKind.TEXT, lambda _: RECEIVABLE)
_LIMIT = Parameter("limit", "At most", ParameterKind.COUNT, lambda _: "1000")
_NOTES = (
    "A ledger account that ends with a colon means all below it, such as income: for all income.",
    "Debits are above zero, credits below. The balance begins with what was there before.",
)


class GeneralLedger:
    """The postings of a ledger account in their order, with a running balance."""

    name: ClassVar[str] = "general_ledger"
    title: ClassVar[str] = "General ledger"
    question: ClassVar[str] = "What was posted to an account of the book?"
    group: ClassVar[str] = "Books"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        _ACCOUNT,
        SINCE._replace(default=lambda today: today.replace(day=1).isoformat()),
        UNTIL,
        CURRENCY,
        _LIMIT,
    )

    def run(self, asked: Asked) -> ReportResult:
        """One row for each posting, the earliest first; totals are of the whole period."""
        keys = find_ledger_accounts(asked.text("ledger_account"), asked.sellers)
        sums = [one for one in read_totals(keys, asked.period) if asked.wants(one.currency)]
        rows = list(_rows(asked, keys, sums))
        totals = [
            {
                "kind": text,
                "currency": one.currency,
                "amount": moved,
                "balance": balance,
            }
            for one in sums
            for text, moved, balance in (
                ("Opening balance", None, one.opening_minor),
                ("Debits of the period", one.debit_minor, None),
                ("Credits of the period", one.credit_minor, None),
                ("Closing balance", None, one.closing_minor),
            )
        ]
        limit = asked.count("limit")
        notes = list(_NOTES)
        if len(rows) >= limit:
            notes.append(
                f"These are the first {limit:,} postings; `quarterday export ledger` writes all."
            )
        return ReportResult(_COLUMNS, rows, totals, notes)


def _rows(asked: Asked, keys: list[int], sums: list[Moved]) -> Iterator[ReportRow]:
    balances = {one.currency: one.opening_minor for one in sums}
    for one in read_postings(keys, asked.period, asked.text("currency"), asked.count("limit")):
        balances[one.currency] += one.amount_minor
        yield ReportRow(
            {
                "date": one.on,
                "kind": one.kind,
                "reference": one.reference,
                "ledger_account": one.code,
                "account": one.account,
                "name": one.account_name,
                "currency": one.currency,
                "amount": one.amount_minor,
                "balance": balances[one.currency],
                "memo": one.memo,
            }
        )
