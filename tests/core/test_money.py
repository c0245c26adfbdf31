"""Rounding is symmetric and happens once; what is split sums to the whole."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.money import (
    CURRENCIES,
    Money,
    allocate,
    currency,
    divide_half_up,
    format_minor,
    from_minor,
    parse_exact,
    parse_minor,
    plain,
    round_half_up,
    to_minor,
)

EUR, JPY, KWD = currency("EUR"), currency("JPY"), currency("KWD")
amounts = st.integers(-(10**12), 10**12)
fractions = st.fractions(min_value=-(10**9), max_value=10**9)
units = st.sampled_from(sorted(CURRENCIES.values(), key=str))


@pytest.mark.parametrize(
    ("amount", "code", "minor"),
    [
        ("0.005", "GBP", 1),
        ("0.004", "GBP", 0),
        ("-0.005", "GBP", -1),
        ("999999.999", "USD", 100000000),
        ("104.895", "JPY", 105),
        ("1.0005", "KWD", 1001),
        ("1.00005", "CLF", 10001),
    ],
)
def test_an_amount_is_rounded_half_up_to_its_own_currency(amount, code, minor):
    assert to_minor(Decimal(amount), currency(code)) == minor


@given(fractions)
def test_rounding_is_symmetric_about_zero(value):
    assert round_half_up(-value) == -round_half_up(value)


@given(fractions)
def test_rounding_goes_to_the_nearest_and_halves_go_away_from_zero(value):
    error = round_half_up(value) - value
    assert abs(error) <= Fraction(1, 2)
    if abs(error) == Fraction(1, 2):
        assert (error > 0) == (value > 0)


@given(amounts, st.integers(1, 10**6))
def test_dividing_rounds_like_the_fraction(numerator, denominator):
    assert divide_half_up(numerator, denominator) == round_half_up(Fraction(numerator, denominator))


@given(amounts, units)
def test_minor_units_survive_text_and_decimal(minor, unit):
    assert parse_minor(format_minor(minor, unit), unit) == minor
    assert to_minor(from_minor(minor, unit), unit) == minor


def test_long_amounts_keep_every_digit():
    minor = 12345678901234567890123456789012
    assert format_minor(minor, EUR) == "123456789012345678901234567890.12"
    assert parse_minor("123456789012345678901234567890.12", EUR) == minor
    with pytest.raises(BillingError, match="more decimals than EUR"):
        parse_minor("99999999999999999999999999.995", EUR)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (0.1, "is a float"),
        ("ten", "is not a number"),
        ("NaN", "not a finite number"),
        ("-Infinity", "not a finite number"),
        ("0.0000000000001", "more than 12 decimals"),
        ("1234567890123456789.0000000000001", "more than 12 decimals"),
        ("1E+30", "more than 30 digits"),
    ],
)
def test_what_is_no_exact_number_is_refused(text, says):
    with pytest.raises(BillingError, match=says):
        parse_exact(text)


def test_trailing_zeros_are_no_decimals():
    assert parse_exact(" 1.50000000000000 ") == Decimal("1.5")
    assert parse_minor("10.500", EUR) == 1050


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12, max_value=10**9))
def test_plain_text_is_the_same_number_without_exponent_or_spare_zeros(value):
    text = plain(value)
    assert Decimal(text) == value
    assert "E" not in text
    assert "." not in text or text[-1] not in "0."
    assert text != "-0"


def test_minus_zero_reads_as_zero():
    plain.cache_clear()
    assert [plain(Decimal(text)) for text in ("-0", "-0.00", "0.0", "0")] == ["0"] * 4


weights = st.lists(st.integers(0, 10**6) | st.fractions(0, 100), min_size=1, max_size=12)


@given(amounts, weights)
def test_parts_sum_to_the_whole_and_each_is_within_one_of_its_share(total, given_weights):
    parts = allocate(total, given_weights)
    assert sum(parts) == total
    whole = sum(given_weights)
    for part, weight in zip(parts, given_weights, strict=True):
        share = Fraction(total) * weight / whole if whole else Fraction(total, len(parts))
        assert abs(part - share) < 1


@given(amounts, weights)
def test_allocating_is_symmetric(total, given_weights):
    assert allocate(-total, given_weights) == [-part for part in allocate(total, given_weights)]


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=8, unique=True), st.randoms())
def test_the_order_of_different_weights_does_not_change_what_each_gets(
    total, given_weights, random
):
    shuffled = random.sample(given_weights, len(given_weights))
    if sum(given_weights):
        shares = [Fraction(total) * each / sum(given_weights) for each in given_weights]
        remainders = {abs(share) % 1 for share in shares}
        if len(remainders) == len(shares):
            first = dict(zip(given_weights, allocate(total, given_weights), strict=True))
            assert dict(zip(shuffled, allocate(total, shuffled), strict=True)) == first


def test_zero_weights_count_as_equal_unless_others_do_not():
    assert allocate(5, [0, 0]) == [3, 2]
    assert allocate(5, [0, 1]) == [0, 5]
    assert allocate(0, []) == []


@pytest.mark.parametrize(("total", "bad"), [(1, []), (1, [1, -1])])
def test_allocating_to_nothing_or_by_negative_weights_is_refused(total, bad):
    with pytest.raises(BillingError):
        allocate(total, bad)


def test_money_adds_within_a_currency_only():
    assert Money.of("1.10", "EUR") - Money.of("2", "EUR") == Money(-90, EUR)
    assert Money.of("1", "KWD").minor == 1000
    assert Money.of("1", "EUR") < Money.of("1.01", "EUR") <= Money.of("1.01", "EUR")
    assert not Money(0, JPY)
    for combine in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(BillingError, match="cannot be mixed"):
            combine(Money(1, EUR), Money(1, KWD))


def test_unknown_currencies_are_named():
    with pytest.raises(BillingError, match="'XXX' is not an ISO 4217"):
        currency("XXX")
