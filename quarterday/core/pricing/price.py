"""A price: a pricing model with what surrounds it, rated for one period of one item.

Free units come off first, then the model rates, then the minimum tops up, then the share of the
period applies. What an earlier invoice of the same period billed is taken off step by step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from quarterday.core.errors import BillingError
from quarterday.core.exact import EXACT, ONE, ZERO, to_fraction
from quarterday.core.money import Currency
from quarterday.core.pricing.model import PricingModel, Rated, Step, check_quantity, make_rated

_WHOLE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Price:
    """What something costs; amounts in units of its currency, exact.

    ``setup_fee`` is charged once and apart from `rate_price`. ``minimum`` and ``free_units``
    count per period. ``unit_code`` is the unit of the quantity by UN/ECE Recommendation 20:
    ``C62`` (one), ``MON``, ``HUR``, ``E34`` (gigabyte).
    """

    currency: Currency
    model: PricingModel
    setup_fee: Decimal = ZERO
    minimum: Decimal | None = None
    free_units: Decimal = ZERO
    unit_code: str = "C62"

    def __post_init__(self) -> None:
        for name in ("setup_fee", "minimum", "free_units"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise BillingError(f"{name} may not be below zero, but is {value}")
        if not self.unit_code:
            raise BillingError("a price needs a unit code of UN/ECE Rec 20, such as C62 for one")


def billable_quantity(quantity: Decimal, free_units: Decimal) -> Decimal:
    """What is left of a period's quantity after its free units; never negative.

    >>> billable_quantity(Decimal(20), Decimal(10)), billable_quantity(Decimal(5), Decimal(10))
    (Decimal('10'), Decimal('0'))
    """
    return EXACT.subtract(quantity, free_units) if quantity > free_units else ZERO


def rate_price(
    price: Price,
    quantity: Decimal,
    *,
    values: Sequence[Decimal] = (),
    factor: Fraction = _WHOLE,
    minimum_factor: Fraction = _WHOLE,
    already: Decimal = ZERO,
    already_values: Sequence[Decimal] = (),
    billed: bool = False,
) -> Rated:
    """The exact cost of a quantity in a period, in currency units, with steps that sum to it.

    ``factor`` is the share of the period and multiplies amount and minimum. Usage is measured in
    its share of the period already, so there ``minimum_factor`` is that share and ``factor`` is 1.
    ``values`` are the single events of the quantity, oldest first, for models that look at each.

    Progressive billing: ``already`` is the quantity of the same period that was billed before,
    with its ``already_values``; the result is the cost of both together less that of the earlier
    one, so that all bills of a period sum to its cost at once. The quantity may then be negative,
    down to ``-already``. ``billed`` says that there was an earlier bill when it billed zero, so
    that a flat fee or a minimum on it is not charged twice.

    Raises `BillingError` for quantities below zero, and what the model refuses.

    >>> from quarterday.core.money import currency
    >>> from quarterday.core.pricing import parse_model
    >>> seats = Price(currency("EUR"), parse_model({"model": "per_unit", "unit_price": "4"}))
    >>> rate_price(seats, Decimal(3), factor=Fraction(1, 2)).amount
    Fraction(6, 1)
    """
    if not (billed or already or already_values):
        return _rate_whole(price, quantity, values, factor, minimum_factor)
    check_quantity(already)
    before = _rate_whole(price, already, already_values, factor, minimum_factor)
    both = EXACT.add(already, quantity)
    all_values = (*already_values, *values)
    return subtract_rated(_rate_whole(price, both, all_values, factor, minimum_factor), before)


def _rate_whole(
    price: Price,
    quantity: Decimal,
    values: Sequence[Decimal],
    factor: Fraction,
    minimum_factor: Fraction,
) -> Rated:
    """The cost of all that a period has had so far."""
    if price.free_units:
        check_quantity(quantity)
        quantity = billable_quantity(quantity, price.free_units)
        values = _cut_values(values, price.free_units)
    rated = price.model.rate(quantity, values)
    if price.minimum is not None:
        missing = to_fraction(price.minimum) * minimum_factor - rated.amount
        if missing > 0:
            rated = make_rated([*rated.steps, Step("minimum", ONE, price.minimum, missing)])
    if factor != _WHOLE:
        effect = rated.amount * (factor - 1)
        rated = make_rated([*rated.steps, Step("factor", ONE, ZERO, effect)])
    return rated


def _cut_values(values: Sequence[Decimal], free: Decimal) -> list[Decimal]:
    """The events without the free units, which the first ones use up."""
    rest: list[Decimal] = []
    for value in values:
        if value > free:
            rest.append(EXACT.subtract(value, free))
        free = billable_quantity(free, value)
    return rest


def subtract_rated(whole: Rated, before: Rated) -> Rated:
    """What a rating adds to an earlier one, step by step; steps that added nothing are left out.

    >>> from quarterday.core.pricing.model import make_step
    >>> one, three = (make_rated([make_step("units", Decimal(n), Decimal(5))]) for n in (1, 3))
    >>> [(step.quantity, step.amount) for step in subtract_rated(three, one).steps]
    [(Decimal('2'), Fraction(10, 1))]
    """
    sums: dict[tuple[str, Decimal], tuple[Decimal, Fraction]] = {}
    for rated, sign in ((before, -1), (whole, 1)):
        for label, quantity, unit_price, amount in rated.steps:
            had_quantity, had = sums.get((label, unit_price), (ZERO, Fraction(0)))
            change = EXACT.multiply(quantity, Decimal(sign))
            sums[label, unit_price] = EXACT.add(had_quantity, change), had + sign * amount
    steps = [
        Step(label, quantity, unit_price, amount)
        for (label, unit_price), (quantity, amount) in sums.items()
        if quantity or amount
    ]
    return make_rated(steps)


def true_up(commitment: Decimal, spent: Fraction, factor: Fraction = _WHOLE) -> Fraction:
    """What is missing to a minimum commitment over a period, in currency units; never negative.

    ``spent`` is the exact sum of what was charged; ``factor`` the share of the period committed.

    >>> true_up(Decimal(1000), Fraction(390)), true_up(Decimal(1000), Fraction(600), Fraction(1, 2))
    (Fraction(610, 1), Fraction(0, 1))
    """
    return max(Fraction(0), to_fraction(commitment) * factor - spent)
