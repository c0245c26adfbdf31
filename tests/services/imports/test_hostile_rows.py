"""Rows that are slips or attacks: each is refused alone, with its cell and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.catalog.publish_discount import publish_discount
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.payments.record_payment import record_payment
from quarterday.store.models import Account, Payment, Product, Seller
from tests.services.imports.loading import NOW, counts, load_native, load_rows, said

pytestmark = pytest.mark.django_db

ACCOUNT = {"type": "account", "external_id": "A", "name": "Example"}
PAYMENT = {
    "type": "payment",
    "account": "1",
    "external_id": "P",
    "amount": "5",
    "received_on": "2026-03-01",
    "method": "bank",
}
GOOD = "1,Example,DE,10.00,2026-01-01,,private,"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder to load from, and in the database account 1 with its contract."""
    assert counts(load_rows(tmp_path, GOOD)) == (1, 0, 0, 0)
    return tmp_path


@pytest.mark.parametrize(
    ("record", "field", "value", "reason"),
    [
        (ACCOUNT, "external_id", "\ud800", "the text holds the character U+D800"),
        (ACCOUNT, "name", "\x1b]0;you\x07", "the text holds the character U+001B"),
        (ACCOUNT, "address", {"city": "\x00"}, "the text holds the character U+0000"),
        (ACCOUNT, "data", {"\ud800": 1}, "the text holds the character U+D800"),
        (ACCOUNT, "settings", {"terms_days": "9" * 5000}, "the number has 5000 digits"),
        (PAYMENT, "amount", "92233720368547758.07", "the amount has 19 digits in minor units"),
        (PAYMENT, "amount", "9" * 30, "the amount has 32 digits in minor units"),
        (PAYMENT, "amount", "-5", "amount_minor must be at least 1, not -500"),
        (PAYMENT, "received_on", "0001-01-01", "0001-01-01 is no day that can be billed"),
        (PAYMENT, "received_on", "2026-12-31", "received_on, 2026-12-31, is later than today"),
    ],
)
def test_a_bad_value_refuses_its_row_alone(
    shop: Path, record: Mapping[str, Any], field: str, value: Any, reason: str
) -> None:
    other = {**ACCOUNT, "external_id": "B"}
    report = load_native(shop, {**record, field: value}, other)
    assert counts(report) == (1, 0, 0, 1)
    (problem,) = report.problems
    assert (problem.row, problem.column) == (1, field)
    assert problem.reason.startswith(reason)
    assert problem.remedy
    assert problem.value


@pytest.mark.parametrize(
    ("record", "field", "value"),
    [
        ({"type": "plan", "product": "space", "code": "x", "name": "X"}, "anchor_day", "-1"),
        ({"type": "plan", "product": "space", "code": "x", "name": "X"}, "cadence", "9999 years"),
        ({"type": "discount", "code": "D", "kind": "free_setup"}, "periods", "-1"),
        (
            {"type": "tax_rate", "code": "t", "name": "T", "percent": "1", "country": "DE"},
            "level",
            "3",
        ),
        (
            {"type": "tax_rate", "code": "t", "name": "T", "country": "DE"},
            "percent",
            "99999999999",
        ),
    ],
)
def test_what_the_database_would_refuse_is_said_in_words(
    shop: Path, record: Mapping[str, Any], field: str, value: str
) -> None:
    (problem,) = load_native(shop, {**record, field: value}).problems
    assert (problem.column, problem.value) == (field, value)
    assert "constraint" not in problem.reason


def test_a_broken_table_loads_what_came_before_and_says_so(tmp_path: Path) -> None:
    report = load_rows(tmp_path, GOOD, '2,"Example,DE,10.00,2026-01-01,,private,', GOOD)
    assert counts(report) == (1, 0, 0, 1)
    assert "row 3: the file breaks off here, and nothing after it was read" in said(report)[0]
    report = load_rows(tmp_path, GOOD, '2,"Example', strict=True)
    assert not report.is_kept


def test_a_price_times_a_quantity_beyond_all_bounds_stops_only_its_account(shop: Path) -> None:
    report = load_rows(
        shop,
        "2,Example,DE,9000000000000000.00,2026-01-01,,private,",
        "3,Example,DE,10.00,2026-01-01,,private,",
    )
    assert counts(report) == (2, 0, 0, 0)
    summary = run_billing(first=NOW.date(), last=NOW.date(), now=NOW)
    assert summary.invoices == 2
    (skipped,) = summary.skipped
    assert "at most 1000000000000000 can be billed; correct its price or quantity" in skipped.reason


def test_days_of_other_centuries_bill_as_any_other(shop: Path) -> None:
    report = load_rows(
        shop,
        "2,Example,DE,10.00,2096-02-29,2100-03-31,private,",
        "3,Example,DE,10.00,9999-12-31,,private,",
    )
    assert counts(report) == (1, 0, 0, 1)
    assert "9999-12-31 is no day that can be billed" in said(report)[0]


def test_services_refuse_what_loading_refuses() -> None:
    seller = Seller(code="web", currency="EUR")
    product = Product(code="space", seller=seller)
    with pytest.raises(BillingError, match="anchor_day must be from 1 to 31, not 0"):
        publish_plan(product=product, code="x", name="X", anchor_day=0, now=NOW)
    with pytest.raises(BillingError, match="periods must be at least 1, not 0"):
        publish_discount(seller=seller, code="x", kind="free_setup", periods=0, now=NOW)
    with pytest.raises(BillingError, match="level must be 1, or 2"):
        publish_tax_rate(
            seller=seller, code="x", name="X", percent=1, country="DE", level=0, now=NOW
        )


@pytest.mark.usefixtures("shop")
def test_an_amount_of_more_than_64_bits_is_refused_before_it_is_written() -> None:
    account = Account.objects.get()
    with pytest.raises(BillingError, match="amount_minor has 20 digits in minor units"):
        record_payment(
            account=account, amount_minor=2**64, method="bank", today=NOW.date(), now=NOW
        )
    assert not Payment.objects.exists()


def test_the_longest_ids_are_kept_by_both_databases(shop: Path) -> None:
    report = load_native(
        shop,
        {**ACCOUNT, "external_id": "é" * 128, "name": "é" * 200},
        {**PAYMENT, "external_id": "P" * 128, "method": "m" * 32, "reference": "r" * 200},
        {
            "type": "credit",
            "account": "1",
            "external_id": "C" * 128,
            "kind": "deposit",
            "method": "m" * 32,
            "amount": "5",
            "granted_on": "2026-03-01",
            "reason": "r" * 500,
        },
    )
    assert said(report) == []
