"""The native format: the example of the documentation, and what loading it again changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from quarterday.core.loading.schema import RECORD_TYPES
from quarterday.services.imports.load_file import load_file
from quarterday.services.imports.load_rows import LOADERS
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.store.models import (
    Account,
    Contact,
    CreditGrant,
    Discount,
    Event,
    Invoice,
    InvoiceLine,
    Payment,
    PendingCharge,
    Price,
    Seller,
    Subscription,
    SubscriptionItem,
    UsageEvent,
)
from quarterday.store.queries.check import check_books
from tests.house.source import ROOT
from tests.services.imports.loading import NOW, counts, load_native, said

PAGE = (ROOT / "docs" / "native-format.md").read_text()
BLOCK = re.search(r"```jsonl\n(.*?)```", PAGE, re.DOTALL)
assert BLOCK
EXAMPLE = [json.loads(line) for line in BLOCK[1].splitlines()]
SELLER = EXAMPLE[0]


def one(type_: str, number: int = 0, /, **changes: Any) -> dict[str, Any]:
    """A record of the example, with changes."""
    return {**[record for record in EXAMPLE if record["type"] == type_][number], **changes}


@pytest.fixture(autouse=True)
def proven(db: None) -> Iterator[None]:
    yield
    assert not list(check_books())


def test_the_example_of_the_documentation_loads(tmp_path: Path) -> None:
    report = load_native(tmp_path, *EXAMPLE)
    assert said(report) == []
    assert counts(report) == (len(EXAMPLE), 0, 0, 0)
    assert {record["type"] for record in EXAMPLE} == set(RECORD_TYPES) == set(LOADERS)
    assert Contact.objects.get().kinds == ["invoice"]
    assert UsageEvent.objects.get().value == Decimal("123.5")
    assert PendingCharge.objects.filter(kind="one_off").get().amount_minor == 4900
    assert Payment.objects.get().amount_minor == 2000
    assert CreditGrant.objects.get(kind="goodwill").granted_on == date(2026, 2, 20)
    bakery, cinema = Subscription.objects.order_by("external_id")
    assert [item.role for item in bakery.items.order_by("id")] == ["base", "base", "addon"]
    assert (cinema.status, cinema.end_on) == ("cancelling", date(2026, 12, 31))
    assert cinema.items.get().billed_through == date(2026, 3, 1)
    done = run_billing(first=date(2026, 3, 2), last=date(2026, 3, 31), now=NOW)
    assert not done.skipped
    lines = InvoiceLine.objects.filter(account_id=bakery.account_id)
    assert set(lines.values_list("kind", flat=True)) == {"setup", "recurring", "usage"}
    # 23.5 GB above the 100 that are free, and reverse charge for the customer in France.
    assert lines.filter(kind="usage").order_by("period_start")[0].net_minor == 235 * 80 // 100
    assert {one.tax_minor for one in Invoice.objects.filter(account=cinema.account)} == {0}


def test_loading_it_again_changes_nothing(tmp_path: Path) -> None:
    load_native(tmp_path, *EXAMPLE)
    run_billing(first=date(2026, 3, 2), last=date(2026, 3, 31), now=NOW)
    events = Event.objects.count()
    # Who may use a code, and how often, is no business of a file that does not say so.
    Discount.objects.update(promotion="all", max_uses=9)
    again = load_native(tmp_path, *EXAMPLE)
    assert said(again) == []
    assert counts(again) == (0, 0, len(EXAMPLE), 0)
    assert Event.objects.count() == events
    assert set(Discount.objects.values_list("promotion", "max_uses")) == {("all", 9)}


@pytest.mark.parametrize(
    "record",
    [
        one("seller", name="Example Web GmbH"),
        one("tax_rate", name="USt"),
        one("product", name="Space"),
        one("plan", trial_days=7),
        one("meter", name="Traffic"),
        one("discount", name="Welcome"),
        one("account", name="Example Bread"),
        one("contact", kinds=["reminder"]),
        one("subscription", data={"contract": "two years"}),
        one("subscription", end_on="2027-01-31"),
    ],
    ids=lambda record: str(record["type"]),
)
def test_what_may_change_is_updated_once(tmp_path: Path, record: dict[str, Any]) -> None:
    load_native(tmp_path, *EXAMPLE)
    assert (
        counts(load_native(tmp_path, SELLER if record["type"] != "seller" else record, record))[1]
        == 1
    )
    assert counts(load_native(tmp_path, record))[2] == 1


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (one("seller", currency="CHF"), "currency 'CHF': seller web bills in EUR"),
        (one("tax_rate", percent="20"), "percent '20': tax rate vat19 from 1970-01-01 is published with percent 19, not 20"),
        (one("price", setup_fee="20"), "setup_fee '20': price space/monthly/v1 in EUR is published with setup_fee 15, not 20"),
        (one("meter", aggregation="max"), "aggregation 'max': meter traffic is published with aggregation 'sum'"),
        (one("discount", value="30"), "value '30'"),
        (one("account", currency="CHF"), "currency 'CHF': account C-1 is billed in EUR"),
        (one("account", settings={"lead": 1}), "settings \"{'lead': 1}\": 'lead' is no setting"),
        (one("contact", email="nobody"), "email 'nobody': email must be an address"),
        (one("subscription", plan="backup/monthly"), "plan 'backup/monthly': subscription C-1-web of plan space/monthly runs at"),
        (one("subscription", plan="space"), "plan 'space': seller web has no plan space; name it as product/plan"),
        (one("subscription", prices=["v9"], external_id="new"), "prices 'v9': plan monthly has no price v9 in EUR; use one of: 9.9, traffic, v1"),
        (one("subscription", quantity="2"), "quantity '2': subscription C-1-web"),
        (one("subscription", amount="5", quantity="2"), "quantity '2': an amount is for the whole period"),
        (one("subscription", timing="arrears"), "timing 'arrears': a price says that itself"),
        (one("subscription", trial_days=5), "trial_days '5': the trial of subscription C-1-web ends on no day"),
        (one("subscription", external_id="new", discounts=["NONE"]), "discounts 'NONE': seller web has no discount NONE"),
        (one("subscription", account="C-9"), "account 'C-9': seller web has no account C-9; load the account first"),
        (one("addon", subscription="none"), "subscription 'none': account C-1 has no subscription none"),
        (one("addon", quantity="0", start_on="2026-03-01"), "quantity '0': quantity must be above 0"),
        (one("usage", value="5"), "event_id '2026-02-01/C-1': this cannot be used; it was recorded with other content"),
        (one("usage", event_id="new", account="C-2"), "account 'C-2': this cannot be used; nothing in it measures traffic"),
        (one("payment", amount="30"), "payment bank-4711 was recorded with amount 20.00 EUR, not 30.00 EUR"),
        (one("payment", external_id="new", amount="1.001"), "amount '1.001': EUR has 2 decimals, this amount has more; round it"),
        (one("payment", external_id="new", received_on="2026-03-03"), "received_on '2026-03-03': received_on, 2026-03-03, is later than today"),
        (one("credit", external_id="new", granted_on="2026-03-03"), "granted_on '2026-03-03': that is later than today, 2026-03-02; load it then"),
        (one("credit", external_id="new", kind="gift"), "kind 'gift': kind must be one of"),
        (one("charge", product="none", external_id="new"), "product 'none': seller web has no product none"),
        ({"type": "invoice"}, "type 'invoice': 'invoice' is no type of record; use one of account,"),
        ({"type": "product", "code": "x", "name": "X", "colour": "red"}, "colour 'red': a product has no colour; leave it out"),
        (one("product", seller="other"), "seller 'other': there is no seller other; load it first"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_alone(
    tmp_path: Path, record: dict[str, Any], problem: str
) -> None:
    load_native(tmp_path, *EXAMPLE)
    good = one("account", external_id="C-3")
    report = load_native(tmp_path, SELLER, record, good)
    (text,) = said(report)
    assert text.startswith("business.jsonl, row 2, ") or "recorded with" in text, text
    assert problem in text
    assert "; " in text
    assert counts(report) == (1, 0, 1, 1)
    assert Account.objects.filter(external_id="C-3").exists()


def test_the_seller_is_the_one_last_loaded_or_the_only_one(tmp_path: Path) -> None:
    product = {"type": "product", "code": "x", "name": "X"}
    load_native(tmp_path, SELLER, {**SELLER, "code": "second"}, product)
    assert Seller.objects.get(code="second").products.count() == 1
    assert said(load_native(tmp_path, product)) == [
        "business.jsonl, row 1, seller '': it is not clear whose this is; name the code of its seller"
    ]
    assert counts(load_native(tmp_path, {**product, "seller": "web"})) == (1, 0, 0, 0)


def test_the_only_seller_need_not_be_named(tmp_path: Path) -> None:
    load_native(tmp_path, SELLER)
    assert counts(load_native(tmp_path, {"type": "product", "code": "x", "name": "X"}))[0] == 1


def test_many_measurements_go_in_at_once_and_bad_ones_alone(tmp_path: Path) -> None:
    load_native(tmp_path, *EXAMPLE)
    good = [one("usage", event_id=f"e{number}") for number in range(20)]
    bad = one("usage", event_id="bad", at="2025-01-01T00:00:00Z")
    report = load_native(tmp_path, *good[:10], bad, *good[10:], one("usage"))
    assert counts(report) == (20, 0, 1, 1)
    assert [(problem.row, problem.column) for problem in report.problems] == [(11, "at")]
    assert UsageEvent.objects.count() == 21


def test_new_customers_are_the_same_whichever_way_they_come(tmp_path: Path) -> None:
    """Many at a time, and record by record since one in their batch is bad."""
    kinds = ("account", "contact", "subscription")
    last = ("addon", "usage", "charge", "payment", "credit")
    head = [record for record in EXAMPLE if record["type"] not in (*kinds, *last)]
    people = [record for record in EXAMPLE if record["type"] in ("account", "subscription")]
    quick = [{**SELLER, "code": "quick"}, *head[1:], *people]
    careful = [{**SELLER, "code": "careful"}, *head[1:], *people, one("contact", email="nobody")]
    assert said(load_native(tmp_path, *quick)) == []
    assert len(said(load_native(tmp_path, *careful))) == 1
    found = []
    for code in ("quick", "careful"):
        accounts = Account.objects.filter(seller__code=code).order_by("external_id")
        items = SubscriptionItem.objects.filter(subscription__account__in=accounts)
        found.append(
            [
                list(accounts.values_list("external_id", "snapshot", "due__bill_on", "settings")),
                list(
                    items.order_by("subscription__external_id", "id").values_list(
                        "subscription__external_id",
                        "subscription__status",
                        "subscription__trial_end",
                        "price__code",
                        "quantity",
                        "start_on",
                        "end_on",
                        "end_cause",
                        "billed_through",
                        "anchor_on",
                    )
                ),
                list(
                    PendingCharge.objects.filter(account__in=accounts).values_list(
                        "description", "amount_minor", "bill_on"
                    )
                ),
                list(
                    Event.objects.filter(account_id__in=accounts.values("id"))
                    .order_by("kind", "data")
                    .values_list("kind", "data", "actor")
                ),
                list(
                    Subscription.objects.filter(account__in=accounts)
                    .order_by("external_id")
                    .values_list("external_id", "discounts__discount__code")
                ),
            ]
        )
    assert found[0] == found[1]
    assert found[0][1]


def test_the_documentation_lists_every_field() -> None:
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \|", PAGE, re.MULTILINE)
    tables = {name: fields for name, fields in rows if name in RECORD_TYPES}
    assert tables.keys() == RECORD_TYPES.keys()
    for name, text in tables.items():
        words = [word.replace("**", "") for word in text.split(", ")]
        told = {word.rstrip("*"): word.endswith("*") for word in words}
        fields = {field: how.is_needed for field, how in RECORD_TYPES[name].items()}
        fields.pop("seller", None)
        assert told == fields, name


def test_the_page_on_loading_works_as_it_stands(tmp_path: Path) -> None:
    import tomllib

    page = (ROOT / "docs" / "loading.md").read_text()
    table, mapping = (
        found[1]
        for kind in ("csv", "toml")
        if (found := re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL))
    )
    path = tmp_path / "customers.csv"
    path.write_text(table)
    report = load_file(path, now=NOW, mapping=tomllib.loads(mapping, parse_float=str))
    assert said(report) == []
    assert counts(report) == (2, 0, 0, 0)
    assert sorted(Price.objects.values_list("code", flat=True)) == ["1249.9", "49"]
    assert Account.objects.get(external_id="1001").data == {"contract": "two years"}
    assert Contact.objects.count() == 2
