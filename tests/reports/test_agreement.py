"""Figures of different reports that must agree do, over every range, on books with all facts."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from quarterday.ports.report import Cell, Link, ReportResult
from quarterday.services.reports.run_report import run_report
from quarterday.store.models import CreditGrant, CreditNote, Invoice, Seller
from tests.store.business import FIRST, LAST

TODAY = LAST + timedelta(days=60)
RANGES = (
    (FIRST, TODAY),
    (date(2025, 1, 9), date(2025, 2, 14)),
    (date(2025, 3, 1), date(2025, 4, 1)),
)


def ask(name: str, sellers: list[int] | None = None, **given: object) -> ReportResult:
    values = {key.strip("_"): str(value) for key, value in given.items()}
    return run_report(name, values, today=TODAY, sellers=sellers)


def follow(link: Link, sellers: list[int] | None) -> ReportResult:
    """What a figure opens."""
    return run_report(link.report, link.values, today=TODAY, sellers=sellers)


def sums(result: ReportResult, name: str, **where: object) -> Counter[str]:
    """A column of a report by currency, without zeros."""
    found: Counter[str] = Counter()
    for row in result.rows:
        if all(row.cells[key] == value for key, value in where.items()):
            found[str(row.cells["currency"])] += as_int(row.cells[name])
    return without_zeros(found)


def as_int(cell: Cell) -> int:
    assert isinstance(cell, int)
    return cell


def without_zeros(found: Counter[str]) -> Counter[str]:
    return Counter({key: value for key, value in found.items() if value})


def book(result: ReportResult, prefix: str, name: str, sign: int = 1) -> Counter[str]:
    """A column of the trial balance for the ledger accounts below a prefix."""
    found: Counter[str] = Counter()
    for row in result.rows:
        code = str(row.cells["ledger_account"])
        if code.startswith(prefix) and code != "income:expired-credit":
            names = ("debit", "credit") if name == "moved" else (name,)
            for column in names:
                found[str(row.cells["currency"])] += sign * as_int(row.cells[column])
    return without_zeros(found)


@pytest.fixture(params=["all", "hosting"])
def sellers(request: pytest.FixtureRequest, books: None) -> list[int] | None:
    """Everybody, and one of three sellers."""
    if request.param == "all":
        return None
    return list(Seller.objects.filter(code=request.param).values_list("id", flat=True))


@pytest.mark.parametrize(("first", "last"), RANGES)
def test_revenue_tax_documents_and_book_agree(
    sellers: list[int] | None, first: date, last: date
) -> None:
    asked = {"from_": first, "until": last}
    revenue = ask("revenue", sellers, **asked)
    trial = ask("trial_balance", sellers, **asked)
    tax = ask("tax", sellers, **asked)
    invoiced = sums(revenue, "invoiced")
    assert invoiced, "there is something to compare"
    assert invoiced == book(trial, "income:", "moved", -1)
    assert sums(revenue, "tax") == book(trial, "liabilities:tax:", "moved", -1)
    assert sums(revenue, "tax") == sums(tax, "tax")
    totals = {str(one["currency"]): one for one in tax.totals}
    for code, minor in invoiced.items():
        assert totals[code]["base"] == minor
        whole = as_int(totals[code]["base"]) + as_int(totals[code]["tax"])
        assert whole == sums(revenue, "total")[code]
    documents: Counter[str] = Counter()
    for model, sign in ((Invoice, 1), (CreditNote, -1)):
        rows = model._default_manager.filter(issued_on__gte=first, issued_on__lte=last)
        if sellers is not None:
            rows = rows.filter(seller__in=sellers)
        for code, minor in rows.values_list("currency", "total_minor"):
            documents[code] += sign * minor
    assert sums(revenue, "total") == without_zeros(documents)


@pytest.mark.parametrize("step", ["day", "week", "month", "year"])
def test_what_is_recognised_and_deferred_is_what_was_invoiced(books: None, step: str) -> None:
    rows = ask("revenue", from_=FIRST, until=TODAY, by=step).rows
    deferred: dict[Cell, int] = {}
    recognised: Counter[Cell] = Counter()
    for row in rows:
        cells = row.cells
        assert cells["deferred_before"] == deferred.get(cells["currency"], 0)
        moved = as_int(cells["invoiced"]) - as_int(cells["recognised"])
        assert as_int(cells["deferred"]) == as_int(cells["deferred_before"]) + moved
        deferred[cells["currency"]] = as_int(cells["deferred"])
        recognised[cells["currency"]] += as_int(cells["recognised"])
    # The same range in other parts earns the same, and so does a range that begins in the middle.
    whole = ask("revenue", from_=FIRST, until=TODAY, by="year")
    assert recognised == sums(whole, "recognised")
    middle = date(2025, 2, 14)
    parts = (
        ask("revenue", from_=FIRST, until=middle, by=step),
        ask("revenue", from_=middle + timedelta(days=1), until=TODAY, by=step),
    )
    assert recognised == sums(parts[0], "recognised") + sums(parts[1], "recognised")
    assert all(minor == 0 for minor in deferred.values()), "all periods are over"


def test_receivables_of_any_day_are_those_of_the_book(sellers: list[int] | None) -> None:
    bands = ("not_due", "to_30", "to_60", "to_90", "over_90", "ahead")
    for days in (0, 13, 44, 45, 90, 91, 101):
        day = FIRST + timedelta(days=days)
        owed = sums(ask("receivables", sellers, as_of=day), "owed")
        trial = ask("trial_balance", sellers, from_=FIRST, until=day)
        assert owed == book(trial, "assets:receivable", "closing"), day
    listed = (ask("open_invoices", sellers, as_of=day, band=band) for band in bands)
    assert owed == sum((sums(one, "owed") for one in listed), Counter())


@pytest.mark.parametrize(("first", "last"), RANGES)
def test_collections_lead_from_what_was_owed_to_what_is(
    sellers: list[int] | None, first: date, last: date
) -> None:
    rows = ask("collections", sellers, from_=first, until=last).rows
    closing = {str(row.cells["currency"]): as_int(row.cells["closing"]) for row in rows}
    owed = sums(ask("receivables", sellers, as_of=last), "owed")
    assert without_zeros(Counter(closing)) == owed


@pytest.mark.parametrize(("first", "last"), RANGES)
def test_credit_and_payments_are_those_of_the_book(
    sellers: list[int] | None, first: date, last: date
) -> None:
    asked = {"from_": first, "until": last}
    trial = ask("trial_balance", sellers, **asked)
    credit = ask("credit_liability", sellers, **asked)
    for name in ("opening", "closing"):
        assert sums(credit, name) == book(trial, "liabilities:credit", name, -1)
    payments = ask("payments", sellers, **asked)
    assert sums(payments, "net") == book(trial, "assets:clearing:", "moved")
    for row in payments.rows:
        ledger = follow(row.links["net"], sellers)
        assert sums(ledger, "amount")[str(row.cells["currency"])] == row.cells["net"]


def test_credit_that_is_held_is_what_is_open(books: None) -> None:
    held: Counter[str] = Counter()
    for code, minor in CreditGrant.objects.values_list("currency", "open_minor"):
        held[code] += minor
    result = ask("credit_liability", from_=FIRST, until=TODAY)
    assert sums(result, "closing") == without_zeros(held)


def test_the_book_balances_and_its_accounts_add_up(sellers: list[int] | None) -> None:
    result = ask("trial_balance", sellers, from_=date(2025, 2, 1), until=date(2025, 3, 15))
    for total in result.totals:
        assert total["opening"] == total["closing"] == 0
        assert as_int(total["debit"]) == -as_int(total["credit"]) > 0
    for row in result.rows:
        cells = row.cells
        moved = as_int(cells["debit"]) + as_int(cells["credit"])
        assert as_int(cells["opening"]) + moved == cells["closing"]
        ledger = follow(row.links["closing"], sellers)
        balances = [one["balance"] for one in ledger.totals if one["balance"] is not None]
        assert balances == [cells["opening"], cells["closing"]]
        if ledger.rows:
            assert ledger.rows[-1].cells["balance"] == cells["closing"]


def test_discounts_are_what_lines_say(books: None) -> None:
    taken: Counter[str] = Counter()
    for code, minor in Invoice.objects.values_list("currency", "lines__discount_minor"):
        taken[code] += minor or 0
    result = ask("discounts", from_=FIRST, until=TODAY)
    assert sums(result, "taken") == without_zeros(taken)
    assert {row.cells["discount"] for row in result.rows} == {"spring"}
