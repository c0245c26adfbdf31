"""Decimals without rounding: sums, differences and products to their last digit.

Python's default context cuts results to 28 digits without a word; this one refuses to round.
Quotients are fractions and never computed in it.
"""

from __future__ import annotations

from decimal import Context, Decimal, Inexact
from fractions import Fraction
from functools import lru_cache

ZERO, ONE = Decimal(0), Decimal(1)

EXACT = Context(prec=10_000, traps=[Inexact])


@lru_cache(maxsize=8192)
def to_fraction(value: Decimal) -> Fraction:
    """A decimal as a fraction; cached, since the same few prices are rated again and again.

    >>> to_fraction(Decimal("0.125"))
    Fraction(1, 8)
    """
    return Fraction(value)
