"""Starting a contract: items, boundaries, trials, setup fees, and doing it twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from quarterday.core.errors import BillingError
from quarterday.services.catalog.publish_discount import publish_discount
from quarterday.services.catalog.publish_meter import publish_meter
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.subscriptions.grant_discount import grant_discount
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import (
    Event,
    InvoiceLine,
    PendingCharge,
    Subscription,
    SubscriptionDiscount,
    SubscriptionItem,
)
from tests.services.contracts import (
    NOW,
    Shop,
    bill,
    billed,
    due,
    events,
    items_of,
    make_account,
    make_plan,
    make_price,
    make_seller,
    make_shop,
    spans,
    start,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 31)


def test_a_subscription_starts_with_its_items_and_is_due() -> None:
    subscription = start(make_shop(), DAY, quantity=Decimal("2.5"), data={"method": "card"})
    stored = Subscription.objects.get()
    assert (stored.status, stored.trial_end, stored.data) == ("active", None, {"method": "card"})
    (item,) = items_of(subscription)
    assert (item.anchor_on, item.anchor_day, item.billed_through) == (DAY, 31, DAY)
    assert (item.quantity, item.cadence_count, item.cadence_unit) == (Decimal("2.5"), 1, "month")
    assert due(subscription) == DAY
    assert events(subscription.public_id) == ["subscription.started"]


def test_what_starts_later_is_pending_and_due_with_its_lead() -> None:
    shop = make_shop()
    subscription = start(shop, date(2026, 2, 10), today=DAY, settings={"lead_days": 3})
    assert (subscription.status, due(subscription)) == ("pending", date(2026, 2, 7))


def test_an_account_is_due_by_the_earliest_of_its_contracts() -> None:
    shop = make_shop()
    account = make_account(shop.seller)
    for day in (20, 5, 10):
        subscription = start(shop, date(2026, 3, day), account=account)
    assert due(subscription) == date(2026, 3, 5)
    assert set_due(account.id) == date(2026, 3, 5)


def test_a_trial_is_free_and_anchors_what_follows() -> None:
    seller = make_seller()
    plan = make_plan(seller, trial_days=14)
    shop = Shop(seller, plan, make_price(plan, "30"))
    subscription = start(shop, date(2026, 3, 1))
    (item,) = items_of(subscription)
    assert (subscription.status, subscription.trial_end) == ("trialing", date(2026, 3, 15))
    assert (item.billed_through, item.anchor_on) == (date(2026, 3, 15), date(2026, 3, 15))
    bill(date(2026, 3, 14))
    assert billed(subscription) == []
    bill(date(2026, 3, 15))
    assert billed(subscription) == [3000]
    assert start(shop, date(2026, 3, 1), trial_days=0).status == "active"
    assert start(shop, date(2026, 3, 1), today=date(2026, 4, 1)).status == "active"


def test_the_first_bill_of_a_calendar_anchor_is_a_part() -> None:
    seller = make_seller()
    plan = make_plan(seller, anchoring="calendar")
    shop = Shop(seller, plan, make_price(plan, "31"))
    subscription = start(shop, date(2026, 3, 11))
    bill(date(2026, 3, 11), date(2026, 4, 1))
    assert billed(subscription) == [2100, 3100]


def test_a_contract_may_bring_its_own_anchor() -> None:
    shop = make_shop("30")
    by_day = start(shop, date(2026, 4, 1), anchor_day=16)
    by_date = start(shop, date(2026, 4, 1), anchor_on=date(2025, 12, 16))
    bill(date(2026, 4, 16))
    assert billed(by_day) == billed(by_date)
    assert sum(billed(by_day)) == round(3000 * 15 / 31) + 3000


def test_a_contract_taken_over_is_billed_from_where_the_old_system_stopped() -> None:
    shop = make_shop("30", setup_fee="10")
    subscription = start(
        shop, date(2025, 1, 15), today=date(2026, 3, 1), billed_through=date(2026, 3, 15)
    )
    assert subscription.start_on == date(2025, 1, 15)
    assert spans(subscription) == [(date(2026, 3, 15), None, 1)]
    assert not PendingCharge.objects.exists()
    bill(date(2026, 3, 15))
    assert billed(subscription) == [3000]
    with pytest.raises(BillingError, match="lies before the start"):
        start(shop, date(2026, 1, 1), billed_through=date(2025, 12, 31))


def test_a_setup_fee_is_on_the_first_invoice_once() -> None:
    subscription = start(make_shop("30", setup_fee="9.995"), DAY)
    assert PendingCharge.objects.get().amount_minor == 1000
    bill(DAY, date(2026, 3, 31))
    lines = InvoiceLine.objects.filter(subscription_id=subscription.id).order_by("id")
    kinds = [(line.kind, line.net_minor) for line in lines]
    assert sorted(kinds[:2]) == [("recurring", 3000), ("setup", 1000)]
    assert kinds[2:] == [("recurring", 3000), ("recurring", 3000)]


def test_usage_and_commitment_are_items_of_their_own() -> None:
    seller = make_seller()
    plan = make_plan(seller)
    meter = publish_meter(seller=seller, code="gb", name="Traffic", now=NOW)
    base = make_price(plan, "30", commitment="50")
    usage = make_price(plan, "0.1", code="traffic", meter=meter)
    subscription = start(Shop(seller, plan, base), DAY, quantity=Decimal(3))
    made = {(one.price_id, one.role, one.quantity) for one in items_of(subscription)}
    assert made == {
        (base.id, "base", Decimal(3)),
        (base.id, "commitment", Decimal(1)),
        (usage.id, "base", Decimal(1)),
    }


def test_starting_again_changes_nothing_and_a_difference_is_named() -> None:
    shop = make_shop()
    account = make_account(shop.seller)
    first = start(shop, DAY, account=account, external_id="s1")
    bill(DAY)
    assert start(shop, DAY, account=account, external_id="s1") == first
    assert (Subscription.objects.count(), SubscriptionItem.objects.count()) == (1, 1)
    assert events(first.public_id) == ["subscription.started"]
    differences: list[tuple[dict[str, Any], str]] = [
        ({"quantity": Decimal(2)}, "other prices or quantities"),
        ({"start_on": date(2026, 2, 1)}, "with start_on 2026-01-31, not 2026-02-01"),
        ({"data": {"a": 1}}, "with data"),
    ]
    for terms, named in differences:
        with pytest.raises(Conflict, match=named):
            start(shop, terms.pop("start_on", DAY), account=account, external_id="s1", **terms)
    assert start(shop, DAY, account=account, external_id="s2") != first


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ({"quantity": Decimal(0)}, "quantity must be above 0"),
        ({"quantity": Decimal("NaN")}, "quantity must be above 0"),
        ({"trial_days": -1}, "trial_days"),
        ({"anchor_day": 40}, "1 to 31"),
        ({"settings": {"lead_days": "x"}}, "lead_days"),
        ({"external_id": " "}, "external_id is empty"),
    ],
)
def test_bad_input_leaves_nothing(terms: dict[str, Any], named: str) -> None:
    with pytest.raises(BillingError, match=named):
        start(make_shop(), DAY, **terms)
    assert not Subscription.objects.exists()


def test_what_belongs_to_others_is_refused() -> None:
    shop, other = make_shop(), make_shop()
    with pytest.raises(BillingError, match="is of another seller"):
        start(shop, DAY, plan=other.plan)
    with pytest.raises(BillingError, match="is not of plan"):
        start(shop, DAY, prices=[other.price])
    in_euro = make_account(shop.seller, currency="EUR")
    with pytest.raises(BillingError, match="has no price in EUR; publish one"):
        start(shop, DAY, account=in_euro)
    with pytest.raises(BillingError, match=r"is in USD, but account .* is billed in EUR"):
        start(shop, DAY, account=in_euro, prices=[shop.price])
    in_euro.id = 0
    with pytest.raises(NotFound):
        start(shop, DAY, account=in_euro)


def test_nothing_remains_of_what_died_in_the_middle() -> None:
    shop = make_shop("30", setup_fee="5")
    account = make_account(shop.seller)
    before = Event.objects.count()
    terms = {"account": account, "discounts": [_discount(shop, currency="EUR")]}
    with pytest.raises(BillingError, match="is in EUR, but account"):
        start(shop, DAY, **terms)
    for model in (Subscription, SubscriptionItem, PendingCharge, SubscriptionDiscount):
        assert not model._default_manager.exists()
    assert Event.objects.count() == before + 1  # that of the discount
    account.refresh_from_db()
    assert account.due.bill_on is None


def test_one_of_many_rows_may_fail_alone() -> None:
    shop = make_shop()
    catalog = Catalog()
    with transaction.atomic():
        for number in range(3):
            account = make_account(shop.seller, external_id=str(number))
            try:
                start(shop, DAY, account=account, catalog=catalog, quantity=Decimal(number))
            except BillingError as error:
                assert "quantity" in str(error)
    assert Subscription.objects.count() == 2


def test_loading_asks_the_database_little() -> None:
    shop = make_shop()
    catalog = Catalog()
    start(shop, DAY, catalog=catalog)
    with CaptureQueriesContext(
        connection,
    ) as opened:
        account = make_account(shop.seller, external_id="a")
    with CaptureQueriesContext(connection) as started:
        start(shop, DAY, account=account, external_id="s", prices=[shop.price], catalog=catalog)
    # Each brackets itself by a savepoint, which counts as two.
    assert (len(opened), len(started)) <= (7, 13)


def _discount(shop: Shop, **terms: Any) -> Any:
    given = {"kind": "fixed", "value": 5, "code": f"D{len(terms)}"} | terms
    return publish_discount(seller=shop.seller, now=NOW, **given)


def test_a_discount_is_granted_once_and_counts() -> None:
    shop = make_shop("30")
    discount = _discount(shop)
    subscription = start(shop, DAY)
    for _ in range(2):
        grant_discount(subscription_id=subscription.id, discount=discount, start_on=DAY, now=NOW)
    with pytest.raises(Conflict, match="is granted from 2026-01-31 to further notice already"):
        grant_discount(
            subscription_id=subscription.id,
            discount=discount,
            start_on=DAY,
            end_on=date(2026, 3, 1),
            now=NOW,
        )
    bill(DAY)
    assert billed(subscription) == [2500]
    assert events(subscription.public_id) == ["subscription.started", "discount.granted"]


def test_a_discount_outside_its_days_or_of_others_is_refused() -> None:
    shop = make_shop()
    subscription = start(shop, DAY)
    early = _discount(shop, valid_from=date(2026, 2, 1), valid_end=date(2026, 3, 1))
    for day in (DAY, date(2026, 3, 1)):
        with pytest.raises(BillingError, match="can be granted from 2026-02-01 to 2026-03-01"):
            grant_discount(subscription_id=subscription.id, discount=early, start_on=day, now=NOW)
    with pytest.raises(BillingError, match="of another seller"):
        grant_discount(
            subscription_id=subscription.id,
            discount=_discount(make_shop()),
            start_on=DAY,
            now=NOW,
        )
    with pytest.raises(BillingError, match="must come after"):
        grant_discount(
            subscription_id=subscription.id, discount=early, start_on=DAY, end_on=DAY, now=NOW
        )
