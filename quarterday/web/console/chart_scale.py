"""Where amounts stand in a chart: round marks that take in zero, and places between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Number = int | Decimal
_ROUND = (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5), Fraction(10))
_PARTS = 4


@dataclass(frozen=True, slots=True)
class Scale:
    """``marks`` from the lowest to the highest; zero is one of them."""

    marks: tuple[Fraction, ...]
    height: int

    def y(self, value: Number | Fraction) -> Fraction:
        """Pixels from the top at which a value stands.

        >>> make_scale([0, 80], 100).y(40)
        Fraction(50, 1)
        """
        low, high = self.marks[0], self.marks[-1]
        return (high - Fraction(value)) / (high - low) * self.height


def make_scale(values: Iterable[Number], height: int, *, is_whole: bool = False) -> Scale:
    """A scale with about four parts that holds the values and zero; ``is_whole`` cuts no unit.

    >>> [int(mark) for mark in make_scale([-30, 170], 100).marks]
    [-50, 0, 50, 100, 150, 200]
    >>> [int(mark) for mark in make_scale([], 100, is_whole=True).marks]
    [0, 1]
    """
    numbers = [Fraction(0), *(Fraction(value) for value in values)]
    low, high = min(numbers), max(numbers)
    if low == high:
        return Scale((Fraction(0), Fraction(1)), height)
    step = _round_up((high - low) / _PARTS)
    if is_whole:
        step = Fraction(-(-step // 1))
    first, last = low // step, -(-high // step)
    return Scale(tuple(step * part for part in range(int(first), int(last) + 1)), height)


def _round_up(step: Fraction) -> Fraction:
    """The least of 1, 2, 2.5 and 5 times a power of ten that is at least this."""
    power = Fraction(1)
    while power * 10 <= step:
        power *= 10
    while power > step:
        power /= 10
    return next(part * power for part in _ROUND if part * power >= step)
