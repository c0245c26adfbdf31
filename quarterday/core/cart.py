"""What a cart may hold, read from outside once and then trusted; and what a cadence saves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.money import divide_half_up
from quarterday.core.period import Cadence

MOST_ITEMS = 20
MOST_PIECES = 10_000
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_LONGEST = 129


class BadCart(BillingError):  # noqa: N818 - named for what it says
    """Something that cannot be ordered like this; what was in the cart is still there.

    ``reason`` and ``facts`` let pages say it in the reader's language.
    """

    def __init__(self, text: str, reason: str = "", **facts: Any) -> None:
        super().__init__(text)
        self.reason = reason
        self.facts = facts


@dataclass(frozen=True, slots=True)
class CartItem:
    """A plan to be ordered. ``options`` are choices of add-on plans by the option's code, empty
    for going without; ``addons`` say how many of which add-on product.
    """

    key: str
    plan: str
    quantity: int = 1
    options: Mapping[str, str] = field(default_factory=dict)
    addons: Mapping[str, int] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """As it is stored.

        >>> CartItem("1", "pln_1").to_data()["quantity"]
        1
        """
        return {
            "key": self.key,
            "plan": self.plan,
            "quantity": self.quantity,
            "options": dict(self.options),
            "addons": dict(self.addons),
        }

    def change(self, **fields: Any) -> CartItem:
        """The same with other fields.

        >>> CartItem("1", "pln_1").change(quantity=2).quantity
        2
        """
        return replace(self, **fields)


def read_items(data: Sequence[Mapping[str, Any]]) -> list[CartItem]:
    """The items of a stored cart.

    >>> read_items([{"key": "1", "plan": "pln_1", "quantity": 2}])[0].quantity
    2
    """
    return [
        CartItem(
            str(one["key"]),
            str(one["plan"]),
            int(one.get("quantity", 1)),
            dict(one.get("options", {})),
            dict(one.get("addons", {})),
        )
        for one in data
    ]


def read_quantity(text: str, most: int, least: int = 1) -> int:
    """How many somebody asked for. Raises `BadCart` with the limit.

    >>> read_quantity(" 3 ", 5)
    3
    >>> read_quantity("-1", 5)
    Traceback (most recent call last):
    quarterday.core.cart.BadCart: the quantity must be a whole number from 1 to 5
    """
    clean = text.strip()
    if _WHOLE.fullmatch(clean) and least <= int(clean) <= min(most, MOST_PIECES):
        return int(clean)
    most = min(most, MOST_PIECES)
    raise BadCart(
        f"the quantity must be a whole number from {least} to {most}",
        "quantity",
        least=least,
        most=most,
    )


def read_code(text: str) -> str:
    """A code that somebody typed or a link brought: short, printable, without outer spaces.

    >>> read_code(" WELCOME20 ")
    'WELCOME20'
    >>> read_code("a" * 200)
    Traceback (most recent call last):
    quarterday.core.cart.BadCart: a code has at most 129 characters
    """
    clean = text.strip()
    if len(clean) > _LONGEST:
        raise BadCart(f"a code has at most {_LONGEST} characters", "code")
    if not clean.isprintable():
        raise BadCart("a code has letters, digits and signs only", "code")
    return clean


def next_key(items: Sequence[CartItem]) -> str:
    """A key for a new item of a cart.

    >>> next_key([CartItem("1", "pln_1"), CartItem("3", "pln_2")])
    '4'
    """
    return str(max((int(one.key) for one in items), default=0) + 1)


def saving_percent(amount: int, cadence: Cadence, other: int, other_cadence: Cadence) -> int:
    """How much cheaper an amount is than another over the same time, in whole percent, or 0.

    Months compare with months and years, days with weeks; the rest does not compare.

    >>> month, year = Cadence.parse("month"), Cadence.parse("year")
    >>> saving_percent(4900, year, 490, month)
    17
    >>> saving_percent(490, month, 490, month), saving_percent(70, Cadence.parse("week"), 1, month)
    (0, 0)
    """
    for length, other_length in (
        (cadence.months, other_cadence.months),
        (cadence.fixed_days, other_cadence.fixed_days),
    ):
        if length and other_length and amount >= 0 and other > 0:
            full = Fraction(other * length, other_length)
            saved = (full - amount) / full * 100
            return max(0, divide_half_up(saved.numerator, saved.denominator))
    return 0
