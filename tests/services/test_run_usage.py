"""Usage is billed once, when its period has ended, and what comes late or changes, ever after."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.store.models import (
    CreditNote,
    InvoiceLine,
    Meter,
    Plan,
    Subscription,
    UsageEvent,
)
from tests.services.bills import (
    NOW,
    START,
    bill,
    bills_of,
    day,
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
TIERS = [{"up_to": "10", "unit_price": "1"}, {"unit_price": "0.5"}]


def metered(aggregation: str = "sum", unit_price: str = "1", **terms: Any) -> tuple[Plan, Meter]:
    """A plan that charges nothing but what a meter says."""
    seller = make_seller()
    meter = make_meter(seller, aggregation)
    plan = make_plan(seller)
    make_price(plan, unit_price, meter=meter, **terms)
    return plan, meter


def january(plan: Plan, meter: Meter, *values: tuple[int, str]) -> Subscription:
    """A subscription with measurements on days of January, billed on the first of February."""
    one = subscribe(plan)
    for on, value in values:
        use(one, meter, day(1, on), value)
    bill(START, day(1, 31))
    assert bills_of(one.account_id) == []
    bill(day(2, 1))
    prove(again=day(2, 1))
    return one


def usage_of(one: Subscription) -> list[tuple[str, Decimal, int]]:
    lines = InvoiceLine.objects.filter(subscription_id=one.id).order_by("id")
    return list(lines.values_list("kind", "quantity", "net_minor"))


@pytest.mark.parametrize(
    ("aggregation", "values", "quantity"),
    [
        ("sum", [(1, "1.5"), (31, "2")], "3.5"),
        ("count", [(2, "7"), (2, "7")], "2"),
        ("max", [(2, "7"), (3, "9"), (4, "1")], "9"),
        ("last", [(2, "7"), (9, "3"), (4, "1")], "3"),
        ("percentile_95", [(1 + n % 30, str(n + 1)) for n in range(40)], "38"),
        ("sum", [], "0"),
        ("percentile_95", [], "0"),
    ],
)
def test_measurements_become_a_quantity(
    aggregation: str, values: list[tuple[int, str]], quantity: str
) -> None:
    plan, meter = metered(aggregation)
    one = january(plan, meter, *values)
    assert usage_of(one) == [("usage", Decimal(quantity), int(Decimal(quantity) * 100))]


def test_a_level_is_weighted_by_time_and_carried_on() -> None:
    plan, meter = metered("time_weighted", "31")
    one = subscribe(plan)
    use(one, meter, day(1, 1), "2", hour=0)
    use(one, meter, day(1, 16), "1", hour=0)
    bill(START, day(3, 1))
    (first, second) = nets_of(one, "usage")
    # Two all the month, and one more for its last days: the zone is an hour ahead of UTC.
    hours = 31 * 24
    assert first == round(Decimal(3100) * (2 * (hours - 1) + (16 * 24 - 1)) / hours)
    assert second == 3 * 3100
    use(one, meter, day(1, 31), "-1", hour=23)
    bill(day(4, 1))
    assert nets_of(one, "supplement") == [-3100]
    assert nets_of(one, "usage")[2:] == [2 * 3100]
    prove(again=day(4, 1))


def test_a_level_that_changed_earlier_than_was_known_changes_all_periods_since() -> None:
    plan, meter = metered("time_weighted", "10")
    one = subscribe(plan)
    bill(START, day(3, 1))
    use(one, meter, START, "4", hour=0)
    bill(day(4, 1))
    # An hour of January is missing: that of the zone.
    assert sorted(nets_of(one, "supplement")) == [round(4000 * (1 - 1 / 744)), 4000]
    assert nets_of(one, "usage") == [0, 0, 4000]
    bill(day(5, 1))
    assert len(nets_of(one, "supplement")) == 2
    prove(again=day(5, 1))


@pytest.mark.parametrize(
    ("model", "values", "minor"),
    [
        ({"model": "graduated", "tiers": TIERS}, ["4", "8"], 1100),
        ({"model": "volume", "tiers": TIERS}, ["4", "8"], 600),
        ({"model": "package", "size": "5", "price": "2"}, ["4", "8"], 600),
        ({"model": "percentage", "rate_percent": "2", "fixed_fee": "0.30"}, ["10", "100"], 280),
        (
            {"model": "percentage", "rate_percent": "2", "floor": "0.50", "cap": "1.50"},
            ["10", "100", "60"],
            320,
        ),
    ],
)
def test_models_rate_usage(model: dict[str, Any], values: list[str], minor: int) -> None:
    plan, meter = metered(model=model)
    one = january(plan, meter, *((3 + n, value) for n, value in enumerate(values)))
    assert nets_of(one, "usage") == [minor]


def test_free_units_and_a_minimum() -> None:
    plan, meter = metered(free_units="10", minimum="6.20")
    one = january(plan, meter, (2, "15"))
    use(one, meter, day(2, 5), "30")
    bill(day(3, 1))
    assert nets_of(one, "usage") == [620, 2000]
    prove(again=day(3, 1))


def test_a_minimum_is_prorated_when_the_contract_ends_and_usage_is_not() -> None:
    plan, meter = metered(minimum="31")
    one = subscribe(plan)
    use(one, meter, day(1, 5), "3")
    cancel_subscription(subscription_id=one.id, on=day(1, 11), today=day(1, 6), now=NOW)
    bill(START, day(1, 11))
    assert nets_of(one, "usage") == [1000]
    assert bills_of(one.account_id)[0].lines[0][1:3] == (START, day(1, 11))
    prove(again=day(1, 11))


def test_late_usage_is_a_supplement_exactly_once() -> None:
    plan, meter = metered(model={"model": "graduated", "tiers": TIERS})
    one = january(plan, meter, (3, "8"))
    use(one, meter, day(1, 20), "4")
    bill(day(2, 2), day(3, 1))
    use(one, meter, day(1, 21), "2")
    bill(day(3, 2), day(4, 1))
    assert usage_of(one) == [
        ("usage", Decimal(8), 800),
        ("usage", Decimal(0), 0),
        ("supplement", Decimal(12), 300),
        ("usage", Decimal(0), 0),
        ("supplement", Decimal(14), 100),
    ]
    assert not UsageEvent.objects.filter(billed=False).exists()
    prove(again=day(4, 1))


def test_late_usage_that_costs_nothing_is_settled_without_a_line() -> None:
    plan, meter = metered(free_units="10")
    one = january(plan, meter, (3, "8"))
    use(one, meter, day(1, 20), "1")
    bill(day(3, 1))
    assert usage_of(one) == [("usage", Decimal(8), 0), ("usage", Decimal(0), 0)]
    assert not UsageEvent.objects.filter(billed=False).exists()
    prove(again=day(3, 1))


def test_a_correction_lowers_what_was_billed() -> None:
    plan, meter = metered()
    one = subscribe(plan)
    use(one, meter, day(1, 5), "10", "first")
    use(one, meter, day(2, 5), "20")
    bill(START, day(2, 1))
    use(one, meter, day(1, 5), "4", corrects="first")
    bill(day(3, 1))
    assert usage_of(one)[1:] == [
        ("usage", Decimal(20), 2000),
        ("supplement", Decimal(4), -600),
    ]
    prove(again=day(3, 1))


def test_a_correction_may_move_usage_to_another_period() -> None:
    plan, meter = metered()
    one = subscribe(plan)
    use(one, meter, day(1, 31), "10", "first")
    bill(START, day(2, 1))
    use(one, meter, day(2, 1), "10", corrects="first")
    bill(day(3, 1))
    assert usage_of(one)[1:] == [("usage", Decimal(10), 1000), ("supplement", Decimal(0), -1000)]
    prove(again=day(3, 1))


def test_a_credited_supplement_is_not_given_twice() -> None:
    plan, meter = metered()
    one = january(plan, meter, (5, "10"))
    event = UsageEvent.objects.get()
    use(one, meter, day(1, 5), "4", "second", corrects=event.event_id)
    bill(day(3, 1))
    assert worth_of(one.account_id) == 400
    use(one, meter, day(1, 5), "3", corrects="second")
    bill(day(4, 1))
    assert worth_of(one.account_id) == 300
    assert CreditNote.objects.count() == 2
    use(one, meter, day(1, 6), "30")
    bill(day(5, 1))
    assert worth_of(one.account_id) == 3300
    prove(again=day(5, 1))


def test_usage_that_comes_after_the_end_is_billed_at_once() -> None:
    plan, meter = metered()
    one = subscribe(plan)
    use(one, meter, day(1, 5), "3")
    cancel_subscription(subscription_id=one.id, on=day(1, 11), today=day(1, 6), now=NOW)
    bill(START, day(2, 1))
    use(one, meter, day(1, 10), "2")
    bill(day(2, 5))
    assert nets_of(one, "usage", "supplement") == [300, 200]
    prove(again=day(2, 5))


def test_a_change_of_plan_splits_usage_at_its_day() -> None:
    plan, meter = metered()
    other = make_plan(meter.seller, "other")
    make_price(other, "2", meter=meter)
    one = subscribe(plan)
    for on in (5, 20):
        use(one, meter, day(1, on), "10")
    bill(START)
    change_plan(subscription_id=one.id, plan=other, today=day(1, 15), now=NOW)
    bill(day(1, 15), day(2, 1))
    assert nets_of(one, "usage") == [1000, 2000]
    use(one, meter, day(1, 14), "1")
    use(one, meter, day(1, 15), "1")
    bill(day(2, 2), day(3, 1))
    assert sorted(nets_of(one, "supplement")) == [100, 200]
    prove(again=day(3, 1))


def test_two_prices_may_charge_for_one_meter() -> None:
    plan, meter = metered()
    make_price(plan, model={"model": "flat", "amount": "5"}, code="fee", meter=meter)
    one = january(plan, meter, (5, "10"))
    assert sorted(nets_of(one, "usage")) == [500, 1000]
    use(one, meter, day(1, 6), "1")
    bill(day(3, 1))
    assert nets_of(one, "supplement") == [100]
    prove(again=day(3, 1))


def test_measurements_in_a_trial_are_free() -> None:
    plan, meter = metered()
    one = subscribe(plan, trial_days=14)
    use(one, meter, day(1, 5), "100")
    use(one, meter, day(1, 15), "1")
    bill(START, day(3, 15))
    assert nets_of(one, "usage", "supplement") == [100, 0]
    prove(again=day(3, 15))


def test_usage_that_no_model_can_price_stops_only_its_account() -> None:
    plan, meter = metered()
    bad, good = subscribe(plan), subscribe(plan)
    use(bad, meter, day(1, 5), "-3", "negative")
    summary = run_billing(first=day(2, 1), last=day(2, 1), now=NOW)
    (skipped,) = summary.skipped
    assert "the usage of web/plan/v1 from 2026-01-01 to 2026-02-01" in skipped.reason
    assert "correct the measurements" in skipped.reason
    assert nets_of(good, "usage") == [0]
    use(bad, meter, day(1, 5), "3", corrects="negative")
    bill(day(2, 2))
    assert nets_of(bad, "usage") == [300]
    prove(again=day(2, 2))


@pytest.mark.parametrize("aggregation", ["count", "max"])
def test_a_percentage_of_what_is_not_a_sum_is_rated_as_one_amount(aggregation: str) -> None:
    model = {"model": "percentage", "rate_percent": "50"}
    plan, meter = metered(aggregation, model=model)
    one = january(plan, meter, (5, "4"), (6, "4"))
    assert nets_of(one, "usage") == [100 if aggregation == "count" else 200]


def committed(**terms: Any) -> tuple[Subscription, Meter]:
    """A base of 31.00 in advance, usage at 1.00, and a commitment of 100.00 a month."""
    seller = make_seller()
    meter = make_meter(seller)
    plan = make_plan(seller)
    make_price(plan, "31", code="base", commitment="100")
    make_price(plan, "1", code="usage", meter=meter)
    return subscribe(plan, **terms), meter


def test_a_minimum_commitment_is_trued_up_when_its_period_has_ended() -> None:
    one, meter = committed()
    use(one, meter, day(1, 5), "10")
    use(one, meter, day(2, 5), "80")
    bill(START, day(3, 1))
    assert nets_of(one, "recurring") == [3100] * 3
    assert nets_of(one, "usage") == [1000, 8000]
    assert nets_of(one, "commitment") == [5900, 0]
    prove(again=day(3, 1))


def test_late_usage_counts_towards_the_commitment_that_was_billed() -> None:
    one, meter = committed()
    use(one, meter, day(1, 5), "10")
    bill(START, day(2, 1))
    use(one, meter, day(1, 6), "20")
    bill(day(2, 2), day(3, 1))
    assert nets_of(one, "commitment") == [5900, 6900]
    assert sorted(nets_of(one, "supplement")) == [-2000, 2000]
    use(one, meter, day(1, 7), "100")
    bill(day(3, 2), day(4, 1))
    # What was missing goes back, and only what is beyond the commitment is left to pay.
    assert sorted(nets_of(one, "supplement")) == [-3900, -2000, 2000, 10000]
    prove(again=day(4, 1))


def test_a_commitment_is_met_by_what_was_paid_after_discounts() -> None:
    seller = make_seller()
    plan = make_plan(seller)
    make_price(plan, "100", commitment="80", timing="arrears")
    half = make_discount(seller, "half", "percentage", "50", duration="once")
    one = subscribe(plan, discounts=[half])
    bill(START, day(3, 1))
    assert nets_of(one, "recurring") == [5000, 10000]
    assert nets_of(one, "commitment") == [3000, 0]
    prove(again=day(3, 1))


def test_a_commitment_is_judged_by_days_when_its_contract_changes() -> None:
    seller = make_seller()
    small, large = make_plan(seller, "small"), make_plan(seller, "large")
    make_price(small, "31", commitment="62")
    make_price(large, "310", commitment="62")
    one = subscribe(small)
    bill(START)
    change_plan(subscription_id=one.id, plan=large, today=day(1, 11), now=NOW)
    bill(day(1, 11), day(2, 1))
    # Ten days at 1.00 of the 2.00 a day that were agreed; then 10.00 a day is more than enough.
    assert nets_of(one, "commitment") == [1000, 0]
    assert nets_of(one, "recurring", "unused") == [3100, 21000, -2100, 31000]
    prove(again=day(2, 1))


def test_a_commitment_counts_unused_time_that_went_on_a_credit_note() -> None:
    seller = make_seller()
    small, large = make_plan(seller, "small"), make_plan(seller, "large")
    make_price(large, "310", commitment="62")
    make_price(small, "31", commitment="62")
    one = subscribe(large)
    bill(START)
    change_plan(subscription_id=one.id, plan=small, today=day(1, 11), now=NOW)
    bill(day(1, 11), day(2, 1))
    assert CreditNote.objects.get().total_minor == 21000
    assert nets_of(one, "commitment") == [0, 2100]
    prove(again=day(2, 1))


def test_a_commitment_of_an_ended_contract_is_corrected_by_late_usage() -> None:
    one, meter = committed()
    cancel_subscription(subscription_id=one.id, on=day(2, 1), today=START, now=NOW)
    bill(START, day(2, 1))
    assert nets_of(one, "commitment") == [6900]
    use(one, meter, date(2026, 1, 20), "9")
    bill(day(2, 9))
    assert worth_of(one.account_id) == 10000
    prove(again=day(2, 9))
