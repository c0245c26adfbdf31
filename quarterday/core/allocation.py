"""Which document a payment settles, and which credit is used first (billing rule 13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from quarterday.core.errors import BillingError

Key = str | int


class OpenDocument(NamedTuple):
    """A document with something left to pay, in minor units."""

    key: Key
    due_on: date
    open_minor: int
    issued_on: date = date.min


class Allocation(NamedTuple):
    """The part of a payment that settles a document."""

    key: Key
    amount_minor: int


class Grant(NamedTuple):
    """Credit of a customer. ``expires_on`` is the first day it can no longer be used.

    The lowest ``priority`` is used first. ``scope`` limits it to products, None means any.
    """

    key: Key
    priority: int
    granted_on: date
    open_minor: int
    expires_on: date | None = None
    scope: frozenset[str] | None = None


class Draw(NamedTuple):
    """What is taken from a grant."""

    key: Key
    amount_minor: int


def allocate_payment(
    amount_minor: int, documents: Iterable[OpenDocument]
) -> tuple[list[Allocation], int]:
    """Settle documents with a payment, the oldest due first, then the oldest issued.

    Returns the allocations and the rest that overpays. Raises `BillingError` for a negative
    payment or document.

    >>> allocate_payment(
    ...     150,
    ...     [OpenDocument("R2", date(2026, 2, 1), 100), OpenDocument("R1", date(2026, 1, 1), 100)],
    ... )
    ([Allocation(key='R1', amount_minor=100), Allocation(key='R2', amount_minor=50)], 0)
    """
    _need_no_debt("payment", amount_minor)
    allocations = []
    for document in sorted(
        documents, key=lambda one: (one.due_on, one.issued_on, *_key_order(one.key))
    ):
        _need_no_debt(f"document {document.key}", document.open_minor)
        part = min(amount_minor, document.open_minor)
        if part:
            allocations.append(Allocation(document.key, part))
            amount_minor -= part
    return allocations, amount_minor


def draw_credits(
    need_minor: int,
    grants: Iterable[Grant],
    on: date,
    needs: Mapping[str, int] | None = None,
) -> list[Draw]:
    """Take what is needed from grants: by priority, then the first to expire, then the oldest.

    Grants that have expired or are granted later than ``on`` are left alone. ``needs`` says how
    much of the need is for which product; a grant with a scope pays for those products only, and
    not at all without ``needs``. A grant without scope pays first for what no such grant covers.
    Raises `BillingError` for a negative need or grant.

    >>> draw_credits(
    ...     120,
    ...     [
    ...         Grant("old", 1, date(2025, 1, 1), 100),
    ...         Grant("soon", 1, date(2026, 1, 1), 50, date(2026, 3, 1)),
    ...     ],
    ...     date(2026, 2, 1),
    ... )
    [Draw(key='soon', amount_minor=50), Draw(key='old', amount_minor=70)]
    """
    _need_no_debt("need", need_minor)
    usable = sorted(
        (grant for grant in grants if _is_usable(grant, on)),
        key=lambda one: (
            one.priority,
            one.expires_on or date.max,
            one.granted_on,
            *_key_order(one.key),
        ),
    )
    left = dict(sorted((needs or {}).items()))
    draws = []
    for place, grant in enumerate(usable):
        _need_no_debt(f"credit grant {grant.key}", grant.open_minor)
        limit = min(need_minor, grant.open_minor)
        if grant.scope is not None:
            limit = min(limit, sum(left.get(product, 0) for product in grant.scope))
        if limit > 0:
            draws.append(Draw(grant.key, limit))
            need_minor -= limit
            _pay_products(left, limit, grant, usable[place + 1 :])
    return draws


def _is_usable(grant: Grant, on: date) -> bool:
    return grant.granted_on <= on and (grant.expires_on is None or on < grant.expires_on)


def _pay_products(
    left: dict[str, int], amount_minor: int, grant: Grant, later: Iterable[Grant]
) -> None:
    """Lower what is left to pay of the products, first of those that no later grant is kept to."""
    kept = {product for one in later if one.scope is not None for product in one.scope}
    payable = [product for product in left if grant.scope is None or product in grant.scope]
    for product in sorted(payable, key=lambda one: (one in kept, one)):
        part = min(amount_minor, left[product])
        left[product] -= part
        amount_minor -= part


def _key_order(key: Key) -> tuple[int, str]:
    return (key, "") if isinstance(key, int) else (0, key)


def _need_no_debt(what: str, amount_minor: int) -> None:
    if amount_minor < 0:
        raise BillingError(f"{what}: the amount may not be negative, it is {amount_minor}")
