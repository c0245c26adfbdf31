"""What surrounds a model: free units, minimum, share of a period, and billing in several bills."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.money import currency
from quarterday.core.pricing import parse_model
from quarterday.core.pricing.price import Price, billable_quantity, rate_price, true_up

EUR = currency("EUR")
TIERS = [
    {"up_to": 5, "flat_fee": 100},
    {"up_to": 10, "flat_fee": 50},
    {"up_to": 15, "unit_price": 5},
    {"unit_price": 1},
]
MODELS = [
    {"model": "flat", "amount": "9.95"},
    {"model": "per_unit", "unit_price": "0.333"},
    {"model": "package", "size": "7", "price": "2"},
    {"model": "graduated", "tiers": TIERS},
    {"model": "volume", "tiers": TIERS},
    {
        "model": "percentage",
        "rate_percent": "1.3",
        "fixed_fee": "0.30",
        "free_events": 2,
        "floor": "0.5",
        "cap": "2",
    },
]
amounts = st.decimals(0, 100, places=2)
shares = st.fractions(0, 1, max_denominator=400)
prices = st.builds(
    Price,
    st.just(EUR),
    st.sampled_from([parse_model(data) for data in MODELS]),
    minimum=st.none() | amounts,
    free_units=amounts,
)


def price(
    model: str, /, minimum: str | None = None, free_units: str = "0", **parameters: object
) -> Price:
    least = None if minimum is None else Decimal(minimum)
    return Price(
        EUR,
        parse_model({"model": model, **parameters}),
        minimum=least,
        free_units=Decimal(free_units),
    )


@given(prices, st.lists(st.lists(amounts, max_size=3), min_size=1, max_size=5), shares)
def test_bills_of_a_period_sum_to_its_cost_at_once(subject, bills, share):
    already: list[Decimal] = []
    total = Fraction(0)
    for number, values in enumerate(bills):
        rated = rate_price(
            subject,
            sum(values, Decimal(0)),
            values=values,
            factor=share,
            already=sum(already, Decimal(0)),
            already_values=already,
            billed=number > 0,
        )
        assert rated.amount == sum(step.amount for step in rated.steps)
        total += rated.amount
        already += values
    assert (
        total == rate_price(subject, sum(already, Decimal(0)), values=already, factor=share).amount
    )


@given(prices, amounts, shares)
def test_the_share_of_a_period_multiplies_the_amount_with_its_minimum(subject, quantity, share):
    whole = rate_price(subject, quantity)
    part = rate_price(subject, quantity, factor=share)
    assert part.amount == whole.amount * share
    assert part.amount == sum(step.amount for step in part.steps)
    if subject.minimum is not None:
        assert part.amount >= Fraction(subject.minimum) * share


def test_a_later_bill_shows_only_what_it_adds():
    rated = rate_price(price("graduated", tiers=TIERS), Decimal(10), already=Decimal(12))
    assert [(step.quantity, step.unit_price, step.amount) for step in rated.steps] == [
        (3, 5, 15),
        (7, 1, 7),
    ]
    assert rated.amount == 22


def test_usage_corrected_downwards_gives_back_what_it_cost():
    seats = price("graduated", tiers=TIERS)
    assert rate_price(seats, Decimal(-7), already=Decimal(22)).amount == -7
    with pytest.raises(BillingError, match="-1 cannot be billed"):
        rate_price(seats, Decimal(-23), already=Decimal(22))
    with pytest.raises(BillingError, match="-1 cannot be billed"):
        rate_price(seats, Decimal(2), already=Decimal(-1))


def test_a_minimum_billed_on_no_usage_is_not_billed_again():
    calls = price("per_unit", unit_price="2", minimum="10")
    assert rate_price(calls, Decimal(0)).amount == 10
    assert rate_price(calls, Decimal(4), billed=True).amount == 0
    assert rate_price(calls, Decimal(6), billed=True).amount == 2


def test_a_minimum_tops_up_visibly():
    rated = rate_price(
        price("per_unit", unit_price="2", minimum="10"), Decimal(3), factor=Fraction(1, 2)
    )
    assert [(step.label, step.amount) for step in rated.steps] == [
        ("units", 6),
        ("minimum", 4),
        ("factor", -5),
    ]
    assert [
        step.label
        for step in rate_price(price("per_unit", unit_price="2", minimum="6"), Decimal(3)).steps
    ] == ["units"]


@pytest.mark.parametrize(
    ("quantity", "already", "amount"),
    [("15", "5", 10), ("5", "0", 0), ("10", "0", 0), ("11", "0", 1), ("3", "20", 3)],
)
def test_free_units_are_used_up_across_the_bills_of_a_period(quantity, already, amount):
    traffic = price("per_unit", unit_price="1", free_units="10")
    assert rate_price(traffic, Decimal(quantity), already=Decimal(already)).amount == amount


def test_free_units_come_off_before_packages_are_counted():
    assert (
        rate_price(price("package", size=10, price=100, free_units="100"), Decimal(121)).amount
        == 300
    )


def test_free_units_of_a_percentage_come_off_the_first_events():
    fee = price("percentage", rate_percent="10", fixed_fee="1", free_units="30")
    events = [Decimal(10), Decimal(50), Decimal(5)]
    assert rate_price(fee, Decimal(65), values=events).amount == Fraction("5.5")


@given(st.decimals(0, 10**30, places=12), st.decimals(0, 10**30, places=12))
def test_billable_and_free_quantities_sum_to_the_whole(quantity, free):
    billable = billable_quantity(quantity, free)
    assert Fraction(billable) == max(Fraction(0), Fraction(quantity) - Fraction(free))


@pytest.mark.parametrize(
    ("commitment", "spent", "share", "missing"),
    [
        ("10000", "110", "1", "9890"),
        ("10000", "36.90", "1/4", "2463.10"),
        ("5", "5", "1", "0"),
        ("5", "6", "1", "0"),
    ],
)
def test_a_commitment_is_trued_up_to_its_share(commitment, spent, share, missing):
    expected = Fraction(missing)
    assert true_up(Decimal(commitment), Fraction(spent), Fraction(share)) == expected


@given(amounts, st.fractions(0, 100), shares)
def test_spent_and_true_up_reach_the_commitment(commitment, spent, share):
    missing = true_up(commitment, spent, share)
    assert missing >= 0
    assert spent + missing == max(spent, Fraction(commitment) * share)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"setup_fee": Decimal(-1)}, "setup_fee may not be below zero"),
        ({"minimum": Decimal(-1)}, "minimum may not be below zero"),
        ({"free_units": Decimal(-1)}, "free_units may not be below zero"),
        ({"unit_code": ""}, "needs a unit code"),
    ],
)
def test_prices_that_make_no_sense_are_refused(bad, says):
    with pytest.raises(BillingError, match=says):
        Price(EUR, parse_model(MODELS[0]), **bad)
