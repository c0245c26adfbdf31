"""One line of a document as sums: price, quantity, days, rounding, discount."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quarterday.core.money import currency, format_minor

_CONVENTIONS = {
    "actual_days": "actual days",
    "fixed_30": "months of 30 days",
    "seconds": "seconds",
}
_POLICIES = {
    "full": "a part of a period is charged in full",
    "none": "a part of a period is not charged",
}
_PLACES = 6


class Unit:
    """A currency that amounts are shown in."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._currency = currency(code)

    def __call__(self, amount: str | Decimal) -> str:
        """An amount in currency units."""
        return f"{amount} {self.code}"

    def price(self, price: str) -> str:
        """A price with the decimals that the currency has, or more."""
        decimals = len(price.partition(".")[2])
        return self(f"{Decimal(price):.{max(decimals, self._currency.exponent)}f}")

    def minor(self, amount: int) -> str:
        """An amount in minor units."""
        return self(format_minor(amount, self._currency))

    def exact(self, amount: str | Fraction) -> str:
        """An amount that was not rounded; one without an end is cut and says so."""
        return self(show_exact(Fraction(amount)))


def show_exact(value: Fraction) -> str:
    """A fraction as a decimal, with an ellipsis where it goes on.

    >>> show_exact(Fraction(599, 25)), show_exact(Fraction(-1, 3))
    ('23.96', '-0.333333…')
    """
    scaled = abs(value) * 10**_PLACES
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    text = f"{whole // 10**_PLACES}.{whole % 10**_PLACES:0{_PLACES}d}"
    text = f"{text}…" if rest else text.rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text


def explain_line(line: dict[str, Any], unit: Unit) -> Iterator[str]:
    """The sentences about a line of `describe_document`."""
    facts = line["explanation"]
    if "steps" in facts:
        yield from _explain_price(facts, unit)
    elif "commitment" in facts:
        yield from _explain_commitment(facts, unit)
    elif "invoice" in facts:
        yield from _explain_correction(facts, unit)
    elif "charged_minor" in facts:
        yield from _explain_unused(facts, unit)
    elif "setup_fee" in facts:
        yield f"setup fee of {facts['price']}: {unit.price(facts['setup_fee'])}, charged once"
    else:
        yield f"a charge of {unit(line['gross'])} that was entered by hand"
    if "billed_before_minor" in facts:
        yield (
            f"usage that came late: the period costs {unit.minor(facts['total_minor'])}, of which "
            f"{unit.minor(facts['billed_before_minor'])} was billed before"
        )
    for code, minor in facts.get("discounts", ()):
        yield f"discount {code}: less {unit.minor(minor)}"
    if Decimal(line["discount"]):
        yield f"{line['gross']} − {line['discount']} = {unit(line['net'])}"
    tax = f"tax {line['tax_code'].replace('+', ' and ')}"
    if line["tax_included"]:
        yield f"{tax}, the price includes it: {unit(line['base'])} without tax"
    else:
        yield f"{tax}, on top of the price"


def _explain_price(facts: dict[str, Any], unit: Unit) -> Iterator[str]:
    """The steps of the price, the share of the period, and the one rounding."""
    yield f"price {facts['price']} ({facts['model']['model'].replace('_', ' ')})"
    steps = [step for step in facts["steps"] if step[0] != "factor"]
    for step in steps:
        yield _explain_step(step, unit)
    whole = sum((Fraction(step[3]) for step in steps), Fraction(0))
    if len(steps) > 1:
        yield f"together {unit.exact(whole)}"
    rounded = unit.minor(facts.get("total_minor", facts["amount_minor"]))
    exact = Fraction(facts["exact"])
    if Fraction(facts["factor"]) == 1:
        same = unit.exact(exact) == rounded or _is_whole(exact, rounded)
        if not same:
            yield f"{unit.exact(exact)} is rounded {facts['rounding']}: {rounded}"
        return
    # For 24 of 30 days: price × 24/30 days = amount.
    yield f"{show_exact(whole)} × {_share(facts)} = {_about(exact, unit, rounded)}"
    if not _is_whole(exact, rounded):
        yield f"rounded {facts['rounding']}: {rounded}"


def _is_whole(exact: Fraction, rounded: str) -> bool:
    """Whether rounding changed nothing."""
    return Fraction(rounded.split(maxsplit=1)[0]) == exact


def _about(exact: Fraction, unit: Unit, rounded: str) -> str:
    return rounded if _is_whole(exact, rounded) else unit.exact(exact)


def _explain_step(step: Sequence[str], unit: Unit) -> str:
    label, quantity, unit_price, amount = step
    if label == "minimum":
        return f"up to the minimum of {unit.price(unit_price)}: plus {unit.exact(amount)}"
    if label == "flat":
        return f"flat price {unit.price(unit_price)}"
    return f"{label}: {quantity} × {unit_price} = {unit.exact(amount)}"


def _share(facts: dict[str, Any]) -> str:
    """The share of the period that is charged, and by which convention."""
    if facts.get("policy") in _POLICIES:
        return f"{facts['factor']} ({_POLICIES[facts['policy']]})"
    factor = Fraction(facts["factor"])
    days, of_days = facts["days"], facts["of_days"]
    if of_days and factor == Fraction(days, of_days):
        return f"{days}/{of_days} days"
    return f"{facts['factor']} (by {_CONVENTIONS.get(facts['convention'], facts['convention'])})"


def _explain_commitment(facts: dict[str, Any], unit: Unit) -> Iterator[str]:
    """What is missing to a minimum commitment."""
    yield f"minimum commitment of {facts['price']}: {unit.price(facts['commitment'])} each period"
    committed = Fraction(facts["commitment"]) * Fraction(facts["factor"])
    if Fraction(facts["factor"]) != 1:
        yield f"{facts['commitment']} × {_share(facts)} = {unit.exact(committed)}"
    spent, missing = unit.minor(facts["spent_minor"]), unit.minor(facts["amount_minor"])
    yield f"the period was charged {spent}, so {missing} is missing"


def _explain_unused(facts: dict[str, Any], unit: Unit) -> Iterator[str]:
    """Days that were paid for and not served."""
    charged, back = unit.minor(facts["charged_minor"]), unit.minor(facts["amount_minor"])
    yield f"{facts['line']} charged {charged}; {facts['days']} of {facts['of_days']} days go unused"
    if facts.get("credited_before_minor"):
        yield f"{unit.minor(facts['credited_before_minor'])} of it was credited before"
    yield f"{charged.split()[0]} × {_share(facts)} is given back: {back}"


def _explain_correction(facts: dict[str, Any], unit: Unit) -> Iterator[str]:
    """What a credit note takes back of a line."""
    before, back = facts["credited_before_minor"], unit.minor(facts["amount_minor"])
    charged = f"line {facts['line']} of {facts['invoice']} charged"
    earlier = f", of which {unit.minor(before)} was credited before" if before else ""
    yield f"{charged} {unit.minor(facts['charged_minor'])}{earlier}; {back} is taken back"
