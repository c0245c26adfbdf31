"""Tax on what the run bills: by day, place, status and setting; currencies without cents too."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from quarterday.services.accounts.change_account import change_account
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.services.subscriptions.change_quantity import change_quantity
from quarterday.store.models import Account, CreditNote, CreditNoteTax, Invoice, InvoiceTax, Seller
from tests.services.bills import (
    NOW,
    START,
    bill,
    bills_of,
    day,
    make_account,
    make_plan,
    make_price,
    make_seller,
    make_tax,
    prove,
    subscribe,
    totals_of,
)

pytestmark = pytest.mark.django_db
VALID = {"tax_id": "FR00", "tax_id_evidence": {"valid": True}}


def taxes_of(account: Account) -> list[tuple[str, str, int, int]]:
    """Code, category, base and tax of each row of an account's invoices."""
    rows = InvoiceTax.objects.filter(invoice__account=account).order_by("invoice_id", "id")
    return list(rows.values_list("code", "category", "base_minor", "tax_minor"))


def one_bill(seller: Seller, amounts: list[str], **account: Any) -> Account:
    """The account of one invoice with a line for each amount."""
    owner = make_account(seller, **account)
    for number, amount in enumerate(amounts):
        plan = make_plan(seller, f"p{number}")
        make_price(plan, amount)
        subscribe(plan, owner)
    bill(START)
    prove(again=START)
    return owner


def test_two_levels() -> None:
    seller = make_seller(country="CA", currency="CAD")
    make_tax(seller, "5", "gst")
    make_tax(seller, "9.975", "qst", region="QC", level=2)
    account = one_bill(seller, ["49.99"], region="QC")
    assert taxes_of(account) == [("gst", "S", 4999, 250), ("qst", "S", 4999, 499)]


def test_a_compound_level_is_on_top_of_the_lower_one() -> None:
    seller = make_seller(country="CA", currency="CAD")
    make_tax(seller, "5", "gst")
    make_tax(seller, "10", "pst", level=2, compound=True)
    account = one_bill(seller, ["100"])
    assert taxes_of(account) == [("gst", "S", 10000, 500), ("pst", "S", 10500, 1050)]


def test_inclusive_prices_keep_their_total() -> None:
    seller = make_seller()
    make_tax(seller, "19")
    plan = make_plan(seller)
    make_price(plan, "9.99", tax_inclusive=True)
    one = subscribe(plan)
    bill(START)
    assert totals_of(one.account_id) == [999]
    assert taxes_of(one.account) == [("vat", "S", 839, 160)]
    prove(again=START)


@pytest.mark.parametrize(("per_line", "tax"), [(False, 57), (True, 60)])
def test_tax_is_rounded_once_or_on_each_line(per_line: bool, tax: int) -> None:
    seller = make_seller(settings={"tax_per_line": per_line})
    make_tax(seller, "19")
    account = one_bill(seller, ["0.50"] * 6)
    assert [row[3] for row in taxes_of(account)] == [tax]


def test_a_rate_holds_for_the_day_on_which_a_period_begins() -> None:
    seller = make_seller(settings={"lead_days": 14})
    make_tax(seller, "19", valid_end=day(3, 1))
    make_tax(seller, "21", valid_from=day(3, 1))
    plan = make_plan(seller)
    make_price(plan, "100")
    one = subscribe(plan)
    bill(START, day(2, 20))
    assert [row[3] for row in taxes_of(one.account)] == [1900, 1900, 2100]
    prove(again=day(2, 20))


def test_unused_time_gives_the_old_rate_back() -> None:
    seller = make_seller()
    make_tax(seller, "19", valid_end=day(1, 16))
    make_tax(seller, "10", valid_from=day(1, 16))
    plan = make_plan(seller)
    make_price(plan, "31")
    one = subscribe(plan)
    bill(START)
    change_quantity(subscription_id=one.id, quantity=Decimal(2), today=day(1, 17), now=NOW)
    bill(day(1, 17))
    rows = {(base, tax) for _, _, base, tax in taxes_of(one.account)}
    assert rows == {(3100, 589), (3000, 300), (-1500, -285)}
    prove(again=day(1, 17))


@pytest.mark.parametrize(
    ("details", "category", "tax"),
    [
        ({"country": "DE"}, "S", 1900),
        ({"country": "FR"}, "S", 1900),
        ({"country": "FR"} | VALID, "AE", 0),
        ({"country": "DE"} | VALID, "S", 1900),
        ({"country": "US"}, "G", 0),
        ({"tax_exempt_reason": "VATEX-EU-132"}, "E", 0),
    ],
)
def test_who_bears_tax(details: dict[str, Any], category: str, tax: int) -> None:
    seller = make_seller()
    make_tax(seller, "19")
    account = one_bill(seller, ["100"], **details)
    ((_, said, base, amount),) = taxes_of(account)
    assert (said, base, amount) == (category, 10000, tax)
    row = InvoiceTax.objects.get()
    assert bool(row.reason) == (category != "S")


def test_a_customer_who_moves_gets_back_the_tax_that_was_paid() -> None:
    seller = make_seller()
    make_tax(seller, "19")
    small, large = make_plan(seller, "small"), make_plan(seller, "large")
    make_price(large, "310")
    make_price(small, "3.10")
    one = subscribe(large)
    bill(START)
    change_account(account_id=one.account_id, country="FR", now=NOW, **VALID)
    change_plan(subscription_id=one.id, plan=small, today=day(1, 2), now=NOW)
    bill(day(1, 2))
    note = CreditNote.objects.get()
    assert (note.net_minor, note.tax_minor) == (30000, 5700)
    assert [row[1:] for row in taxes_of(one.account)] == [("S", 31000, 5890), ("AE", 300, 0)]
    prove(again=day(1, 2))


def test_what_was_not_taxed_is_given_back_without_tax() -> None:
    seller = make_seller()
    make_tax(seller, "19")
    plan = make_plan(seller)
    make_price(plan, "31")
    one = subscribe(plan, make_account(seller, country="FR", **VALID))
    bill(START)
    change_account(account_id=one.account_id, country="DE", now=NOW, tax_id="", tax_id_evidence={})
    change_quantity(subscription_id=one.id, quantity=Decimal(2), today=day(1, 17), now=NOW)
    bill(day(1, 17))
    rows = {row[1:] for row in taxes_of(one.account)}
    assert rows == {("AE", 3100, 0), ("S", 3000, 570), ("AE", -1500, 0)}
    assert not CreditNoteTax.objects.exists()
    prove(again=day(1, 17))


@pytest.mark.parametrize(
    ("unit", "amount", "total"), [("JPY", "999.5", 1100), ("KWD", "9.9995", 11000)]
)
def test_currencies_with_other_decimals(unit: str, amount: str, total: int) -> None:
    seller = make_seller(country="JP", currency=unit)
    make_tax(seller, "10")
    account = one_bill(seller, [amount])
    assert totals_of(account) == [total]
    assert Invoice.objects.get().currency == unit


def test_prices_with_and_without_tax_share_an_invoice() -> None:
    seller = make_seller()
    make_tax(seller, "19")
    plans = [make_plan(seller, code) for code in ("a", "b")]
    account = make_account(seller)
    for plan, inclusive in zip(plans, (False, True), strict=True):
        make_price(plan, "11.90", tax_inclusive=inclusive)
        subscribe(plan, account)
    bill(START)
    assert totals_of(account) == [1190 + 226 + 1190]
    assert taxes_of(account) == [("vat", "S", 2190, 416)]
    (found,) = bills_of(account)
    assert [line[3] for line in found.lines] == [1190, 1190]
    prove(again=START)
