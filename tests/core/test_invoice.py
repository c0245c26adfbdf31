"""Charges become drafts whose figures agree, whatever the pieces and whatever the order."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.charging import Timing
from quarterday.core.discount import Discount, DiscountKind, Duration
from quarterday.core.errors import BillingError
from quarterday.core.invoice import Amount, Charge, Draft, Terms, compute_invoice, rate_charge
from quarterday.core.money import currency, to_minor
from quarterday.core.period import Cadence, Period, Schedule
from quarterday.core.pricing import parse_model
from quarterday.core.pricing.price import Price
from quarterday.core.proration import Convention, Policy
from quarterday.core.tax import TAXABLE, TaxRate
from quarterday.core.tax.treatment import REVERSE_CHARGE

EUR = currency("EUR")
DAY = timedelta(days=1)
JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))
VAT = TaxRate("vat19", "VAT", Decimal(19), "DE")
REDUCED = TaxRate("vat7", "VAT", Decimal(7), "DE", tax_class="reduced")
GST = TaxRate("gst", "GST", Decimal(5), "CA")
QST = TaxRate("qst", "QST", Decimal("9.975"), "CA", region="QC", level=2, compound=True)
TAXES = [((VAT,), TAXABLE), ((REDUCED,), TAXABLE), ((GST, QST), TAXABLE), ((), REVERSE_CHARGE)]
PERCENT, FIXED = DiscountKind.PERCENTAGE, DiscountKind.FIXED


def terms(model: dict[str, object], unit: str = "EUR", **more: object) -> Terms:
    surroundings = {"minimum", "free_units"} & more.keys()
    price = Price(
        currency(unit), parse_model(model), **{name: more.pop(name) for name in surroundings}
    )  # type: ignore[arg-type]
    return Terms(price, Timing.ADVANCE, **more)  # type: ignore[arg-type]


def flat(amount: str, **more: object) -> Terms:
    return terms({"model": "flat", "amount": amount}, **more)


def charge(minor: int, tax: int = 0, inclusive: bool = False, **more: object) -> Charge:
    rates, treatment = TAXES[tax]
    given: dict[str, object] = {
        "key": None,
        "kind": "recurring",
        "product": "web",
        "description": "Web",
        "period": JANUARY,
        "quantity": Decimal(1),
        "unit_code": "C62",
        "amount": Amount(minor, Decimal(minor) / 100, "{}"),
        "inclusive": inclusive,
        "rates": rates,
        "treatment": treatment,
    }
    return Charge(**given | more)  # type: ignore[arg-type]


def facts(draft: Draft) -> tuple[object, ...]:
    """What may not depend on the order of the charges."""
    taxes = sorted((t.percent, t.category, t.base_minor, t.tax_minor) for t in draft.taxes)
    return draft.net_minor, draft.tax_minor, draft.total_minor, taxes


amounts = st.integers(-20_000, 50_000)
charges = st.lists(
    st.builds(charge, amounts, st.integers(0, 3), st.booleans()), min_size=1, max_size=8
)
discounts = st.lists(
    st.builds(
        Discount,
        st.sampled_from("ABC"),
        st.sampled_from(DiscountKind),
        st.integers(0, 100).map(Decimal),
        st.none() | st.just(frozenset(["web"])),
    ),
    max_size=3,
    unique_by=lambda one: one.code,
).map(tuple)
discounted = st.lists(
    st.builds(
        charge,
        amounts,
        st.integers(0, 3),
        kind=st.sampled_from(["recurring", "setup"]),
        product=st.sampled_from(["web", "mail"]),
        discounts=discounts,
        benefit=st.sampled_from([None, 1, 2]),
    ),
    min_size=1,
    max_size=8,
)


@given(
    st.decimals(0, 5000, places=4),
    st.decimals("0.001", 50, places=3),
    st.sampled_from(Convention),
    st.sampled_from(["7 days", "month", "quarter", "year"]),
    st.dates(date(2023, 1, 1), date(2026, 12, 31)),
    st.lists(st.integers(1, 400), max_size=6),
)
def test_a_contract_costs_the_same_in_whatever_pieces_it_is_billed(
    price: Decimal,
    quantity: Decimal,
    convention: Convention,
    cadence: str,
    start: date,
    cuts: list[int],
) -> None:
    schedule = Schedule.anchored(start, Cadence.parse(cadence))
    agreed = terms({"model": "per_unit", "unit_price": str(price)}, convention=convention)
    end = schedule.boundary(3)
    exact, pieces = Fraction(0), 0
    for part, whole in schedule.parts(start, end):
        split = part.split(*[start + cut * DAY for cut in cuts])
        rated = [rate_charge(agreed, quantity, piece, whole) for piece in split]
        for one in rated:
            said = json.loads(one.explanation)
            exact += Fraction(said["exact"])
            assert one.minor == to_minor(Fraction(said["exact"]), EUR)
        pieces += len(split)
        whole_price = rate_charge(agreed, quantity, part, whole)
        assert abs(sum(one.minor for one in rated) - whole_price.minor) <= len(split) / 2 + 0.5
    assert exact == 3 * Fraction(price) * Fraction(quantity)
    assert pieces >= 3


@given(charges, st.permutations(range(8)), st.booleans())
def test_the_order_of_charges_does_not_change_totals(
    given_charges: list[Charge], order: list[int], per_line: bool
) -> None:
    turned = [given_charges[i] for i in order if i < len(given_charges)]
    one, other = (
        compute_invoice(some, currency=EUR, tax_per_line=per_line)
        for some in (given_charges, turned)
    )
    assert facts(one) == facts(other)


@given(discounted, st.permutations(range(8)))
def test_nor_does_it_with_discounts(given_charges: list[Charge], order: list[int]) -> None:
    turned = [given_charges[i] for i in order if i < len(given_charges)]
    one, other = (compute_invoice(some, currency=EUR) for some in (given_charges, turned))
    assert sum(line.net_minor for line in one.lines) == sum(line.net_minor for line in other.lines)
    assert one.used == other.used


@given(charges, st.booleans())
def test_a_draft_adds_up(given_charges: list[Charge], per_line: bool) -> None:
    draft = compute_invoice(given_charges, currency=EUR, tax_per_line=per_line)
    assert [line.charge for line in draft.lines] == given_charges
    assert sum(draft.income_minor) == draft.net_minor
    assert sum(tax.tax_minor for tax in draft.taxes) == draft.tax_minor
    assert draft.net_minor + draft.tax_minor == draft.total_minor
    for line, income in zip(draft.lines, draft.income_minor, strict=True):
        assert line.net_minor == line.charge.amount.minor - line.discount_minor
        if not line.charge.inclusive:
            assert income == line.net_minor
    if all(one.inclusive for one in given_charges):
        assert draft.total_minor == sum(one.amount.minor for one in given_charges)


@given(charges)
def test_prices_with_and_without_tax_stand_together_as_they_would_apart(
    given_charges: list[Charge],
) -> None:
    both = compute_invoice(given_charges, currency=EUR)
    apart = [
        compute_invoice([one for one in given_charges if one.inclusive is kind], currency=EUR)
        for kind in (False, True)
    ]
    assert both.total_minor == sum(draft.total_minor for draft in apart)
    assert both.tax_minor == sum(draft.tax_minor for draft in apart)
    keys = [(tax.rate, tax.category, tax.reason_code) for tax in both.taxes]
    assert len(set(keys)) == len(keys)


@given(discounted)
def test_discounts_lower_charges_and_never_turn_them_round(given_charges: list[Charge]) -> None:
    for line in compute_invoice(given_charges, currency=EUR).lines:
        gross = line.charge.amount.minor
        assert 0 <= line.net_minor <= gross if gross > 0 else line.net_minor == gross
        said = json.loads(line.explanation).get("discounts", [])
        assert sum(taken for _, taken in said) == line.discount_minor
        assert {code for code, _ in said} <= {one.code for one in line.charge.discounts}


def test_a_fixed_discount_is_taken_once_for_each_benefit() -> None:
    fixed = (Discount("FIVE", FIXED, Decimal(5)),)
    lines = [charge(3000, discounts=fixed, benefit=month) for month in ("jan", "jan", "feb")]
    draft = compute_invoice(lines, currency=EUR)
    assert [line.discount_minor for line in draft.lines] == [250, 250, 500]


def test_a_settled_discount_goes_back_with_a_credit() -> None:
    (line,) = compute_invoice([charge(-1000, discount_minor=-200)], currency=EUR).lines
    assert (line.charge.amount.minor, line.discount_minor, line.net_minor) == (-1000, -200, -800)


def test_a_discount_is_named_in_the_explanation() -> None:
    once = Discount("HALF", PERCENT, Decimal(50), duration=Duration.ONCE)
    (line,) = compute_invoice([charge(999, discounts=(once,))], currency=EUR).lines
    assert json.loads(line.explanation)["discounts"] == [["HALF", 500]]
    assert line.net_minor == 499


@pytest.mark.parametrize(
    ("policy", "minor"), [(Policy.PRORATE, 1500), (Policy.FULL, 3100), (Policy.NONE, 0)]
)
def test_a_policy_says_what_a_part_costs(policy: Policy, minor: int) -> None:
    part = Period(date(2026, 1, 17), JANUARY.end)
    amount = rate_charge(flat("31", policy=policy), Decimal(1), part, JANUARY)
    assert amount.minor == minor
    assert amount.factor > 0


def test_usage_is_not_prorated_again_but_its_minimum_is() -> None:
    agreed = terms({"model": "per_unit", "unit_price": "1"}, minimum=Decimal(62))
    part = Period(date(2026, 1, 17), JANUARY.end)
    little, much = (
        rate_charge(agreed, Decimal(units), part, JANUARY, usage=True).minor for units in (7, 40)
    )
    assert (little, much) == (3000, 4000)


def test_free_units_come_off_first_and_zero_costs_zero() -> None:
    agreed = terms({"model": "per_unit", "unit_price": "0.5"}, free_units=Decimal(10))
    bills = [
        rate_charge(agreed, Decimal(units), JANUARY, JANUARY, usage=True).minor
        for units in ("0", "10", "10.5")
    ]
    assert bills == [0, 0, 25]


@pytest.mark.parametrize(("unit", "minor"), [("JPY", 999), ("KWD", 999_499), ("EUR", 99_950)])
def test_amounts_are_rounded_to_the_currency(unit: str, minor: int) -> None:
    amount = rate_charge(flat("999.4985", unit=unit), Decimal(1), JANUARY, JANUARY)
    assert amount.minor == minor
    assert unit in json.loads(amount.explanation)["rounding"]


def test_quantities_have_decimals_and_unit_prices_stay_exact() -> None:
    agreed = terms({"model": "per_unit", "unit_price": "0.000125"})
    amount = rate_charge(agreed, Decimal("12345.678"), JANUARY, JANUARY)
    assert amount.minor == 154
    assert amount.unit_price == Decimal("0.000125")


def test_a_piece_outside_of_its_period_is_refused() -> None:
    february = Period(date(2026, 2, 1), date(2026, 3, 1))
    with pytest.raises(BillingError, match="does not lie in the period"):
        rate_charge(flat("10"), Decimal(1), february, JANUARY)


def test_nothing_makes_an_empty_draft() -> None:
    draft = compute_invoice([], currency=EUR)
    assert (draft.lines, draft.taxes, draft.total_minor) == ((), (), 0)
