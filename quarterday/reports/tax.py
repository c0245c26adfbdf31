"""Tax: what a return asks for, by country, rate and category."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from quarterday.ports.report import (
    CURRENCY,
    SINCE,
    UNTIL,
    Asked,
    Cell,
    Column,
    ColumnKind,
    Parameter,
    ReportResult,
    ReportRow,
)
from quarterday.services.reports.tables import add_up, ledger_link
from quarterday.store.queries.reports.documents import read_issued
from quarterday.store.queries.reports.taxes import read_taxes

_MONEY = ColumnKind.MONEY
_COLUMNS = (
    Column("country", "Country"),
    Column("name", "Tax"),
    Column("rate", "Rate", ColumnKind.RATE),
    Column("category", "Category"),
    Column("currency", "Currency"),
    Column("base", "Net", _MONEY),
    Column("tax", "Tax amount", _MONEY),
    Column("documents", "Documents", ColumnKind.COUNT),
    Column("base_invoiced", "Net, invoiced", _MONEY),
    Column("base_credited", "Net, credited", _MONEY),
    Column("tax_invoiced", "Tax, invoiced", _MONEY),
    Column("tax_credited", "Tax, credited", _MONEY),
    Column("of", "Of"),
    Column("code", "Code"),
    Column("reason", "Reason"),
)
_SUMMED = "base_invoiced base_credited tax_invoiced tax_credited".split()
_NOTES = (
    "By the day of the document. Credit notes are taken off on their own day.",
    "The country is whose rate it is; without a rate it is the customer's on the document.",
    "Where two taxes are on the same sale, each names the net amount that it is on, so the rows "
    "sum to more net than was invoiced; the total counts it once.",
    "Advances tax credit when it is paid in, and give that tax back as the credit is used.",
)


class Tax:
    """Invoices less credit notes, by country, rate and category."""

    name: ClassVar[str] = "tax"
    title: ClassVar[str] = "Tax"
    question: ClassVar[str] = "How much tax do we owe, to whom and at which rate?"
    group: ClassVar[str] = "Revenue"
    rank: ClassVar[int] = 2
    parameters: ClassVar[tuple[Parameter, ...]] = (
        SINCE._replace(default=lambda today: today.replace(day=1).isoformat()),
        UNTIL,
        CURRENCY,
    )

    def run(self, asked: Asked) -> ReportResult:
        """One row for each country, code, rate, category and currency."""
        sums: dict[tuple[str, ...], Counter[str]] = {}
        for one in read_taxes(asked.period, asked.sellers):
            if not asked.wants(one.currency):
                continue
            of = "advances" if one.document.startswith("advance") else "sales"
            key = (of, one.country, one.code, one.name, one.percent, one.category,
                   one.reason_code, one.currency)  # fmt: skip
            side = "credited" if "credit" in one.document else "invoiced"
            here = sums.setdefault(key, Counter())
            here["documents"] += one.number
            here["base_" + side] += one.base_minor
            here["tax_" + side] += one.tax_minor
        order = sorted(sums, key=lambda key: (key[0] == "advances", key[7], *key[1:7]))
        rows = [_row(asked, key, sums[key]) for key in order]
        return ReportResult(_COLUMNS, rows, _totals(asked, rows), _NOTES)


def _row(asked: Asked, key: tuple[str, ...], sums: Counter[str]) -> ReportRow:
    of, country, code, name, percent, category, reason, currency = key
    figures = {figure: sums[figure] for figure in ("documents", *_SUMMED)}
    cells: dict[str, Cell] = {
        "country": country,
        "code": code,
        "name": name,
        "rate": Decimal(percent).scaleb(-2),
        "category": category,
        "reason": reason,
        "of": of,
        "currency": currency,
        **figures,
        "base": sums["base_invoiced"] + sums["base_credited"],
        "tax": sums["tax_invoiced"] + sums["tax_credited"],
    }
    asked_for = {"from": asked.text("from"), "until": asked.text("until"), "currency": currency}
    link = {"tax": ledger_link(f"liabilities:tax:{code}", asked_for)} if cells["tax"] else {}
    return ReportRow(cells, link)


def _totals(asked: Asked, rows: list[ReportRow]) -> list[Mapping[str, Cell]]:
    """Tax sums over the rows; net comes from the documents, where each amount stands once."""
    nets: Counter[tuple[str, str]] = Counter()
    for advances in (False, True):
        for one in read_issued(asked.period, asked.sellers, advances=advances):
            side = "credited" if one.kind.endswith(("note", "credit")) else "invoiced"
            nets[one.currency, side] += one.net_minor
    totals: list[Mapping[str, Cell]] = []
    for total in add_up(rows, ("tax_invoiced", "tax_credited", "tax")):
        code = str(total["currency"])
        invoiced, credited = nets[code, "invoiced"], nets[code, "credited"]
        totals.append(
            {
                **total,
                "base_invoiced": invoiced,
                "base_credited": credited,
                "base": invoiced + credited,
            }
        )
    return totals
