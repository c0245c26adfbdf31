"""Whose page this is, and for which accounts a user may act."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from quarterday.store.models import Membership, Seller


def find_seller_of_host(host: str) -> Seller | None:
    """The seller whose brand lives on a host name."""
    return Seller.objects.select_related("brand").filter(brand__domain=host).first()


def find_only_seller() -> Seller | None:
    """The seller, when there is just one."""
    rows = list(Seller.objects.select_related("brand").order_by("id")[:2])
    return rows[0] if len(rows) == 1 else None


def memberships_of(user_id: int, seller: Seller | None = None) -> QuerySet[Membership]:
    """For whom a user may act, with accounts, sellers and brands; only a seller's when given.

    The one chosen last comes first, those never chosen in the order in which they came.
    """
    rows = Membership.objects.filter(user_id=user_id).select_related("account__seller__brand")
    if seller is not None:
        rows = rows.filter(account__seller=seller)
    return rows.order_by(F("chosen_at").desc(nulls_last=True), "id")


def memberships_that_may(account_id: int, roles: Collection[str]) -> list[Membership]:
    """A few people of an account whose role is one of these."""
    rows = Membership.objects.filter(account_id=account_id, role__in=roles)
    return list(rows.select_related("user").order_by("id")[:3])


def find_membership(
    user_id: int, *, seller: Seller | None = None, account_id: int | None = None
) -> Membership | None:
    """The membership that counts now: for the account asked for if it is the user's, else the
    one chosen last.
    """
    rows = memberships_of(user_id, seller)
    if account_id is not None:
        is_other = Case(
            When(account_id=account_id, then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        rows = rows.order_by(is_other, *rows.query.order_by)
    return rows.first()
