"""What lies in a till, and how its day went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, Sum

from quarterday.core.ledger import CASH
from quarterday.store.models import Cashier, Seller, Till, TillEntry, User
from quarterday.store.queries.references import NotThere


class MeansSum(NamedTuple):
    """What moved in one way by one means: how often, and how much."""

    means: str
    kind: str
    entries: int
    amount_minor: int


def find_cashier(code: str, seller: Seller) -> Cashier:
    """A cashier by code. Raises `NotThere`."""
    found = Cashier.objects.select_related("seller").filter(seller=seller, code=code).first()
    if found is None:
        rows = Cashier.objects.filter(seller=seller).order_by("code")
        names = ", ".join(rows.values_list("code", flat=True)[:10])
        raise NotThere(f"there is no cashier {code!r}; known: {names or 'none'}")
    return found


def list_cashiers_of(user: User, seller: Seller) -> list[Cashier]:
    """As which cashiers somebody may take money for a seller, by code."""
    rows = Cashier.objects.select_related("seller").filter(user=user, seller=seller, is_active=True)
    return list(rows.order_by("code"))


def list_open_tills(cashiers: Sequence[Cashier]) -> list[Till]:
    """The tills of cashiers that are open, at most one of each; the first opened first."""
    rows = Till.objects.select_related("cashier__seller")
    return list(rows.filter(cashier__in=cashiers, closed_at=None).order_by("id"))


def find_till(cashier: Cashier, number: int | None = None) -> Till:
    """A till of a cashier by its number; without one, the latest. Raises `NotThere`."""
    rows = Till.objects.select_related("cashier__seller").filter(cashier=cashier)
    if number is not None:
        rows = rows.filter(number=number)
    found = rows.order_by("-number").first()
    if found is None:
        what = "no till yet" if number is None else f"no till {number}"
        raise NotThere(f"cashier {cashier} has {what}; open one with `cash open`")
    return found


def find_entry(till: Till, number: int) -> TillEntry:
    """An entry of a till by its number. Raises `NotThere`."""
    rows = TillEntry.objects.select_related("till__cashier__seller", "payment__account")
    found = rows.filter(till=till, number=number).first()
    if found is None:
        raise NotThere(f"till {till.number} of {till.cashier} has no entry {number}")
    return found


def sum_cash(till: Till) -> int:
    """The cash that should lie in a till, in minor units."""
    rows = TillEntry.objects.filter(till=till, means=CASH)
    return till.opening_minor + (rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def list_sums(till: Till) -> list[MeansSum]:
    """What moved in a till, by means and kind."""
    rows = TillEntry.objects.filter(till=till).values_list("means", "kind")
    found = rows.annotate(count=Count("id"), sum=Sum("amount_minor")).order_by("means", "kind")
    return [MeansSum(means, str(kind), count, total) for means, kind, count, total in found]
