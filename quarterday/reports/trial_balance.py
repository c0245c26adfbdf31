"""Trial balance: every account of the book, and that they sum to nothing."""

from __future__ import annotations

from typing import ClassVar

from quarterday.ports.report import (
    CURRENCY,
    SINCE,
    UNTIL,
    Asked,
    Column,
    ColumnKind,
    Parameter,
    ReportResult,
    ReportRow,
)
from quarterday.services.reports.tables import add_up, ledger_link
from quarterday.store.queries.reports.ledger import read_trial_balance

_MONEY = ColumnKind.MONEY
_COLUMNS = (
    Column("ledger_account", "Account"),
    Column("currency", "Currency"),
    Column("opening", "Opening", _MONEY),
    Column("debit", "Debit", _MONEY),
    Column("credit", "Credit", _MONEY),
    Column("closing", "Closing", _MONEY),
    Column("postings", "Postings", ColumnKind.COUNT),
)
_NOTES = (
    "Debits are above zero, credits below. Opening + debit + credit = closing, and each column of "
    "balances sums to zero in every currency.",
    "Income and expenses are since the beginning of the book; it is not closed by year.",
)


class TrialBalance:
    """Opening, movements and closing of every ledger account."""

    name: ClassVar[str] = "trial_balance"
    title: ClassVar[str] = "Trial balance"
    question: ClassVar[str] = "What does each account of the book hold, and does it balance?"
    group: ClassVar[str] = "Books"
    rank: ClassVar[int] = 1
    parameters: ClassVar[tuple[Parameter, ...]] = (SINCE, UNTIL, CURRENCY)

    def run(self, asked: Asked) -> ReportResult:
        """One row for each ledger account and currency."""
        values = {"from": asked.text("from"), "until": asked.text("until")}
        rows = [
            ReportRow(
                {
                    "ledger_account": one.code,
                    "currency": one.currency,
                    "opening": one.opening_minor,
                    "debit": one.debit_minor,
                    "credit": one.credit_minor,
                    "closing": one.closing_minor,
                    "postings": one.postings,
                },
                {"closing": ledger_link(one.code, {**values, "currency": one.currency})},
            )
            for one in read_trial_balance(asked.period, asked.sellers)
            if asked.wants(one.currency)
        ]
        names = "opening debit credit closing postings".split()
        return ReportResult(_COLUMNS, rows, add_up(rows, names), _NOTES)
