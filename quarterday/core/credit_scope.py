"""What a grant of credit may pay for: new orders or renewals, and single products."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.money import allocate

_APART = ":"


class CreditFor(StrEnum):
    """What credit may pay for. What is new is an order: its setup and its first period."""

    ANY = "any"
    ORDERS = "orders"
    RENEWALS = "renewals"


@dataclass(frozen=True, slots=True)
class CreditScope:
    """``products`` are codes; none is every product."""

    use: CreditFor = CreditFor.ANY
    products: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether it may pay for everything.

        >>> CreditScope().is_open
        True
        """
        return self.use is CreditFor.ANY and not self.products

    def to_data(self) -> dict[str, Any]:
        """What is limited, for storing; nothing where nothing is.

        >>> CreditScope(CreditFor.ORDERS, frozenset({"web"})).to_data()
        {'products': ['web'], 'use': 'orders'}
        """
        data: dict[str, Any] = {"products": sorted(self.products)} if self.products else {}
        return data if self.use is CreditFor.ANY else {**data, "use": str(self.use)}


class NeedLine(NamedTuple):
    """A line of an invoice: what it is for (see `need_key`), and its amount without tax."""

    key: str
    base_minor: int
    tax_code: str


def read_scope(data: Mapping[str, Any] | None) -> CreditScope:
    """A scope as stored or given; raises `BillingError` for what is none.

    >>> read_scope({"use": "renewals"}).use
    <CreditFor.RENEWALS: 'renewals'>
    >>> read_scope({"use": "gifts"})
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: a scope must be for any, orders or renewals, not 'gifts'
    """
    given = dict(data or {})
    use, products = given.pop("use", "any"), given.pop("products", [])
    if given:
        raise BillingError(f"a scope has no {min(given)!r}; it has use and products")
    if use not in tuple(CreditFor):
        raise BillingError(f"a scope must be for any, orders or renewals, not {use!r}")
    if isinstance(products, str) or not isinstance(products, Collection):
        raise BillingError(f"products of a scope must be a list of codes, not {products!r}")
    if bad := [one for one in products if not isinstance(one, str) or not one.strip()]:
        raise BillingError(f"products of a scope must be codes of products, not {bad[0]!r}")
    return CreditScope(CreditFor(use), frozenset(products))


def need_key(is_order: bool, product: str) -> str:
    """What a line is for, as one text.

    >>> need_key(True, "web")
    'orders:web'
    """
    return f"{CreditFor.ORDERS if is_order else CreditFor.RENEWALS}{_APART}{product}"


def covered(
    scope: CreditScope, keys: Iterable[str], *, pays_orders: bool = True
) -> frozenset[str] | None:
    """The keys that a scope may pay for; None is all, whatever they are.

    With ``pays_orders`` false the seller takes no credit at all for new orders.

    >>> sorted(covered(read_scope({"use": "orders"}), ["orders:web", "renewals:web"]))
    ['orders:web']
    >>> covered(CreditScope(), ["orders:web"]) is None
    True
    """
    if scope.is_open and pays_orders:
        return None
    found = set()
    for key in keys:
        use, _, product = key.partition(_APART)
        is_of_use = scope.use is CreditFor.ANY or use == scope.use
        is_of_product = not scope.products or product in scope.products
        if is_of_use and is_of_product and (pays_orders or use != CreditFor.ORDERS):
            found.add(key)
    return frozenset(found)


def split_needs(
    total_minor: int, lines: Sequence[NeedLine], taxes: Iterable[tuple[str, int]]
) -> dict[str, int]:
    """How much of an invoice's total, with tax, is for what; the parts sum to the total.

    ``taxes`` are the tax of each code; a line names its codes, joined by ``+``. Credits for unused
    time lower all parts alike.

    >>> split_needs(
    ...     357,
    ...     [NeedLine("orders:web", 100, "vat19"), NeedLine("renewals:mail", 200, "vat19")],
    ...     [("vat19", 57)],
    ... )
    {'orders:web': 119, 'renewals:mail': 238}
    """
    codes = [frozenset(line.tax_code.split("+")) for line in lines]
    gross = [Fraction(line.base_minor) for line in lines]
    for code, tax in taxes:
        bearing = [place for place, named in enumerate(codes) if code in named]
        whole = sum(lines[place].base_minor for place in bearing)
        for place in bearing if whole else ():
            gross[place] += Fraction(tax * lines[place].base_minor, whole)
    sums: dict[str, Fraction] = {}
    for line, amount in zip(lines, gross, strict=True):
        sums[line.key] = sums.get(line.key, Fraction(0)) + amount
    weights = {key: amount for key, amount in sums.items() if amount > 0}
    if not weights:
        return {}
    parts = allocate(total_minor, list(weights.values()))
    return {key: part for key, part in zip(weights, parts, strict=True) if part}


def pay_needs(
    needs: dict[str, int],
    amount_minor: int,
    keys: frozenset[str] | None,
    kept: Collection[str] = (),
) -> int:
    """Lower what is left to pay for by what a source paid; how much of it found no place.

    A source with ``keys`` pays for those alone. First it pays for what is not ``kept`` for others.

    >>> needs = {"orders:web": 100, "renewals:web": 50}
    >>> pay_needs(needs, 120, None, kept=["renewals:web"]), needs
    (0, {'orders:web': 0, 'renewals:web': 30})
    """
    payable = [key for key in needs if keys is None or key in keys]
    for key in sorted(payable, key=lambda one: (one in kept, one)):
        part = min(amount_minor, needs[key])
        needs[key] -= part
        amount_minor -= part
    return amount_minor
