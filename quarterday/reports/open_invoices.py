"""Open invoices: those behind each figure of the aged receivables."""

from __future__ import annotations

from typing import ClassVar

from quarterday.ports.report import (
    AS_OF,
    CURRENCY,
    Asked,
    Column,
    ColumnKind,
    Link,
    Parameter,
    ParameterKind,
    ReportResult,
    ReportRow,
)
from quarterday.services.reports.tables import add_up
from quarterday.store.queries.reports.receivables import BANDS, list_open

_COLUMNS = (
    Column("invoice", "Invoice"),
    Column("account", "Account"),
    Column("name", "Name"),
    Column("issued", "Issued", ColumnKind.DATE),
    Column("due", "Due", ColumnKind.DATE),
    Column("days_late", "Days late", ColumnKind.COUNT),
    Column("currency", "Currency"),
    Column("total", "Total", ColumnKind.MONEY),
    Column("owed", "Owed", ColumnKind.MONEY),
)
_BAND = Parameter("band", "Age", ParameterKind.CHOICE, lambda _: "not_due", BANDS)
_LIMIT = Parameter("limit", "At most", ParameterKind.COUNT, lambda _: "1000")


class OpenInvoices:
    """The invoices of one band of lateness, one by one."""

    name: ClassVar[str] = "open_invoices"
    title: ClassVar[str] = "Open invoices"
    question: ClassVar[str] = "Which invoices are open, and since when?"
    group: ClassVar[str] = "Money owed"
    parameters: ClassVar[tuple[Parameter, ...]] = (AS_OF, _BAND, CURRENCY, _LIMIT)

    def run(self, asked: Asked) -> ReportResult:
        """One row for each invoice, those due first at the top."""
        day, limit = asked.day("as_of"), asked.count("limit")
        found = list_open(day, asked.text("band"), asked.text("currency"), limit, asked.sellers)
        rows = [
            ReportRow(
                {
                    "invoice": one.label,
                    "account": one.account,
                    "name": one.account_name,
                    "issued": one.issued_on,
                    "due": one.due_on,
                    "days_late": max(0, (day - one.due_on).days),
                    "currency": one.currency,
                    "total": one.total_minor,
                    "owed": one.open_minor,
                },
                {
                    "invoice": Link("page:invoice", {"id": one.public_id}),
                    "account": Link("page:account", {"id": one.account_id}),
                },
            )
            for one in found
        ]
        full = len(rows) >= limit
        cut = f"These are the first {limit:,}; ask for more by limit."
        return ReportResult(_COLUMNS, rows, add_up(rows, ("total", "owed")), [cut] * full)
