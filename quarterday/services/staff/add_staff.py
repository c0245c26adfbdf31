"""Let somebody work for a seller, in a role."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from quarterday.core.access import StaffRole, role_includes
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_word
from quarterday.services.staff.check_staff import Forbidden
from quarterday.services.users.add_user import add_user
from quarterday.store.models import Seller, StaffMember, User


def add_staff(
    *,
    email: str,
    role: str,
    now: datetime,
    seller: Seller | None = None,
    name: str = "",
    actor: str = "system",
) -> StaffMember:
    """Who works for a seller, or for all of them (also those to come) where none is named.

    The user is made if nobody has the address. The same again changes nothing; raises `Conflict`
    for somebody who has another role there: that is changed on purpose only; and `Forbidden` for
    less than somebody may who works for all sellers, as a role at one counts more than that.
    """
    role = check_word(StaffRole, role, "role")
    user = add_user(email=email, name=name)
    with transaction.atomic():
        hold_staff()
        row = list_open(user).filter(seller=seller).first()
        if row is not None:
            if row.role != role:
                raise Conflict(f"{user.email} works here as {row.role}; change the role instead")
            return row
        keep_post_of_all(user, seller, role)
        row = StaffMember.objects.create(
            user=user, seller=seller, role=role, since=now, actor=actor
        )
        User.objects.filter(id=user.id, is_staff=False).update(is_staff=True)
        user.is_staff = True
        record_staff_event("staff.added", row, now=now, actor=actor, data={"role": role})
    return row


def keep_post_of_all(user: User, seller: Seller | None, role: str) -> None:
    """Raise `Forbidden` where a role at one seller would take away what somebody may at all."""
    if seller is None:
        return
    post = list_open(user).filter(seller__isnull=True).first()
    if post is not None and not role_includes(role, post.role):
        raise Forbidden(
            f"{user.email} works for all sellers as {post.role}, and would lose some of that here "
            f"as {role}; change what they may do for all sellers by `staff change` instead"
        )


def hold_staff() -> None:
    """Let one change of staff follow the other, for the rest of the transaction.

    So of two owners who let each other go at once, the second is refused. On SQLite the
    transaction itself is the lock; on PostgreSQL nobody who bills waits for this one.
    """
    list(Seller.objects.select_for_update(no_key=True).order_by("id").values_list("id"))


def list_open(user: User) -> QuerySet[StaffMember]:
    """The posts of a user that have not ended."""
    return StaffMember.objects.filter(user=user, ended_at__isnull=True)


def record_staff_event(
    kind: str, row: StaffMember, *, now: datetime, actor: str, data: Mapping[str, Any]
) -> None:
    """The event of a change of staff, in the log of each seller that it concerns."""
    sellers = [row.seller] if row.seller else list(Seller.objects.order_by("id"))
    for seller in sellers:
        record_event(
            kind=kind,
            subject=row.user.public_id,
            seller_id=seller.id,
            actor=actor,
            now=now,
            data={"email": row.user.email, "all_sellers": row.seller is None, **data},
        )
