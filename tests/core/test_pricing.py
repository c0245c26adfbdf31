"""Each pricing model by worked examples, and what all of them have in common by properties."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.pricing import MODELS, Rated, parse_model
from quarterday.core.pricing.graduated import Graduated
from quarterday.core.pricing.package import Package
from quarterday.core.pricing.percentage import Percentage
from quarterday.core.pricing.tier import Tier
from quarterday.core.pricing.volume import Volume

prices = st.decimals(0, 1000, places=4)
quantities = st.decimals(0, 100_000, places=3)


@st.composite
def tiers(draw):
    bounds = sorted(draw(st.sets(st.decimals("0.01", 5000, places=2), max_size=4)))
    ends = [*bounds, None] if draw(st.booleans()) or not bounds else bounds
    blocks = st.none() | st.decimals("0.5", 500, places=1)
    return tuple(
        Tier(up_to=end, unit_price=draw(prices), flat_fee=draw(prices), block_size=draw(blocks))
        for end in ends
    )


models = st.one_of(
    st.builds(MODELS["flat"], prices),
    st.builds(MODELS["per_unit"], prices),
    st.builds(Package, st.decimals("0.1", 500, places=1), prices),
    st.builds(Graduated, tiers()),
    st.builds(Volume, tiers()),
    st.builds(
        Percentage,
        st.decimals(0, 100, places=3),
        fixed_fee=prices,
        free_events=st.integers(0, 3),
        free_amount=st.decimals(0, 500, places=2),
        floor=st.none() | st.decimals(0, 5, places=2),
        cap=st.none() | st.decimals(5, 50, places=2),
    ),
)


def cost(model: str, quantity: str, /, *values: str, **parameters: object) -> Fraction:
    events = [Decimal(value) for value in values]
    return parse_model({"model": model, **parameters}).rate(Decimal(quantity), events).amount


def test_one_file_is_one_model():
    assert sorted(MODELS) == ["flat", "graduated", "package", "per_unit", "percentage", "volume"]


@given(models, quantities)
def test_steps_sum_to_the_amount_and_each_is_its_quantity_at_its_price(model, quantity):
    rated = model.rate(quantity)
    assert rated.amount == sum(step.amount for step in rated.steps)
    for step in rated.steps:
        assert step.amount == Fraction(step.quantity) * Fraction(step.unit_price)
        assert step.label


@given(models)
def test_models_survive_storage_as_text(model):
    data = json.loads(json.dumps(model.to_data()))
    assert data["model"] == model.model
    assert parse_model(data) == model
    assert hash(parse_model(data)) == hash(model)


@given(models)
def test_zero_costs_zero_but_a_flat_price_is_due(model):
    rated = model.rate(Decimal(0))
    assert rated.amount == (model.rate(Decimal(1)).amount if model.model == "flat" else 0)


@given(models, st.decimals("-1000", "-0.001", places=3))
def test_quantities_below_zero_are_refused(model, quantity):
    with pytest.raises(BillingError, match="cannot be billed"):
        model.rate(quantity)


@pytest.mark.parametrize("model", MODELS)
def test_a_quantity_that_is_no_number_is_refused(model):
    simple = {
        "flat": {"amount": "1"},
        "per_unit": {"unit_price": "1"},
        "package": {"size": "1", "price": "1"},
        "percentage": {"rate_percent": "1"},
    }.get(model, {"tiers": [{}]})
    with pytest.raises(BillingError, match="NaN cannot be billed"):
        parse_model({"model": model, **simple}).rate(Decimal("NaN"))


def test_digits_beyond_28_are_kept():
    long = "1234567890123456789012345.123456789012"
    assert cost("per_unit", long, unit_price="0.000000000001") == Fraction(long) / 10**12
    rate = cost("percentage", long, rate_percent="0.123456789012", fixed_fee="1")
    assert rate == Fraction(long) * Fraction("0.123456789012") / 100 + 1
    tier = {"up_to": "0.000000000001", "unit_price": "0"}, {"unit_price": "1"}
    assert cost("graduated", long, tiers=tier) == Fraction(long) - Fraction(1, 10**12)


@pytest.mark.parametrize(
    ("quantity", "graduated", "volume"),
    [
        ("0", "0", "0"),
        ("5", "35", "35"),
        ("6", "41.5", "39"),
        ("20", "127.5", "120"),
        ("5.5", "38.25", "35.75"),
    ],
)
def test_bounds_belong_to_the_lower_tier(quantity, graduated, volume):
    rows = [
        {"up_to": 5, "unit_price": "7"},
        {"up_to": 10, "unit_price": "6.50"},
        {"unit_price": "6"},
    ]
    assert cost("graduated", quantity, tiers=rows) == Fraction(graduated)
    assert cost("volume", quantity, tiers=rows) == Fraction(volume)


@pytest.mark.parametrize(("quantity", "total"), [("1", 12), ("10", 102), ("11", 110), ("21", 163)])
def test_a_graduated_tier_adds_its_flat_fee_once_reached(quantity, total):
    rows = [
        {"up_to": 10, "unit_price": 10, "flat_fee": 2},
        {"up_to": 20, "unit_price": 5, "flat_fee": 3},
        {"up_to": None, "unit_price": 5, "flat_fee": 3},
    ]
    assert cost("graduated", quantity, tiers=rows) == total


def test_a_volume_may_cost_less_past_a_bound():
    rows = [
        {"up_to": 5, "flat_fee": 100},
        {"up_to": 15, "unit_price": 10},
        {"unit_price": 5},
    ]
    found = [cost("volume", str(quantity), tiers=rows) for quantity in (1, 5, 14, 16)]
    assert found == [100, 100, 140, 80]


@pytest.mark.parametrize(
    ("model", "quantity", "total"),
    [
        ("graduated", "5325", "15"),
        ("graduated", "1000", "10"),
        ("graduated", "1000.5", "11"),
        ("graduated", "102000", "111"),
        ("volume", "1000", "10"),
        ("volume", "101000", "101"),
        ("volume", "101001", "102"),
    ],
)
def test_started_blocks_are_charged_and_the_last_tier_has_no_end(model, quantity, total):
    rows = [
        {"up_to": 1000, "unit_price": 1, "block_size": 100},
        {"up_to": 101000, "unit_price": 1, "block_size": 1000},
    ]
    assert cost(model, quantity, tiers=rows) == Fraction(total)


@pytest.mark.parametrize(("total", "amount"), [("1", "200.01"), ("11", "500.12"), ("21", "900.33")])
def test_tiers_may_be_percentages_of_the_part_within(total, amount):
    rows = [
        {"up_to": 10, "rate_percent": 1, "flat_fee": 200},
        {"up_to": 20, "rate_percent": 2, "flat_fee": 300},
        {"rate_percent": 3, "flat_fee": 400},
    ]
    assert cost("graduated", total, tiers=rows) == Fraction(amount)


@given(tiers(), quantities, quantities)
def test_graduated_never_falls_as_the_quantity_grows(rows, one, other):
    model = Graduated(rows)
    assert model.rate(min(one, other)).amount <= model.rate(max(one, other)).amount


@pytest.mark.parametrize(
    ("quantity", "packages"), [("0", 0), ("1", 1), ("9", 1), ("10", 1), ("10.001", 2), ("121", 13)]
)
def test_every_started_package_is_charged(quantity, packages):
    assert cost("package", quantity, size=10, price=100) == packages * 100


EVENTS = ("50", "100", "250", "400")


@pytest.mark.parametrize(
    ("allowance", "amount"),
    [
        ({}, "18.40"),
        ({"free_events": 3}, "7.20"),
        ({"free_amount": 250}, "11.15"),
        ({"free_events": 3, "free_amount": 250}, "11.15"),
        ({"free_events": 3, "free_amount": 500}, "7.20"),
        ({"free_events": 9}, "0"),
        ({"free_amount": 800}, "0"),
        ({"free_amount": 150}, "12.45"),
    ],
)
def test_the_free_allowance_ends_with_what_is_hit_first(allowance, amount):
    fee = {"rate_percent": "1.3", "fixed_fee": "2", **allowance}
    assert cost("percentage", "800", *EVENTS, **fee) == Fraction(amount)


@pytest.mark.parametrize(
    ("bounds", "amount"),
    [
        ({}, "301.691"),
        ({"floor": "1.75"}, "303.142"),
        ({"cap": "12"}, "14.691"),
        ({"floor": "1.75", "cap": "12", "free_amount": "30"}, "13.794"),
        ({"floor": "1.75", "cap": "12", "fixed_fee": "1"}, "17.142"),
    ],
)
def test_floor_and_cap_bound_each_event_that_pays(bounds, amount):
    assert cost(
        "percentage", "10090", "10", "80", "10000", rate_percent="2.99", **bounds
    ) == Fraction(amount)


def test_a_total_without_events_is_one_event():
    assert cost("percentage", "100", rate_percent="1", fixed_fee="0.30") == Fraction("1.30")


def test_events_must_sum_to_the_total():
    with pytest.raises(BillingError, match="the values sum to 3, but the quantity is 4"):
        cost("percentage", "4", "1", "2", rate_percent="1")
    with pytest.raises(BillingError, match="-1 cannot be billed"):
        cost("percentage", "1", "2", "-1", rate_percent="1")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "None is no pricing model; choose from flat, graduated"),
        ({"model": "magic"}, "'magic' is no pricing model"),
        ({"model": "flat"}, "the parameter amount is missing"),
        (
            {"model": "flat", "amount": "1", "color": "red"},
            "unknown parameter color; known: amount",
        ),
        ({"model": "flat", "amount": 0.1}, "amount: 0.1 is a float"),
        ({"model": "flat", "amount": None}, "amount: None is not a number"),
        ({"model": "package", "size": "0", "price": "1"}, "holds more than nothing"),
        ({"model": "graduated", "tiers": "all"}, "tiers: 'all' is not a list"),
        ({"model": "graduated", "tiers": ["all"]}, "tiers: 'all' has no named fields"),
        ({"model": "graduated", "tiers": []}, "at least one tier"),
        ({"model": "volume", "tiers": [{}, {}]}, "tier 1 holds all the rest"),
        ({"model": "volume", "tiers": [{"up_to": 5}, {"up_to": 5}]}, "tier 2 ends at 5, not above"),
        ({"model": "volume", "tiers": [{"up_to": 0}]}, "a tier ends above zero, not at 0"),
        ({"model": "volume", "tiers": [{"block_size": 0}]}, "holds more than nothing, not 0"),
        ({"model": "volume", "tiers": [{"rate_percent": 1, "unit_price": 1}]}, "rate_percent, or"),
        (
            {"model": "percentage", "rate_percent": 1, "free_events": "1.5"},
            "free_events: '1.5' is not a whole",
        ),
        ({"model": "percentage", "rate_percent": 1, "free_events": -1}, "may not be negative"),
        (
            {"model": "percentage", "rate_percent": 1, "floor": 2, "cap": 1},
            "the floor 2 is above the cap 1",
        ),
    ],
)
def test_parameters_that_are_amiss_are_named(data, says):
    with pytest.raises(BillingError, match=says):
        parse_model(data)


def test_nothing_rated_is_nothing():
    assert Volume((Tier(unit_price=Decimal(1)),)).rate(Decimal(0)) == Rated(Fraction(0), ())
