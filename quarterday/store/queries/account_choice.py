"""Which accounts somebody means: by a list of names, or by what they have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import Q, QuerySet

from quarterday.store.models import Account, AccountStatus, BillingHold, Seller, SubscriptionItem

_TOGETHER = 500


class Named(NamedTuple):
    """The keys of accounts that were named, and the names that nobody has."""

    keys: list[int]
    unknown: list[str]


class Common(NamedTuple):
    """What accounts have in common; what is empty does not count.

    ``plan`` is written as product/plan, ``group`` is a code, and ``held`` asks for accounts that
    billing passes over.
    """

    country: str = ""
    plan: str = ""
    group: str = ""
    held: bool = False

    def is_empty(self) -> bool:
        """Whether it says nothing, so that it would mean everybody."""
        return not any(self)


def read_names(text: str) -> list[str]:
    r"""Names from a list or the first column of a CSV file, each once and in its order.

    >>> read_names("account;name\nA1;Ann\nA2;Bob\nA1;Ann\n")
    ['A1', 'A2']
    """
    names: dict[str, None] = {}
    for line in text.lstrip("\ufeff").replace("\t", ";").splitlines():
        parts = line.split(";") if ";" in line else line.split(",")
        if (name := parts[0].strip().strip('"')) and name.lower() not in ("account", "number"):
            names[name] = None
    return list(names)


def find_named(seller: Seller, names: Iterable[str]) -> Named:
    """The accounts of a seller by external id or public id."""
    wanted = list(dict.fromkeys(names))
    keys: dict[str, int] = {}
    for start in range(0, len(wanted), _TOGETHER):
        part = wanted[start : start + _TOGETHER]
        own = Account.objects.filter(seller=seller)
        for column in ("external_id", "public_id"):
            rows = own.filter(**{f"{column}__in": part})
            keys.update(rows.values_list(column, "id"))
    return Named(
        sorted({keys[name] for name in wanted if name in keys}),
        [name for name in wanted if name not in keys],
    )


def find_common(seller: Seller, common: Common) -> QuerySet[Account]:
    """The open accounts of a seller that have something in common."""
    asked = Q(seller=seller, status=AccountStatus.OPEN)
    if common.country:
        asked &= Q(country=common.country.upper())
    if common.group:
        asked &= Q(group__code=common.group)
    if common.held:
        asked &= Q(id__in=BillingHold.objects.values("account_id"))
    if common.plan:
        product, _, plan = common.plan.partition("/")
        items = SubscriptionItem.objects.filter(
            end_on__isnull=True,
            price__plan__product__seller=seller,
            price__plan__product__code=product,
        )
        if plan:
            items = items.filter(price__plan__code=plan)
        asked &= Q(id__in=items.values("account_id"))
    return Account.objects.filter(asked).order_by("id")


def keys_of(seller: Seller, common: Common) -> Sequence[int]:
    """Their keys, in order."""
    return list(find_common(seller, common).values_list("id", flat=True))
