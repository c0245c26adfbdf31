"""Fees by method: exact, and never where the law forbids them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.method_fee import NO_FEES_FOR_CONSUMERS, find_fee, read_fees

FEES = read_fees(
    {"product": "fee", "ways": {"stripe": {"percent": "1.5", "fixed": {"EUR": 25, "JPY": 40}}}}
)
COUNTRIES = st.sampled_from([*sorted(NO_FEES_FOR_CONSUMERS), "US", "CH", "JP"])


def fee(amount: int, country: str, *, is_consumer: bool, **terms: Any) -> int:
    given_terms = {"gateway": "stripe", "choice": "card", "code": "EUR"} | terms
    return find_fee(
        FEES, amount_minor=amount, country=country, is_consumer=is_consumer, **given_terms
    )


@given(st.integers(1, 10**12), COUNTRIES, st.booleans())
def test_consumers_of_the_union_never_pay_one(amount: int, country: str, consumer: bool) -> None:
    found = fee(amount, country, is_consumer=consumer)
    if consumer and country in NO_FEES_FOR_CONSUMERS:
        assert found == 0
    else:
        assert abs(found - 25 - amount * 15 / 1000) <= 0.5 + amount * 1e-12


def test_the_list_is_the_economic_area_and_the_kingdom() -> None:
    assert len(NO_FEES_FOR_CONSUMERS) == 27 + 3 + 1


def test_only_the_way_that_costs_one() -> None:
    assert fee(10000, "US", is_consumer=True, gateway="paypal") == 0
    assert fee(10000, "JP", is_consumer=True, code="JPY") == 150 + 40
    only = read_fees({"product": "fee", "ways": {"x:card": {"percent": "1", "countries": ["us"]}}})
    terms: dict[str, Any] = {"gateway": "x", "amount_minor": 1000, "code": "USD"}
    asked = [
        find_fee(only, choice=choice, country=country, is_consumer=True, **terms)
        for choice, country in (("card", "US"), ("card", "CA"), ("debit", "US"))
    ]
    assert asked == [10, 0, 0]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"fee": 1}, "knows no 'fee'"),
        ({"ways": {"x": {"percent": "1"}}}, "must name the product"),
        ({"product": "f", "ways": {"x": {"percent": "21"}}}, "from 0 to 20"),
        ({"product": "f", "ways": {"x": {"share": "1"}}}, "must have only"),
        ({"product": "f", "ways": {"x": {"fixed": {"EUR": "1"}}}}, "minor units"),
        ({"product": "f", "ways": {"x": {"countries": "US"}}}, "list of codes"),
        ({"ways": []}, "ways as gateways"),
        ([], "names and values"),
    ],
)
def test_policies_that_cannot_be(data: object, said: str) -> None:
    with pytest.raises(BillingError, match=said):
        read_fees(data)  # type: ignore[arg-type]
