"""The totals of a document by EN 16931 (BR-CO-10 to BR-CO-17), computed and verified.

All amounts are minor units of one currency and every rule is exact: the tolerance of official
validators is no reason to be a cent off.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.money import divide_half_up


class DocumentTotals(NamedTuple):
    """The totals of a document in minor units; None where a document to verify does not say."""

    line_total: int | None = None
    allowance_total: int | None = None
    charge_total: int | None = None
    net_total: int | None = None
    tax_total: int | None = None
    gross_total: int | None = None
    prepaid: int | None = None
    rounding: int | None = None
    payable: int | None = None


def tax_on(base_minor: int, percent: Decimal) -> int:
    """The tax of one rate on its base, rounded half up (BR-CO-17).

    >>> tax_on(-649134, Decimal(25))
    -162284
    """
    numerator, denominator = percent.as_integer_ratio()
    return divide_half_up(base_minor * numerator, 100 * denominator)


def document_totals(
    lines: Sequence[int],
    *,
    tax_total: int = 0,
    allowances: Sequence[int] = (),
    charges: Sequence[int] = (),
    prepaid: int = 0,
    rounding: int = 0,
) -> DocumentTotals:
    """The totals of line nets, document allowances and charges, tax, prepayment and rounding.

    >>> document_totals([70000], tax_total=13000, allowances=[100], charges=[100]).payable
    83000
    """
    line_total, allowance_total, charge_total = sum(lines), sum(allowances), sum(charges)
    net = line_total - allowance_total + charge_total
    gross = net + tax_total
    return DocumentTotals(
        line_total,
        allowance_total,
        charge_total,
        net,
        tax_total,
        gross,
        prepaid,
        rounding,
        gross - prepaid + rounding,
    )


def broken_rules(
    totals: DocumentTotals,
    *,
    lines: Sequence[int] | None = None,
    allowances: Sequence[int] | None = None,
    charges: Sequence[int] | None = None,
    taxes: Sequence[tuple[int, Decimal, int]] | None = None,
) -> tuple[str, ...]:
    """The rules of EN 16931 that the stated totals of a document break; none when it is right.

    ``taxes`` are (base, percent, tax) per rate. A rule is tried when all it needs is stated;
    an allowance, charge, prepayment or rounding that is not stated is zero.

    >>> broken_rules(DocumentTotals(net_total=100000, tax_total=0, gross_total=125000))
    ('BR-CO-15',)
    """
    allowance_total = totals.allowance_total or 0
    charge_total = totals.charge_total or 0
    due = (totals.gross_total or 0) - (totals.prepaid or 0) + (totals.rounding or 0)
    net = (totals.line_total or 0) - allowance_total + charge_total
    gross = (totals.net_total or 0) + (totals.tax_total or 0)
    tries = (
        ("BR-CO-10", lines is None, totals.line_total, sum(lines or ())),
        ("BR-CO-11", allowances is None, allowance_total, sum(allowances or ())),
        ("BR-CO-12", charges is None, charge_total, sum(charges or ())),
        ("BR-CO-13", totals.line_total is None, totals.net_total, net),
        ("BR-CO-14", taxes is None, totals.tax_total, sum(tax for *_, tax in taxes or ())),
        ("BR-CO-15", None in (totals.net_total, totals.tax_total), totals.gross_total, gross),
        ("BR-CO-16", totals.gross_total is None, totals.payable, due),
    )
    broken = [
        rule
        for rule, unsaid, stated, right in tries
        if not unsaid and stated is not None and stated != right
    ]
    if any(tax_on(base, percent) != tax for base, percent, tax in taxes or ()):
        broken.append("BR-CO-17")
    return tuple(broken)


def payable_rounding(due_minor: int, step_minor: int) -> int:
    """What to add to an amount due so that it can be paid in steps, such as whole or 5 cents.

    It is a field of its own; tax and totals do not change. Raises `BillingError` for a step
    below 1.

    >>> payable_rounding(99981, 100), payable_rounding(1003, 5)
    (19, 2)
    """
    if step_minor < 1:
        raise BillingError(f"an amount due is rounded to steps of at least 1, not {step_minor}")
    return divide_half_up(due_minor, step_minor) * step_minor - due_minor
