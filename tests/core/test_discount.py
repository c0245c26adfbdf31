"""Discounts take what they say, never more than is left, whatever the order of the lines."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.discount import (
    AppliedDiscount,
    Discount,
    DiscountableLine,
    DiscountKind,
    Duration,
    apply_discounts,
    still_applies,
)
from quarterday.core.errors import BillingError
from quarterday.core.money import currency, round_half_up

EUR = currency("EUR")
PERCENTAGE, FIXED = DiscountKind.PERCENTAGE, DiscountKind.FIXED
PRODUCTS = ["web", "mail", "dns"]


def discount(kind: DiscountKind, value: str = "0", **more: object) -> Discount:
    return Discount(str(more.pop("code", "D")), kind, Decimal(value), **more)  # type: ignore[arg-type]


def nets(amounts: list[int], *discounts: Discount) -> tuple[int, ...]:
    lines = [
        DiscountableLine(amount, product)
        for amount, product in zip(amounts, PRODUCTS, strict=False)
    ]
    return apply_discounts(lines, discounts, EUR).nets


lines = st.lists(
    st.builds(
        DiscountableLine,
        st.integers(-5000, 100_000),
        st.sampled_from(PRODUCTS),
        st.booleans(),
        st.decimals(0, 10, places=1),
        st.fractions(Fraction(1, 31), 1),
    ),
    max_size=6,
)
discounts = st.lists(
    st.builds(
        Discount,
        st.sampled_from(["A", "B", "C", "D", "E", "F", "G"]),
        st.sampled_from(DiscountKind),
        st.decimals(0, 100, places=2),
        st.none() | st.frozensets(st.sampled_from(PRODUCTS)),
        st.sampled_from([Duration.ONCE, Duration.FOREVER]),
        priority=st.integers(0, 2),
    ),
    max_size=4,
    unique_by=lambda one: one.code,
)


class TestKinds:
    @pytest.mark.parametrize(("percent", "left"), [("20", 240), ("0", 300), ("100", 0)])
    def test_percentage(self, percent: str, left: int) -> None:
        assert nets([300], discount(PERCENTAGE, percent)) == (left,)

    def test_percentage_is_rounded_once_on_the_sum(self) -> None:
        assert sum(nets([5, 5, 5], discount(PERCENTAGE, "10"))) == 13

    @pytest.mark.parametrize(("amount", "left"), [(0, 0), (600, 0), (30000, 28800)])
    def test_fixed_stops_at_what_is_there(self, amount: int, left: int) -> None:
        assert nets([amount], discount(FIXED, "12")) == (left,)

    def test_fixed_is_spread_by_amount(self) -> None:
        assert nets([2000, 1000], discount(FIXED, "10")) == (1333, 667)

    @pytest.mark.parametrize(
        ("duration", "left"), [(Duration.FOREVER, 3750), (Duration.ONCE, 2500)]
    )
    def test_a_recurring_fixed_one_is_per_period(self, duration: Duration, left: int) -> None:
        half = DiscountableLine(5000, "web", factor=Fraction(1, 2))
        off = discount(FIXED, "25", duration=duration)
        assert apply_discounts([half], [off], EUR).nets == (left,)

    def test_price_override_replaces_the_unit_price(self) -> None:
        line = DiscountableLine(3000, "web", quantity=Decimal(3), factor=Fraction(1, 2))
        override = discount(DiscountKind.PRICE_OVERRIDE, "12.345")
        assert apply_discounts([line], [override], EUR).nets == (1852,)

    def test_price_override_never_raises_and_leaves_setup(self) -> None:
        override = discount(DiscountKind.PRICE_OVERRIDE, "5")
        given = [DiscountableLine(400, "web"), DiscountableLine(900, "web", is_setup=True)]
        assert apply_discounts(given, [override], EUR).nets == (400, 900)

    def test_free_setup_leaves_the_rest(self) -> None:
        given = [DiscountableLine(400, "web"), DiscountableLine(900, "web", is_setup=True)]
        assert apply_discounts(given, [discount(DiscountKind.FREE_SETUP)], EUR).nets == (400, 0)

    def test_limited_to_products(self) -> None:
        half = discount(PERCENTAGE, "50", products=frozenset(["mail"]))
        assert nets([1000, 1000], half) == (1000, 500)

    def test_a_credit_is_not_discounted(self) -> None:
        assert nets([1000, -400], discount(PERCENTAGE, "50")) == (500, -400)


class TestStacking:
    def test_priority_then_code(self) -> None:
        half = discount(PERCENTAGE, "50", code="HALF", priority=1)
        five = discount(FIXED, "5", code="FIVE", priority=2)
        assert nets([2000], five, half) == (500,)
        assert nets([2000], discount(FIXED, "5", code="FIVE"), half) == (750,)
        assert nets([2000], discount(FIXED, "5", code="ALPHA", priority=1), half) == (750,)

    def test_fixed_ones_together_stop_at_the_whole(self) -> None:
        ten, more = discount(FIXED, "10", code="A"), discount(FIXED, "110", code="B")
        result = apply_discounts([DiscountableLine(10000, "web")], [ten, more], EUR)
        assert result.applied == ((AppliedDiscount("A", 1000), AppliedDiscount("B", 9000)),)
        assert result.nets == (0,)
        assert result.taken_minor("B") == 9000

    @given(lines, discounts)
    def test_parts_sum_and_never_exceed_what_is_left(
        self, given: list[DiscountableLine], stacked: list[Discount]
    ) -> None:
        result = apply_discounts(given, stacked, EUR)
        for line, applied, net in zip(given, result.applied, result.nets, strict=True):
            assert line.amount_minor == net + sum(one.amount_minor for one in applied)
            assert min(0, line.amount_minor) <= net <= line.amount_minor
            assert all(one.amount_minor > 0 for one in applied)

    def test_the_odd_cent_falls_on_the_same_line_in_any_order(self) -> None:
        cent = discount(FIXED, "0.01")
        web, mail = DiscountableLine(500, "web"), DiscountableLine(500, "mail")
        assert apply_discounts([web, mail], [cent], EUR).nets == (500, 499)
        assert apply_discounts([mail, web], [cent], EUR).nets == (499, 500)

    @given(st.data(), lines, discounts)
    def test_order_does_not_matter(
        self, data: st.DataObject, given: list[DiscountableLine], stacked: list[Discount]
    ) -> None:
        other = data.draw(st.permutations(given))
        one_result = apply_discounts(given, stacked, EUR)
        other_result = apply_discounts(other, data.draw(st.permutations(stacked)), EUR)
        assert sorted(zip(given, one_result.nets, strict=True)) == sorted(
            zip(other, other_result.nets, strict=True)
        )
        for each in stacked:
            assert one_result.taken_minor(each.code) == other_result.taken_minor(each.code)

    @given(st.lists(st.integers(1, 10_000), min_size=1, max_size=3), st.decimals(0, 100, places=2))
    def test_a_percentage_takes_its_share_of_each_line(
        self, amounts: list[int], percent: Decimal
    ) -> None:
        left = nets(amounts, discount(PERCENTAGE, str(percent)))
        assert sum(amounts) - sum(left) == round_half_up(Fraction(percent) * sum(amounts) / 100)
        for amount, net in zip(amounts, left, strict=True):
            # Half a unit from rounding the sum, less than one from spreading it.
            assert abs(amount - net - Fraction(percent) * amount / 100) < Fraction(3, 2)


class TestDuration:
    @pytest.mark.parametrize(
        ("duration", "periods", "times"),
        [(Duration.ONCE, 0, 1), (Duration.PERIODS, 3, 3), (Duration.FOREVER, 0, 9)],
    )
    def test_applies_so_often(self, duration: Duration, periods: int, times: int) -> None:
        off = discount(FIXED, "1", duration=duration, periods=periods)
        assert sum(still_applies(off, used) for used in range(9)) == times


class TestRefusals:
    @pytest.mark.parametrize(
        ("kind", "value", "more"),
        [
            (PERCENTAGE, "100.01", {}),
            (PERCENTAGE, "-1", {}),
            (FIXED, "-1", {}),
            (FIXED, "1", {"duration": Duration.PERIODS}),
        ],
    )
    def test_impossible_discounts(
        self, kind: DiscountKind, value: str, more: dict[str, object]
    ) -> None:
        with pytest.raises(BillingError, match="discount D"):
            discount(kind, value, **more)

    def test_a_line_that_bills_no_time(self) -> None:
        with pytest.raises(BillingError, match="no part of its period"):
            apply_discounts([DiscountableLine(1, "web", factor=Fraction(0))], [], EUR)
