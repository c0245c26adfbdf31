"""For which sellers somebody works, and as what."""

from __future__ import annotations

from dataclasses import dataclass

from quarterday.store.models import Seller, User


@dataclass(frozen=True, slots=True)
class Post:
    """That somebody works for a seller, in a role of `quarterday.core.access.StaffRole`."""

    seller: Seller
    role: str


def find_posts(user: User) -> list[Post]:
    """Every seller that a user works for, by code."""
    if not user.is_staff:
        return []
    sellers = Seller.objects.select_related("brand").order_by("code")
    return [Post(seller, "owner") for seller in sellers]
