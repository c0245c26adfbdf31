"""For which sellers somebody works, and as what; and who works for a seller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Q

from quarterday.core.access import StaffRole, role_includes
from quarterday.store.models import (
    Approval,
    ApprovalStatus,
    Membership,
    Seller,
    StaffMember,
    User,
)
from quarterday.store.queries.references import NotThere


@dataclass(frozen=True, slots=True)
class Post:
    """That somebody works for a seller, in a role of `quarterday.core.access.StaffRole`."""

    seller: Seller
    role: str


def find_posts(user: User) -> list[Post]:
    """Every seller that a user works for, by code; two queries.

    A role at one seller counts more than that for all of them, unless it permits less.
    """
    if not (user.is_staff and user.is_active):
        return []
    rows = StaffMember.objects.filter(user=user, ended_at__isnull=True)
    roles: dict[int | None, str] = dict(rows.values_list("seller_id", "role"))
    sellers = Seller.objects.select_related("brand").order_by("code")
    if None not in roles:
        sellers = sellers.filter(id__in=[key for key in roles if key is not None])
    return [Post(seller, _choose(roles.get(seller.id), roles.get(None))) for seller in sellers]


def _choose(here: str | None, everywhere: str | None) -> str:
    if here is None or (everywhere is not None and role_includes(everywhere, here)):
        return str(everywhere)
    return here


def find_staff_seller(user_id: int) -> Seller | None:
    """A seller that somebody works for, the first by code; None for everybody else."""
    rows = StaffMember.objects.filter(user_id=user_id, ended_at__isnull=True, user__is_active=True)
    row = rows.select_related("seller__brand").order_by("seller__code", "id").first()
    if row is None:
        return None
    return row.seller or Seller.objects.select_related("brand").order_by("code").first()


def list_staff(seller: Seller | None = None, *, with_ended: bool = False) -> list[StaffMember]:
    """Who works for a seller, or for any; the most powerful first."""
    rows = StaffMember.objects.select_related("user", "seller")
    if seller is not None:
        rows = rows.filter(Q(seller=seller) | Q(seller__isnull=True))
    if not with_ended:
        rows = rows.filter(ended_at__isnull=True)
    order = list(StaffRole)
    return sorted(
        rows, key=lambda row: (row.ended_at is not None, order.index(StaffRole(row.role)), row.id)
    )


def find_member(email: str, seller: Seller | None) -> StaffMember:
    """Somebody's post at a seller, or that for all sellers; raises `NotThere`."""
    rows = StaffMember.objects.select_related("user", "seller").filter(ended_at__isnull=True)
    found = rows.filter(user__email=email.strip().lower(), seller=seller).first()
    if found is None:
        where = f"seller {seller.code}" if seller else "all sellers"
        raise NotThere(f"{email} does not work for {where}; see `staff list`")
    return found


def count_waiting(seller: Seller) -> int:
    """How many approvals wait for a second person."""
    return Approval.objects.filter(seller=seller, status=ApprovalStatus.WAITING).count()


def works_for_all(user: User) -> bool:
    """Whether somebody owns all sellers, and so decides about others who work for all of them."""
    rows = StaffMember.objects.filter(user=user, ended_at__isnull=True, seller__isnull=True)
    return rows.filter(role=StaffRole.OWNER).exists()


def is_known_here_only(user: User, seller: Seller) -> bool:
    """Whether somebody is known by a post at a seller and nothing else: they never signed in, and
    no customer, no other seller and no password or passkey is theirs.
    """
    return not (
        user.last_login is not None
        or user.is_superuser
        or user.has_usable_password()
        or Membership.objects.filter(user=user).exists()
        or StaffMember.objects.filter(user=user).exclude(seller=seller).exists()
        or list_second_factors([user.id])
    )


def list_second_factors(user_ids: Iterable[int]) -> set[int]:
    """Which of these users have an authenticator app or a passkey."""
    rows = Authenticator.objects.filter(user_id__in=list(user_ids))
    return set(rows.filter(type__in=["totp", "webauthn"]).values_list("user_id", flat=True))


def find_approval(seller: Seller, key: str) -> Approval | None:
    """An approval of a seller by public id."""
    rows = Approval.objects.select_related("seller", "account__seller", "asked_by", "decided_by")
    return rows.filter(seller=seller, public_id=key).first()


def list_waiting(seller: Seller) -> list[Approval]:
    """What waits for a second person, or is being carried out; the oldest first."""
    rows = Approval.objects.filter(
        seller=seller, status__in=[ApprovalStatus.WAITING, ApprovalStatus.APPROVED]
    )
    return list(rows.select_related("account", "asked_by").order_by("asked_at", "id")[:200])
