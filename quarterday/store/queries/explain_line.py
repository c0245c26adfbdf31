"""One line of a document as sums: price, quantity, days, rounding, discount."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from quarterday.store.queries.explain_price import (
    explain_commitment,
    explain_price,
    explain_unused,
    show_discount,
)
from quarterday.store.queries.explain_words import Unit


def explain_line(line: dict[str, Any], unit: Unit) -> Iterator[str]:
    """The sentences about a line of `explain_invoice`; all of them can be calculated again."""
    facts = line["explanation"]
    if "steps" in facts:
        yield from explain_price(facts, line["terms"], unit)
    elif "commitment" in facts:
        yield from explain_commitment(facts, unit)
    elif "invoice" in facts:
        yield _explain_correction(facts, unit)
    elif "charged_minor" in facts:
        yield from explain_unused(facts, unit)
    elif "setup_fee" in facts:
        yield f"setup fee of {facts['price']}: {unit(facts['setup_fee'])}, charged once"
    else:
        yield f"a single charge of {unit(line['gross'])}"
    if "billed_before_minor" in facts:
        yield from _explain_supplement(facts, unit)
    yield from (show_discount(one, unit) for one in line["discounts"])
    if Decimal(line["discount"]):
        gross, discount = unit.number(line["gross"]), unit.number(line["discount"])
        yield f"{gross} − {discount} = {unit(line['net'])}"


def _explain_supplement(facts: dict[str, Any], unit: Unit) -> Iterator[str]:
    """Usage that came late, or was corrected after it was billed."""
    total, before = unit.minor(facts["total_minor"]), unit.minor(facts["billed_before_minor"])
    more = facts["amount_minor"] >= 0
    yield "usage that was recorded after these days had been billed"
    difference = unit.minor(facts["amount_minor"])
    words = "" if more else ", given back"
    yield f"cost now {total} − billed before {before} = {difference}{words}"


def _explain_correction(facts: dict[str, Any], unit: Unit) -> str:
    """What a credit note takes back of a line."""
    before, back = facts["credited_before_minor"], unit.minor(facts["amount_minor"])
    charged = f"line {facts['line']} of {facts['invoice']} charged"
    earlier = f", of which {unit.minor(before)} was credited before" if before else ""
    return f"{charged} {unit.minor(facts['charged_minor'])}{earlier}; {back} is taken back"
