"""Loading a table by a mapping: what it makes, what it changes, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.imports.load_file import load_file
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.services.subscriptions.undo_cancel import undo_cancel
from quarterday.store.models import (
    Account,
    Event,
    Invoice,
    Plan,
    Price,
    Seller,
    Subscription,
    SubscriptionItem,
)
from quarterday.store.queries.check import check_books
from tests.services.imports.loading import (
    HEADER,
    MAPPING,
    NOW,
    counts,
    everything,
    load_rows,
    said,
)

A1 = "A1,Example Bakery,,10.50,2026-01-31,,shop,first"
A2 = "A2,Example Cinema,AT,20.00,2026-02-15,2026-05-15,,"


@pytest.fixture(autouse=True)
def proven(db: None) -> Iterator[None]:
    """After each test the books are right, and every account is due when it should be."""
    yield
    assert not list(check_books())


def test_a_table_becomes_customers_with_contracts(tmp_path: Path) -> None:
    report = load_rows(tmp_path, A1, A2)
    assert counts(report) == (2, 0, 0, 0)
    assert report.to_data()["records"]["account"]["created"] == 2
    bakery, cinema = Account.objects.order_by("external_id")
    assert (bakery.name, bakery.country, bakery.data) == (
        "Example Bakery",
        "DE",
        {"kind": "shop"},
    )
    assert (cinema.country, cinema.currency, cinema.data) == ("AT", "EUR", {})
    contract = bakery.subscriptions.get()
    assert (contract.status, contract.data) == ("active", {"Note": "first"})
    ending = cinema.subscriptions.get()
    assert (ending.status, ending.end_on) == ("cancelling", date(2026, 5, 15))
    done = run_billing(first=date(2026, 3, 2), last=date(2026, 6, 30), now=NOW)
    assert not done.skipped
    months = Invoice.objects.filter(account=cinema).values_list("net_minor", flat=True)
    assert sum(months) == 6000


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    load_rows(tmp_path, A1, A2)
    before = everything()
    again = load_rows(tmp_path, A1, A2)
    assert counts(again) == (0, 0, 2, 0)
    assert everything() == before
    run_billing(first=date(2026, 3, 2), last=date(2026, 5, 30), now=NOW)
    assert counts(load_rows(tmp_path, A1, A2)) == (0, 0, 2, 0)


def test_changed_details_update_the_account_and_nothing_else(tmp_path: Path) -> None:
    load_rows(tmp_path, A1, A2)
    again = load_rows(tmp_path, A1.replace("Bakery", "Bread").replace("first", "second"), A2)
    assert counts(again) == (0, 1, 1, 0)
    assert again.to_data()["records"]["account"] == {"created": 0, "updated": 1, "unchanged": 1}
    assert Account.objects.get(external_id="A1").name == "Example Bread"
    assert Subscription.objects.get(external_id="A1").data == {"Note": "second"}
    kinds = Event.objects.filter(account_id=Account.objects.get(external_id="A1").id)
    assert sorted(kinds.values_list("kind", flat=True)) == [
        "account.changed",
        "account.opened",
        "subscription.changed",
        "subscription.started",
    ]


def test_an_empty_cell_leaves_what_is_there(tmp_path: Path) -> None:
    load_rows(tmp_path, A1, A2)
    assert counts(load_rows(tmp_path, A1, A2.replace("2026-05-15", ""))) == (0, 0, 2, 0)
    assert Subscription.objects.get(external_id="A2").end_on == date(2026, 5, 15)


def test_one_price_for_each_amount_of_a_plan(tmp_path: Path) -> None:
    load_rows(tmp_path, A1, A2, A1.replace("A1", "A3").replace("10.50", "10.5"))
    prices = Price.objects.order_by("code")
    assert [(price.code, price.model["amount"]) for price in prices] == [
        ("10.5", "10.5"),
        ("20", "20"),
    ]


def test_a_new_end_cancels_and_can_be_undone(tmp_path: Path) -> None:
    load_rows(tmp_path, A1)
    again = load_rows(tmp_path, A1.replace("2026-01-31,,", "2026-01-31,2026-04-30,"))
    assert counts(again) == (0, 1, 0, 0)
    contract = Subscription.objects.get()
    assert (contract.status, contract.end_on) == ("cancelling", date(2026, 4, 30))
    undo_cancel(subscription_id=contract.id, today=date(2026, 3, 3), now=NOW)
    contract.refresh_from_db()
    assert (contract.status, contract.end_on) == ("active", None)


def test_the_end_that_a_contract_was_loaded_with_can_be_undone(tmp_path: Path) -> None:
    load_rows(tmp_path, A2)
    contract = Subscription.objects.get()
    undo_cancel(subscription_id=contract.id, today=date(2026, 3, 3), now=NOW)
    assert SubscriptionItem.objects.get().end_on is None


@pytest.mark.parametrize(
    ("until", "status"),
    [("2026-03-02", "cancelled"), ("2026-02-15", "cancelled"), ("2026-03-03", "cancelling")],
)
def test_an_end_that_is_past_or_on_the_first_day(tmp_path: Path, until: str, status: str) -> None:
    load_rows(tmp_path, A2.replace("2026-05-15", until))
    assert Subscription.objects.get().status == status
    run_billing(first=date(2026, 3, 2), last=date(2026, 4, 2), now=NOW)
    lines = Invoice.objects.count()
    assert lines == (0 if until == "2026-02-15" else 1)


def test_what_was_changed_here_since_is_no_conflict(tmp_path: Path) -> None:
    load_rows(tmp_path, A1, A2)
    contract = Subscription.objects.get(external_id="A1")
    other = Price.objects.get(code="20")
    today = date(2026, 3, 2)
    change_plan(
        subscription_id=contract.id, plan=Plan.objects.get(), prices=[other], today=today, now=NOW
    )
    assert counts(load_rows(tmp_path, A1, A2)) == (0, 0, 2, 0)
    # The file may have caught up, too.
    assert counts(load_rows(tmp_path, A1.replace("10.50", "20"), A2)) == (0, 0, 2, 0)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            A1.replace("10.50", "11"),
            "customers.csv, row 3, Monthly '11': subscription A1 of plan space/monthly runs at "
            "1 × 10.5; change it from a day on: quarterday subscriptions change-plan A1",
        ),
        (
            A1.replace("2026-01-31", "2026-01-30"),
            "customers.csv, row 3, Since '2026-01-30': subscription A1 started on 2026-01-31, "
            "not 2026-01-30; a start never changes; cancel it, and load it under another "
            "external_id",
        ),
        (
            A2.replace("2026-05-15", "2026-06-15"),
            "customers.csv, row 3, Until '2026-06-15': subscription A2 ends on 2026-05-15; "
            "take that back first: quarterday subscriptions undo-cancel A2",
        ),
        (
            'B1,Example Dental,,"9,90",2026-01-01,,,',
            "customers.csv, row 3, Monthly '9,90': '9,90' is not a plain number; write digits "
            "and a point such as 1234.56, or name its form in the mapping, "
            'format = "number:1,234.56" or "number:1.234,56"',
        ),
        (
            "B1,Example Dental,,1_000,2026-01-01,,,",
            "customers.csv, row 3, Monthly '1_000': '1_000' is not a plain number; write digits "
            "and a point such as 1234.56, or name its form in the mapping, "
            'format = "number:1,234.56" or "number:1.234,56"',
        ),
        (
            "B1,Example Dental,,-5,2026-01-01,,,",
            "customers.csv, row 3, Monthly '-5': an amount is not below zero; agree on a "
            "discount instead",
        ),
        (
            "B1,Example Dental,,5,01.02.2026,,,",
            "customers.csv, row 3, Since '01.02.2026': '01.02.2026' is not a date such as "
            "2026-03-31; write it as year-month-day, or name its form in the mapping, "
            'format = "date:%d.%m.%Y"',
        ),
        (
            "B1,Example Dental,,5,2026-02-01,2026-01-01,,",
            "customers.csv, row 3, Until '2026-01-01': end_on 2026-01-01 lies before the start "
            "2026-02-01; give a later day",
        ),
        (
            "B1,Example Dental,Germany,5,2026-02-01,,,",
            "customers.csv, row 3, Country 'Germany': 'Germany' is not a country; write its "
            "ISO 3166 code of two capitals, such as DE",
        ),
        (
            "B1,,,5,2026-02-01,,,",
            "customers.csv, row 3, Name '': an account needs name; fill it in",
        ),
        (
            "B1,Example Dental,,5",
            "customers.csv, row 3: the row has 4 cells, but there are 8 columns; put cells that "
            "hold the delimiter into quotes",
        ),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_a_bad_row_refuses_itself_alone(
    tmp_path: Path, row: str, problem: str, strict: bool
) -> None:
    load_rows(tmp_path, A1, A2)
    before = everything()
    new = A1.replace("A1", "A4"), A1.replace("A1", "A5")
    report = load_rows(tmp_path, new[0], row, new[1], strict=strict)
    assert said(report) == [problem]
    assert report.is_kept is not strict
    names = set(Account.objects.values_list("external_id", flat=True))
    if strict:
        assert everything() == before
    else:
        assert counts(report) == (2, 0, 0, 1)
        assert names == {"A1", "A2", "A4", "A5"}


def test_a_refused_contract_leaves_no_account_behind(tmp_path: Path) -> None:
    report = load_rows(tmp_path, "B1,Example Dental,,5,2026-02-01,2026-01-01,,")
    assert counts(report) == (0, 0, 0, 1)
    assert not Account.objects.exists()
    assert not Price.objects.exists()


def test_a_dry_run_says_the_same_and_changes_nothing(tmp_path: Path) -> None:
    load_rows(tmp_path, A1)
    before = everything()
    rows = A1.replace("Bakery", "Bread"), A2, "B1,,,5,2026-02-01,,,"
    planned = load_rows(tmp_path, *rows, dry_run=True)
    assert not planned.is_kept
    assert everything() == before
    done = load_rows(tmp_path, *rows)
    assert done.is_kept
    assert {**planned.to_data(), "kept": True} == done.to_data()
    assert counts(done) == (1, 1, 0, 1)


def test_batches_are_loaded_whole_and_told_of(tmp_path: Path) -> None:
    rows = [f"C{number},Example {number},,5,2026-02-01,,," for number in range(1203)]
    rows[700] = "bad"
    told: list[int] = []
    report = load_rows(tmp_path, *rows, progress=told.append)
    assert counts(report) == (1202, 0, 0, 1)
    assert told == [500, 500, 203]
    assert Account.objects.count() == 1202
    assert report.problems[0].row == 702


def test_a_load_that_dies_is_finished_by_the_next(tmp_path: Path) -> None:
    rows = [f"C{number},Example {number},,5,2026-02-01,,," for number in range(600)]

    def die(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_rows(tmp_path, *rows, progress=die)
    assert Account.objects.count() == 500
    assert counts(load_rows(tmp_path, *rows)) == (100, 0, 500, 0)


def test_two_rows_with_one_id_are_one_customer(tmp_path: Path) -> None:
    assert counts(load_rows(tmp_path, A1, A1)) == (1, 0, 1, 0)
    report = load_rows(tmp_path, A2, A2.replace("20.00", "25.00"))
    assert counts(report) == (1, 0, 0, 1)
    assert Account.objects.count() == 2


def test_a_mapping_with_a_known_seller_needs_only_its_code(tmp_path: Path) -> None:
    load_rows(tmp_path, A1)
    brief = {"seller": {"code": "web"}, **{k: MAPPING[k] for k in ("account", "subscription")}}
    assert counts(load_rows(tmp_path, A1, A2, mapping=brief)) == (1, 0, 1, 0)
    other = {**brief, "seller": {"code": "none"}}
    assert said(load_rows(tmp_path, A1, mapping=other)) == [
        "customers.csv, row 2, seller 'none': there is no seller none; load it first"
    ]


def test_a_catalogue_that_cannot_be_set_up_stops_before_the_first_row(tmp_path: Path) -> None:
    load_rows(tmp_path, A1)
    before = everything()
    mapping = {**MAPPING, "seller": {**MAPPING["seller"], "currency": "CHF"}}
    with pytest.raises(BillingError, match="the mapping's seller web: seller web bills in EUR"):
        load_rows(tmp_path, A2, mapping=mapping)
    mapping = {**MAPPING, "plans": [{"product": "spade", "code": "x", "name": "X"}]}
    with pytest.raises(BillingError, match="plan x: seller web has no product spade"):
        load_rows(tmp_path, A2, mapping=mapping)
    assert everything() == before


def test_new_details_of_the_seller_are_taken_over(tmp_path: Path) -> None:
    load_rows(tmp_path, A1)
    seller = {**MAPPING["seller"], "settings": {"lead_days": 7}}
    report = load_rows(tmp_path, A1, mapping={**MAPPING, "seller": seller})
    assert report.to_data()["records"]["seller"]["updated"] == 1
    assert Seller.objects.get().settings == {"lead_days": 7}


def test_a_file_of_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    row = A1.replace("Bakery", "Bäckerei")
    path.write_bytes(f"{HEADER}\n{row}\n".encode("latin-1"))
    report = load_file(path, now=NOW, mapping=MAPPING)
    assert said(report) == [
        "customers.csv, row 2: has bytes that are not of the encoding of the file; say which it "
        'has in the [source] of the mapping, such as encoding = "latin-1"'
    ]
    source = {"encoding": "latin-1"}
    assert counts(load_file(path, now=NOW, mapping={**MAPPING, "source": source})) == (1, 0, 0, 0)
    assert Account.objects.get().name == "Example Bäckerei"
