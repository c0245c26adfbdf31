"""The catalogue: the same again is the same row, and what was agreed is never edited."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.catalog.end_tax_rate import end_tax_rate
from quarterday.services.catalog.publish_discount import publish_discount
from quarterday.services.catalog.publish_meter import publish_meter
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
from quarterday.services.catalog.retire_price import retire_price
from quarterday.services.errors import Conflict
from quarterday.store.models import Discount, Event, Meter, Plan, Price, Product, Seller, TaxRate
from tests.services.contracts import (
    NOW,
    due,
    events,
    items_of,
    make_plan,
    make_price,
    make_seller,
    make_shop,
    start,
)

pytestmark = pytest.mark.django_db
JULY = date(2026, 7, 1)


def test_publishing_again_returns_the_same_rows_without_events() -> None:
    seller = make_seller()
    for _ in range(2):
        plan = make_plan(seller, trial_days=7)
        make_price(plan, "9.95", setup_fee="5.00", minimum="1")
        publish_meter(seller=seller, code="gb", name="Traffic", now=NOW)
        publish_discount(seller=seller, code="TEN", kind="percentage", value=10, now=NOW)
        _publish_vat(seller)
    models = (Product, Plan, Price, Meter, Discount, TaxRate)
    assert [model.objects.count() for model in models] == [1] * 6
    assert Event.objects.count() == 1 + 6  # that of the seller too


def test_a_price_is_never_edited_and_the_difference_is_named() -> None:
    plan = make_plan(make_seller())
    price = make_price(plan, "9.95")
    assert make_price(plan, "9.950") == price
    with pytest.raises(Conflict, match=r"price web/plan/v1 in USD is .* with model .*9\.95.*10"):
        make_price(plan, "10")
    with pytest.raises(Conflict, match=r"with setup_fee 0, not 2; prices are never edited"):
        make_price(plan, "9.95", setup_fee="2.00")
    assert make_price(plan, "10", code="v2") != price
    assert make_price(plan, "10", currency="EUR") != price


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ({"model": {"model": "magic"}}, "magic"),
        ({"currency": "ABC"}, "ABC"),
        ({"setup_fee": "-1"}, "setup_fee"),
        ({"minimum": "-1"}, "minimum"),
        ({"commitment": "-1"}, "commitment"),
        ({"timing": "later"}, "timing must be one of advance, arrears"),
        ({"convention": "moon"}, "convention"),
        ({"policy": "half"}, "policy"),
        ({"free_units": 1.5}, "float"),
    ],
)
def test_a_price_that_could_not_be_billed_is_refused(terms: dict[str, Any], named: str) -> None:
    plan = make_plan(make_seller())
    with pytest.raises(BillingError, match=named):
        make_price(plan, "1", **terms)
    assert not Price.objects.exists()


def test_usage_is_billed_in_arrears() -> None:
    seller = make_seller()
    meter = publish_meter(seller=seller, code="gb", name="Traffic", now=NOW)
    plan = make_plan(seller)
    assert make_price(plan, "0.10", meter=meter).timing == "arrears"
    with pytest.raises(BillingError, match="billed in arrears; leave timing out"):
        make_price(plan, "0.10", code="v2", meter=meter, timing="advance")


def test_a_meter_does_not_change_how_it_counts() -> None:
    seller = make_seller()
    publish_meter(seller=seller, code="gb", name="Traffic", now=NOW)
    assert publish_meter(seller=seller, code="gb", name="Renamed", now=NOW).name == "Renamed"
    with pytest.raises(Conflict, match="meter gb is published with aggregation 'sum', not"):
        publish_meter(seller=seller, code="gb", name="Renamed", aggregation="max", now=NOW)


@pytest.mark.parametrize(
    ("details", "named"),
    [
        ({"cadence": "now and then"}, "is no cadence"),
        ({"anchoring": "day_of_month"}, "needs that day"),
        ({"anchoring": "day_of_month", "anchor_day": 32}, "1 to 31"),
        ({"trial_days": -1}, "trial_days"),
    ],
)
def test_a_plan_that_could_not_be_billed_is_refused(details: dict[str, Any], named: str) -> None:
    with pytest.raises(BillingError, match=named):
        make_plan(make_seller(), **details)


def test_settings_of_product_and_plan_reach_those_who_have_it() -> None:
    shop = make_shop()
    subscription = start(shop, date(2026, 3, 20))
    product = shop.plan.product
    publish_product(seller=shop.seller, code="web", name="Web", settings={"lead_days": 5}, now=NOW)
    assert due(subscription) == date(2026, 3, 15)
    publish_plan(product=product, code="plan", name="web plan", settings={"lead_days": 7}, now=NOW)
    assert due(subscription) == date(2026, 3, 13)
    assert events(product.public_id) == ["product.published", "product.changed"]


def test_a_new_cadence_of_a_plan_leaves_running_contracts_alone() -> None:
    shop = make_shop()
    old = start(shop, date(2026, 3, 1))
    changed = make_plan(shop.seller, cadence="1 year")
    new = start(shop._replace(plan=changed), date(2026, 3, 1))
    assert [items_of(one)[0].cadence_unit for one in (old, new)] == ["month", "year"]


def test_a_retired_price_is_given_to_nobody_new() -> None:
    shop = make_shop()
    kept = start(shop, date(2026, 6, 1))
    for _ in range(2):
        retire_price(price=shop.price, on=JULY, now=NOW)
    assert start(shop, date(2026, 6, 30)).status == "active"
    with pytest.raises(BillingError, match="has no price in USD"):
        start(shop, JULY)
    with pytest.raises(BillingError, match="was retired on 2026-07-01"):
        start(shop, JULY, prices=[shop.price])
    with pytest.raises(Conflict, match="is retired on 2026-07-01 already"):
        retire_price(price=shop.price, on=date(2026, 8, 1), now=NOW)
    assert items_of(kept)[0].end_on is None
    assert events(shop.price.public_id) == ["price.published", "price.retired"]


def _publish_vat(seller: Seller, percent: str = "20", **details: Any) -> TaxRate:
    given = {"code": "vat", "name": "VAT", "country": "GB"} | details
    return publish_tax_rate(seller=seller, percent=percent, now=NOW, **given)


def test_a_new_percentage_follows_where_the_old_rate_ended() -> None:
    seller = make_seller(country="GB")
    old = _publish_vat(seller)
    with pytest.raises(Conflict, match="with percent 20, not 21; end it with end_tax_rate"):
        _publish_vat(seller, "21")
    with pytest.raises(Conflict, match="of 20 % holds from 1970-01-01 to further notice"):
        _publish_vat(seller, "21", valid_from=JULY)
    assert TaxRate.objects.count() == 1
    for _ in range(2):
        end_tax_rate(rate=old, on=JULY, now=NOW)
    new = _publish_vat(seller, "21", valid_from=JULY)
    assert (new.percent, TaxRate.objects.get(id=old.id).valid_end) == (Decimal(21), JULY)
    with pytest.raises(Conflict, match="ends on 2026-07-01 already"):
        end_tax_rate(rate=old, on=date(2026, 8, 1), now=NOW)
    with pytest.raises(BillingError, match="holds from 2026-07-01"):
        end_tax_rate(rate=new, on=JULY, now=NOW)


@pytest.mark.parametrize(
    ("details", "named"),
    [
        ({"percent": "-1"}, "must be 0 or more"),
        ({"category": "Q"}, "no EN 16931 category"),
        ({"country": "England"}, "country"),
    ],
)
def test_a_tax_rate_that_cannot_be_is_refused(details: dict[str, Any], named: str) -> None:
    with pytest.raises(BillingError, match=named):
        _publish_vat(make_seller(), **details)


@pytest.mark.parametrize(
    ("details", "named"),
    [
        ({"kind": "percentage", "value": 101}, "not between 0 and 100"),
        ({"kind": "gift"}, "kind must be one of"),
        ({"kind": "fixed", "value": 1, "duration": "periods", "periods": 0}, "how many periods"),
        ({"kind": "fixed", "value": 1, "currency": "ABC"}, "ABC"),
        ({"kind": "fixed", "valid_from": JULY, "valid_end": JULY}, "before it begins"),
    ],
)
def test_a_discount_that_cannot_be_is_refused(details: dict[str, Any], named: str) -> None:
    with pytest.raises(BillingError, match=named):
        publish_discount(seller=make_seller(), code="X", now=NOW, **details)
    assert not Discount.objects.exists()


def test_a_discount_is_not_edited() -> None:
    seller = make_seller()
    publish_discount(seller=seller, code="X", kind="fixed", value=5, products=["b", "a"], now=NOW)
    publish_discount(seller=seller, code="X", kind="fixed", value=5, products=["a", "b"], now=NOW)
    assert Discount.objects.get().products == ["a", "b"]
    with pytest.raises(Conflict, match="discount X is published with value 5, not 6"):
        publish_discount(
            seller=seller, code="X", kind="fixed", value=6, products=["a", "b"], now=NOW
        )


def test_what_changes_of_a_discount_is_recorded_once() -> None:
    given: dict[str, Any] = {"seller": make_seller(), "code": "X", "kind": "fixed", "now": NOW}
    publish_discount(value=5, name="Spring", **given)
    for _ in range(2):
        publish_discount(value=5, name="Spring", promotion="all", max_uses=9, actor="u", **given)
    publish_discount(value=5, name="Spring", promotion="all", **given)
    told = Event.objects.filter(kind__startswith="discount.").order_by("id")
    assert [(one.kind, one.actor) for one in told] == [
        ("discount.published", "system"),
        ("discount.changed", "u"),
        ("discount.changed", "system"),
    ]
    first, second = (json.loads(one.data) for one in told[1:])
    assert first == {
        "code": "X",
        "changed": {
            "promotion": {"from": "nobody", "to": "all"},
            "max_uses": {"from": None, "to": 9},
        },
    }
    assert second["changed"] == {"max_uses": {"from": 9, "to": None}}
