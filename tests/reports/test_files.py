"""What reports are written as: exact amounts, real dates, and no cell that is ever run."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from lxml import etree

from quarterday.core.errors import BillingError
from quarterday.ports.report import Chart, find_report, list_reports
from quarterday.services.reports.run_report import run_report
from quarterday.services.reports.show_cells import show_cell, to_data
from quarterday.services.reports.to_file import file_name, to_csv, to_xlsx
from quarterday.store.models import LedgerAccount
from tests.reports.test_agreement import TODAY, ask
from tests.store.business import FIRST

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def read_sheet(content: bytes) -> tuple[list[list[str]], str]:
    """The cells of the first sheet as text, and its XML."""
    with ZipFile(BytesIO(content)) as book:
        shared = etree.fromstring(book.read("xl/sharedStrings.xml"))
        texts = ["".join(one.itertext()) for one in shared.findall("m:si", _NS)]
        xml = book.read("xl/worksheets/sheet1.xml").decode()
    sheet = etree.fromstring(xml.encode())
    rows = []
    for row in sheet.iterfind(".//m:row", _NS):
        cells = []
        for cell in row.findall("m:c", _NS):
            value = cell.findtext("m:v", "", _NS)
            cells.append(texts[int(value)] if cell.get("t") == "s" else value)
        rows.append(cells)
    return rows, xml


def test_every_report_can_be_written_in_every_form(books: None) -> None:
    assert len(list_reports()) >= 15
    for name, report in list_reports().items():
        result = run_report(name, {}, today=TODAY)
        assert report.question.endswith("?")
        assert report.group
        names = [column.name for column in result.columns]
        assert len(set(names)) == len(names)
        for cells in [*(row.cells for row in result.rows), *result.totals]:
            assert set(cells) <= set(names), name
            for column in result.columns:
                show_cell(column, cells)
        assert to_csv(result).startswith(",".join(names))
        assert to_xlsx(report, result)[:2] == b"PK"
        assert to_data(report, result)["parameters"].keys() == {
            one.name for one in report.parameters
        }
        if isinstance(result.chart, Chart):
            assert {result.chart.over, *result.chart.columns} <= set(names), name


def test_a_name_that_looks_like_a_formula_stays_a_name(books: None) -> None:
    report = find_report("general_ledger")
    result = ask("general_ledger", from_=FIRST, until=TODAY)
    rows = list(csv.DictReader(StringIO(to_csv(result))))
    assert next(row["name"] for row in rows if "cmd" in row["name"]) == '\'=cmd|"x"!A1'
    cells, xml = read_sheet(to_xlsx(report, result))
    assert any('=cmd|"x"!A1' in row for row in cells), "the text itself, as text"
    assert "<f>" not in xml
    assert "hyperlink" not in xml.lower()


def test_amounts_and_dates_of_a_sheet_are_numbers(books: None) -> None:
    report = find_report("general_ledger")
    result = ask("general_ledger", from_=FIRST, until=TODAY, currency="EUR")
    (head, first, *_), _ = read_sheet(to_xlsx(report, result))
    assert head[0] == "Date"
    assert date(1899, 12, 30).toordinal() + int(first[0]) == FIRST.toordinal()
    place = [column.name for column in result.columns].index("amount")
    assert Decimal(first[place]) == Decimal("50.40")
    assert file_name(report, result, "xlsx") == f"general_ledger_{FIRST}_{TODAY}.xlsx"


def test_yen_have_no_decimals_and_rates_are_parts_of_one(books: None) -> None:
    result = ask("revenue", from_=FIRST, until=TODAY, currency="JPY", by="year")
    data = to_data(find_report("revenue"), result)
    assert data["rows"][0]["invoiced"] == "14900"
    tax = ask("tax", from_=FIRST, until=TODAY, currency="EUR")
    assert {row["rate"] for row in to_data(find_report("tax"), tax)["rows"]} == {
        "0.19",
        "0.07",
        "0",
    }


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("revenu", {}, "there is no report 'revenu'"),
        ("revenue", {"as_of": "2026-01-01"}, "has no parameter 'as_of'; it has from, until"),
        ("revenue", {"from": "2026-13-01"}, "no date such as"),
        ("revenue", {"from": "2026-03-01", "until": "2026-02-01"}, "ends on 2026-02-01, before"),
        ("revenue", {"from": "1999-01-01", "by": "day"}, "more than 400 days"),
        ("revenue", {"currency": "EURO"}, "not an ISO 4217"),
        ("open_invoices", {"band": "x"}, "choose from not_due"),
        ("open_invoices", {"limit": "-1"}, "no whole number"),
        ("churn", {"from": "2019-01-01"}, "24 months at most"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    books: None, name: str, given: dict[str, str], said: str
) -> None:
    with pytest.raises(BillingError, match=said):
        run_report(name, given, today=TODAY)


def test_ledger_accounts_below_a_colon_are_all_meant(books: None) -> None:
    codes = set(LedgerAccount.objects.values_list("code", flat=True))
    result = ask("general_ledger", from_=FIRST, until=TODAY, ledger_account_="income:")
    found = {row.cells["ledger_account"] for row in result.rows}
    assert found == {code for code in codes if code.startswith("income:")}
    assert not ask("general_ledger", ledger_account_="inc_me:", from_=FIRST).rows
