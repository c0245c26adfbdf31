"""Changes of quantity, plan and add-ons: the old state to the day, the new one from it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import IllegalMove
from quarterday.services.catalog.publish_meter import publish_meter
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.services.subscriptions.change_quantity import change_quantity
from quarterday.services.subscriptions.pause_subscription import pause_subscription
from quarterday.services.subscriptions.remove_addon import remove_addon
from quarterday.store.models import Invoice, InvoiceLine, PendingCharge, Subscription
from tests.services.contracts import (
    NOW,
    Shop,
    bill,
    billed,
    credits_of,
    due,
    events,
    items_of,
    make_plan,
    make_price,
    make_seller,
    make_shop,
    spans,
    start,
)

pytestmark = pytest.mark.django_db
APRIL_27, MAY_3, MAY_10, MAY_27 = (
    date(2019, 4, 27),
    date(2019, 5, 3),
    date(2019, 5, 10),
    date(2019, 5, 27),
)


def test_a_new_quantity_credits_the_old_days_and_bills_the_new_ones() -> None:
    subscription = start(make_shop(), APRIL_27)
    bill(APRIL_27)
    new = _quantity(subscription, 2, MAY_3)
    assert spans(subscription) == [(APRIL_27, MAY_3, 1), (MAY_3, None, 2)]
    assert credits_of(subscription) == [-2396]
    assert (new.billed_through, new.anchor_on, due(subscription)) == (MAY_3, APRIL_27, MAY_3)
    bill(MAY_3)
    assert billed(subscription) == [2995, 4792]
    assert Invoice.objects.latest("id").total_minor == 4792 - 2396
    bill(MAY_27)
    assert billed(subscription) == [2995, 4792, 5990]


def test_a_credit_explains_itself() -> None:
    subscription = start(make_shop(), APRIL_27)
    bill(APRIL_27)
    _quantity(subscription, 2, MAY_3)
    charge = PendingCharge.objects.get(kind="unused")
    assert charge.explanation == {
        "rule": "3, 4, 5",
        "line": "INV-000001 line 1",
        "charged_minor": 2995,
        "credited_before_minor": 0,
        "days": 24,
        "of_days": 30,
        "convention": "actual_days",
        "factor": "4/5",
        "amount_minor": -2396,
    }
    assert (charge.period_start, charge.period_end) == (MAY_3, MAY_27)
    assert (charge.tax_on, charge.bill_on) == (APRIL_27, MAY_3)
    assert charge.source_line_id == InvoiceLine.objects.get().id


def test_two_changes_in_one_period_are_both_credited() -> None:
    subscription = start(make_shop("30"), APRIL_27)
    bill(APRIL_27)
    _quantity(subscription, 2, MAY_3)
    bill(MAY_3)
    _quantity(subscription, 3, MAY_10)
    assert credits_of(subscription) == [-2400, -3400]
    bill(MAY_10)
    assert billed(subscription) == [3000, 4800, 5100]
    # 6 days of one, 7 of two and 17 of three, at 1.00 a day.
    assert sum(billed(subscription)) + sum(credits_of(subscription)) == 600 + 1400 + 5100


def test_two_changes_on_one_day_leave_the_last() -> None:
    subscription = start(make_shop("30"), APRIL_27)
    bill(APRIL_27)
    _quantity(subscription, 2, MAY_3)
    bill(MAY_3)
    _quantity(subscription, 5, MAY_3)
    assert spans(subscription) == [(APRIL_27, MAY_3, 1), (MAY_3, MAY_3, 2), (MAY_3, None, 5)]
    assert credits_of(subscription) == [-2400, -4800]
    bill(MAY_3)
    assert sum(billed(subscription)) + sum(credits_of(subscription)) == 600 + 12000


def test_a_change_that_was_not_billed_yet_needs_no_credit() -> None:
    subscription = start(make_shop("30"), APRIL_27)
    _quantity(subscription, 2, MAY_3, today=APRIL_27)
    _quantity(subscription, 3, MAY_3, today=APRIL_27)
    assert credits_of(subscription) == []
    bill(APRIL_27, MAY_3)
    assert billed(subscription) == [600, 7200]


def test_a_change_in_the_past_credits_each_period_billed_since() -> None:
    subscription = start(make_shop("30"), date(2026, 1, 1))
    bill(date(2026, 1, 1), date(2026, 3, 1))
    _quantity(subscription, 2, date(2026, 1, 16), today=date(2026, 3, 2))
    assert credits_of(subscription) == [-1548, -3000, -3000]
    bill(date(2026, 3, 2))
    assert billed(subscription)[3:] == [3097, 6000, 6000]


def test_asking_twice_changes_nothing_more() -> None:
    subscription = start(make_shop(), APRIL_27)
    bill(APRIL_27)
    (first,) = items_of(subscription)
    new = _quantity(subscription, 2, MAY_3)
    assert _quantity(subscription, 2, MAY_3) == new
    assert _quantity(subscription, 2, MAY_3, item_id=first.id) == new
    assert len(items_of(subscription)) == 2
    assert events(subscription.public_id)[1:] == ["subscription.quantity_changed"]
    with pytest.raises(Conflict, match="ends on 2019-05-03 already"):
        _quantity(subscription, 3, MAY_10, item_id=first.id)


def test_a_change_before_a_planned_one_is_refused() -> None:
    subscription = start(make_shop(), APRIL_27)
    _quantity(subscription, 2, MAY_10, today=APRIL_27)
    with pytest.raises(BillingError, match="a change is planned, so choose 2019-05-10 or later"):
        _quantity(subscription, 3, MAY_3)
    with pytest.raises(BillingError, match="a change is planned"):
        _quantity(subscription, 2, MAY_3)


def test_a_discount_is_not_paid_out() -> None:
    shop = make_shop("30")
    subscription = start(shop, APRIL_27, discounts=[_half(shop)])
    bill(APRIL_27)
    _quantity(subscription, 2, MAY_3)
    assert (billed(subscription), credits_of(subscription)) == ([1500], [-1200])


def _half(shop: Shop) -> Any:
    from quarterday.services.catalog.publish_discount import publish_discount

    return publish_discount(seller=shop.seller, code="HALF", kind="percentage", value=50, now=NOW)


def test_a_credit_never_exceeds_what_is_left_of_the_charge() -> None:
    subscription = start(make_shop("30"), APRIL_27)
    bill(APRIL_27)
    line = InvoiceLine.objects.get()
    credit_invoice(invoice=line.invoice, lines={1: 1000}, reason="Outage", today=MAY_3, now=NOW)
    _quantity(subscription, 2, MAY_3)
    assert credits_of(subscription) == [-2000]


@pytest.mark.parametrize("policy", ["full", "none"])
def test_a_price_that_is_not_prorated_gives_nothing_back(policy: str) -> None:
    subscription = start(make_shop("30", policy=policy), APRIL_27)
    bill(APRIL_27)
    _quantity(subscription, 2, MAY_3)
    bill(MAY_3)
    assert credits_of(subscription) == []
    assert billed(subscription) == [3000, 6000 if policy == "full" else 0]


def test_thirty_days_count_for_a_price_that_says_so() -> None:
    subscription = start(make_shop("30", convention="fixed_30"), date(2026, 1, 1))
    bill(date(2026, 1, 1))
    _quantity(subscription, 2, date(2026, 1, 11))
    assert credits_of(subscription) == [-2000]


def test_a_change_in_the_trial_stays_free() -> None:
    subscription = start(make_shop("30"), APRIL_27, trial_days=10)
    new = _quantity(subscription, 2, MAY_3)
    assert (new.billed_through, credits_of(subscription)) == (date(2019, 5, 7), [])
    bill(date(2019, 5, 7))
    assert billed(subscription) == [6000]


def test_a_new_plan_takes_over_on_the_day_with_the_same_boundaries() -> None:
    shop = make_shop("30")
    big = make_plan(shop.seller, "big")
    price = make_price(big, "90", setup_fee="20")
    subscription = start(shop, APRIL_27, quantity=Decimal(2))
    bill(APRIL_27)
    for _ in range(2):
        changed = change_plan(subscription_id=subscription.id, plan=big, today=MAY_3, now=NOW)
        assert changed.plan == big
    assert spans(subscription) == [(APRIL_27, MAY_3, 2), (MAY_3, None, 2)]
    bill(MAY_3, MAY_27)
    assert credits_of(subscription) == [-4800]
    assert billed(subscription) == [6000, 14400, 18000]
    assert [item.price_id for item in items_of(subscription)] == [shop.price.id, price.id]
    assert not PendingCharge.objects.filter(kind="setup").exists()
    assert events(subscription.public_id)[1:] == ["subscription.plan_changed"]


def test_a_plan_at_another_cadence_begins_anew_and_may_charge_setup() -> None:
    shop = make_shop("30")
    yearly = make_plan(shop.seller, "year", cadence="1 year")
    make_price(yearly, "300", setup_fee="20")
    subscription = start(shop, APRIL_27)
    bill(APRIL_27)
    change_plan(
        subscription_id=subscription.id, plan=yearly, today=MAY_3, now=NOW, charge_setup=True
    )
    bill(MAY_3)
    assert Invoice.objects.latest("id").total_minor == 30000 + 2000 - 2400
    assert Subscription.objects.get().anchor_on == MAY_3
    assert due(subscription) == date(2020, 5, 3)


def test_a_commitment_and_usage_go_with_their_plan_unless_they_were_billed() -> None:
    shop = make_shop("30")
    metered = make_plan(shop.seller, "metered")
    meter = publish_meter(seller=shop.seller, code="gb", name="Traffic", now=NOW)
    make_price(metered, "1", meter=meter, commitment="10")
    subscription = start(shop._replace(plan=metered), APRIL_27)
    bill(APRIL_27, MAY_27)
    with pytest.raises(BillingError, match="is billed up to 2019-05-27; choose that day"):
        change_plan(subscription_id=subscription.id, plan=shop.plan, today=MAY_10, now=NOW)
    assert spans(subscription) == [(APRIL_27, None, 1), (APRIL_27, None, 1)]
    change_plan(subscription_id=subscription.id, plan=shop.plan, today=MAY_27, now=NOW)
    assert [end for _, end, _ in spans(subscription)] == [MAY_27, MAY_27, None]
    assert credits_of(subscription) == []


def test_an_addon_shares_the_boundaries_and_its_unused_days_come_back() -> None:
    shop = make_shop("30")
    price = make_price(make_plan(shop.seller, "backup"), "6", setup_fee="1")
    subscription = start(shop, APRIL_27)
    bill(APRIL_27)
    for _ in range(2):
        item = add_addon(subscription_id=subscription.id, price=price, today=MAY_3, now=NOW)
    bill(MAY_3)
    assert Invoice.objects.latest("id").total_minor == 480 + 100
    for _ in range(2):
        remove_addon(subscription_id=subscription.id, item_id=item.id, today=MAY_10, now=NOW)
    assert credits_of(subscription) == [-340]
    bill(MAY_10, MAY_27)
    assert billed(subscription) == [3000, 480, 3000]
    assert events(subscription.public_id)[1:] == [
        "subscription.addon_added",
        "subscription.addon_removed",
    ]


def test_an_addon_at_another_cadence_has_boundaries_of_its_own() -> None:
    shop = make_shop("30")
    price = make_price(make_plan(shop.seller, "domain", cadence="1 year"), "12")
    subscription = start(shop, APRIL_27)
    add_addon(subscription_id=subscription.id, price=price, today=MAY_3, now=NOW)
    bill(MAY_3)
    assert sorted(billed(subscription)) == [1200, 3000]


def test_an_addon_that_was_planned_and_removed_costs_nothing() -> None:
    shop = make_shop("30")
    price = make_price(make_plan(shop.seller, "backup"), "6", setup_fee="1")
    subscription = start(shop, APRIL_27)
    bill(APRIL_27)
    asked = {"subscription_id": subscription.id, "on": MAY_10, "now": NOW}
    item = add_addon(price=price, today=MAY_3, **asked)
    remove_addon(item_id=item.id, today=MAY_3, **asked)
    bill(MAY_10, MAY_27)
    assert billed(subscription) == [3000, 3000]
    assert PendingCharge.objects.get().status == "void"


def test_addons_that_clash_are_refused() -> None:
    shop = make_shop("30")
    price = make_price(make_plan(shop.seller, "backup"), "6")
    subscription = start(shop, APRIL_27)
    asked = {"subscription_id": subscription.id, "price": price, "today": MAY_3, "now": NOW}
    item = add_addon(**asked)
    with pytest.raises(Conflict, match="has 1 of v1 from 2019-05-03 to further notice"):
        add_addon(**asked, quantity=Decimal(2))
    remove = {"subscription_id": subscription.id, "today": MAY_3, "now": NOW}
    remove_addon(**remove, item_id=item.id, on=MAY_27)
    with pytest.raises(Conflict, match="to 2019-05-27; change that, or begin later"):
        add_addon(**asked, on=MAY_10)
    with pytest.raises(Conflict, match="ends on 2019-05-27 already"):
        remove_addon(**remove, item_id=item.id, on=date(2019, 6, 1))
    with pytest.raises(BillingError, match="only add-ons are removed"):
        remove_addon(**remove, item_id=items_of(subscription)[0].id)
    with pytest.raises(NotFound, match="no item with the key 0"):
        remove_addon(**remove, item_id=0)
    with pytest.raises(BillingError, match="before its subscription"):
        add_addon(**asked, on=date(2019, 4, 26))
    with pytest.raises(BillingError, match="another seller"):
        add_addon(**asked | {"price": make_shop().price})


def _quantity(
    subscription: Subscription, quantity: int, on: date, today: date | None = None, **terms: Any
) -> Any:
    return change_quantity(
        subscription_id=subscription.id,
        quantity=Decimal(quantity),
        on=on,
        today=today or on,
        now=NOW,
        **terms,
    )


@pytest.mark.parametrize("status", ["paused", "cancelling", "cancelled"])
def test_what_does_not_run_cannot_be_changed(status: str) -> None:
    shop = make_shop("30")
    subscription = start(shop, APRIL_27)
    asked = {"subscription_id": subscription.id, "today": MAY_3, "now": NOW}
    if status == "paused":
        pause_subscription(**asked)
    else:
        cancel_subscription(**asked, at_period_end=status == "cancelling")
    with pytest.raises(IllegalMove, match=f"a {status} subscription cannot be changed"):
        _quantity(subscription, 2, MAY_10)
    with pytest.raises(IllegalMove, match=f"a {status} subscription cannot be changed"):
        change_plan(**asked, plan=shop.plan, quantity=Decimal(9))
    with pytest.raises(IllegalMove, match=f"a {status} subscription cannot be changed"):
        add_addon(**asked, price=shop.price)


def test_it_must_be_clear_what_is_changed() -> None:
    shop = make_shop("30")
    make_price(shop.plan, "5", code="v2")
    subscription = start(shop, APRIL_27)
    with pytest.raises(BillingError, match="has 2 base items; name one by item_id"):
        _quantity(subscription, 2, MAY_3)
    with pytest.raises(NotFound, match="no item with the key 0"):
        _quantity(subscription, 2, MAY_3, item_id=0)
    with pytest.raises(BillingError, match="quantity must be above 0"):
        _quantity(subscription, 0, MAY_3)
    assert _quantity(subscription, 2, MAY_3, item_id=items_of(subscription)[1].id)
    assert [quantity for _, _, quantity in spans(subscription)] == [1, 1, 2]
    subscription.id = 0
    with pytest.raises(NotFound, match="no subscription"):
        _quantity(subscription, 2, MAY_3)


def test_nothing_remains_of_a_change_that_was_refused() -> None:
    shop = make_shop("30")
    subscription = start(shop, APRIL_27)
    bill(APRIL_27)
    bare = make_plan(make_seller(), "bare")
    with pytest.raises(BillingError, match="another seller"):
        change_plan(subscription_id=subscription.id, plan=bare, today=MAY_3, now=NOW)
    assert spans(subscription) == [(APRIL_27, None, 1)]
    assert (credits_of(subscription), due(subscription)) == ([], MAY_27)
