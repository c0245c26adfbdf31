"""Discounts count by periods of the contract, whenever and in whatever pieces they are billed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.services.subscriptions.grant_discount import grant_discount
from quarterday.store.models import Discount, Seller, Subscription, SubscriptionDiscount
from tests.services.bills import (
    NOW,
    START,
    bill,
    day,
    make_account,
    make_discount,
    make_meter,
    make_plan,
    make_price,
    make_seller,
    nets_of,
    prove,
    subscribe,
    use,
    worth_of,
)

pytestmark = pytest.mark.django_db


def used(discount: Discount, subscription: Subscription) -> tuple[int, date | None]:
    row = SubscriptionDiscount.objects.get(discount=discount, subscription=subscription)
    return row.used, row.used_through


def contract(seller: Seller, discount: Discount, **terms: Any) -> Subscription:
    """30.00 a month from the first of January, and 10.00 to begin with."""
    plan = make_plan(seller, terms.pop("code", "web"))
    make_price(plan, "30", setup_fee="10", **terms.pop("price", {}))
    return subscribe(plan, discounts=[discount], **terms)


@pytest.mark.parametrize(
    ("kind", "value", "terms", "setup", "months", "count"),
    [
        ("percentage", "50", {"duration": "once"}, 500, [1500, 3000, 3000, 3000], 1),
        ("percentage", "50", {"duration": "periods", "periods": 2}, 500,
         [1500, 1500, 3000, 3000], 2),
        ("percentage", "100", {}, 0, [0, 0, 0, 0], 4),
        ("fixed", "8", {"duration": "once"}, 800, [2400, 3000, 3000, 3000], 1),
        ("fixed", "8", {"duration": "periods", "periods": 3}, 800, [2400, 2200, 2200, 3000], 3),
        ("fixed", "99", {}, 0, [0, 0, 0, 0], 4),
        ("price_override", "12.34", {"duration": "periods", "periods": 2}, 1000,
         [1234, 1234, 3000, 3000], 2),
        ("price_override", "31", {"duration": "once"}, 1000, [3000] * 4, 1),
        ("free_setup", "0", {}, 0, [3000] * 4, 1),
        ("percentage", "50", {"products": ["other"]}, 1000, [3000] * 4, 0),
        ("percentage", "10", {"products": ["web", "other"]}, 900, [2700] * 4, 4),
    ],
)  # fmt: skip
@pytest.mark.parametrize("lead_days", [0, 14])
@pytest.mark.parametrize("caught_up", [False, True])
def test_each_kind_for_as_long_as_it_lasts(
    kind: str,
    value: str,
    terms: dict[str, Any],
    setup: int,
    months: list[int],
    count: int,
    lead_days: int,
    caught_up: bool,
) -> None:
    seller = make_seller(settings={"lead_days": lead_days})
    discount = make_discount(seller, "off", kind, value, **terms)
    one = contract(seller, discount)
    last = day(4, 1) if lead_days == 0 else day(3, 20)
    bill(last if caught_up else START, last)
    assert nets_of(one, "recurring") == months
    assert nets_of(one, "setup") == [setup]
    assert used(discount, one)[0] == count
    prove(again=last)


def test_a_discount_reaches_the_first_period_though_it_is_billed_before_it_begins() -> None:
    seller = make_seller(settings={"lead_days": 14})
    discount = make_discount(seller, "welcome", "percentage", "50", duration="once")
    one = contract(seller, discount, start_on=day(2, 1))
    bill(START, day(1, 20))
    assert nets_of(one, "recurring") == [1500]
    assert used(discount, one) == (1, day(3, 1))
    prove(again=day(1, 20))


def test_what_is_in_arrears_shares_the_use_of_its_period() -> None:
    seller = make_seller()
    discount = make_discount(seller, "half", "percentage", "50", duration="periods", periods=2)
    meter = make_meter(seller)
    plan = make_plan(seller)
    make_price(plan, "30")
    make_price(plan, "1", code="usage", meter=meter)
    one = subscribe(plan, discounts=[discount])
    for month in (1, 2, 3):
        use(one, meter, day(month, 9), "10")
    bill(START, day(4, 1))
    assert nets_of(one, "recurring") == [1500, 1500, 3000, 3000]
    assert nets_of(one, "usage") == [500, 500, 1000]
    assert used(discount, one) == (2, day(3, 1))
    prove(again=day(4, 1))


def test_late_usage_has_the_discount_of_its_period_and_a_correction_gives_it_back() -> None:
    seller = make_seller()
    discount = make_discount(seller, "third", "percentage", "30", duration="once")
    meter = make_meter(seller)
    plan = make_plan(seller)
    make_price(plan, "1", meter=meter)
    one = subscribe(plan, discounts=[discount])
    use(one, meter, day(1, 9), "10", "first")
    bill(START, day(3, 1))
    use(one, meter, day(1, 10), "5")
    bill(day(4, 1))
    use(one, meter, day(1, 9), "0", corrects="first")
    bill(day(5, 1))
    assert nets_of(one, "usage")[0] == 700
    assert nets_of(one, "supplement") == [350]
    assert worth_of(one.account_id) == 350
    assert used(discount, one) == (1, day(2, 1))
    prove(again=day(5, 1))


def test_a_change_within_a_period_keeps_its_discount_and_begins_no_other() -> None:
    seller = make_seller()
    discount = make_discount(seller, "half", "percentage", "50", duration="once")
    one = contract(seller, discount)
    large = make_plan(seller, "large")
    make_price(large, "60")
    bill(START)
    change_plan(subscription_id=one.id, plan=large, today=day(1, 17), now=NOW)
    bill(day(1, 17), day(2, 1))
    assert nets_of(one, "recurring", "unused") == [1500, 1451, -726, 6000]
    assert used(discount, one) == (1, day(2, 1))
    prove(again=day(2, 1))


def test_a_longer_plan_begun_within_the_discounted_period_is_not_discounted() -> None:
    seller = make_seller()
    discount = make_discount(seller, "half", "percentage", "50", duration="once")
    one = contract(seller, discount)
    yearly = make_plan(seller, "yearly", "1 year")
    make_price(yearly, "300")
    bill(START)
    change_plan(subscription_id=one.id, plan=yearly, today=day(1, 17), now=NOW)
    bill(day(1, 17))
    assert nets_of(one, "recurring") == [1500, 30000]
    prove(again=day(1, 17))


def test_a_yearly_addon_is_discounted_with_the_month_it_begins_in() -> None:
    seller = make_seller()
    discount = make_discount(seller, "half", "percentage", "50", duration="once")
    one = contract(seller, discount)
    price = make_price(make_plan(seller, "domain", "1 year"), "12")
    add_addon(subscription_id=one.id, price=price, today=START, now=NOW)
    bill(START, day(2, 1))
    assert sorted(nets_of(one, "recurring")) == [600, 1500, 3000]
    assert used(discount, one) == (1, day(2, 1))
    prove(again=day(2, 1))


def test_two_contracts_on_one_invoice_each_have_their_own_fixed_discount() -> None:
    seller = make_seller()
    discount = make_discount(seller, "five", "fixed", "5", duration="periods", periods=1)
    account = make_account(seller)
    plan = make_plan(seller)
    make_price(plan, "30")
    both = [subscribe(plan, account, discounts=[discount]) for _ in range(2)]
    bill(START)
    assert [nets_of(one, "recurring") for one in both] == [[2500], [2500]]
    prove(again=START)


def test_a_fixed_discount_is_not_taken_again_for_usage_of_the_same_period() -> None:
    seller = make_seller()
    discount = make_discount(seller, "five", "fixed", "5")
    meter = make_meter(seller)
    plan = make_plan(seller)
    make_price(plan, "30")
    make_price(plan, "1", code="usage", meter=meter)
    one = subscribe(plan, discounts=[discount])
    use(one, meter, day(1, 9), "10")
    bill(START, day(2, 1))
    assert nets_of(one, "recurring") == [2500, 2500]
    assert nets_of(one, "usage") == [1000]
    prove(again=day(2, 1))


def test_discounts_stack_in_order_of_priority() -> None:
    seller = make_seller()
    fixed = make_discount(seller, "a-fixed", "fixed", "10", priority=200)
    half = make_discount(seller, "b-half", "percentage", "50", duration="once")
    plan = make_plan(seller)
    make_price(plan, "30")
    one = subscribe(plan, discounts=[fixed, half])
    bill(START, day(2, 1))
    assert nets_of(one, "recurring") == [500, 2000]
    prove(again=day(2, 1))


def test_a_discount_counts_for_the_periods_that_its_days_touch() -> None:
    seller = make_seller()
    discount = make_discount(seller, "half", "percentage", "50")
    plan = make_plan(seller)
    make_price(plan, "30")
    one = subscribe(plan)
    bill(START)
    grant_discount(
        subscription_id=one.id, discount=discount, start_on=day(2, 10), end_on=day(4, 1), now=NOW
    )
    bill(day(2, 10), day(5, 1))
    assert nets_of(one, "recurring") == [3000, 1500, 1500, 3000, 3000]
    prove(again=day(5, 1))
