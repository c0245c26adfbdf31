"""Give somebody of the staff another role, or let them go."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from quarterday.core.access import StaffRole
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.inputs import check_word
from quarterday.services.reports.end_schedule import leave_schedules
from quarterday.services.staff.add_staff import (
    hold_staff,
    keep_post_of_all,
    list_open,
    record_staff_event,
)
from quarterday.services.users.record_sign_in import end_sign_ins
from quarterday.store.models import Seller, StaffMember, User


class LastStaffOwner(Conflict):
    """A seller that has owners keeps at least one."""


def change_staff(
    *, member: StaffMember, role: str, now: datetime, actor: str = "system"
) -> StaffMember:
    """Give somebody another role; the one they have changes nothing.

    Raises `NotFound` for somebody who has gone, `LastStaffOwner`, and `Forbidden` for less than
    they may at all sellers.
    """
    role = check_word(StaffRole, role, "role")
    with transaction.atomic():
        hold_staff()
        row = _read(member)
        if row.role == role:
            return row
        if row.role == StaffRole.OWNER:
            _keep_owner(row)
        keep_post_of_all(row.user, row.seller, role)
        row.role, was = role, row.role
        row.save(update_fields=["role"])
        record_staff_event(
            "staff.role_changed", row, now=now, actor=actor, data={"from": was, "to": role}
        )
    return row


def end_staff(*, member: StaffMember, now: datetime, actor: str = "system") -> None:
    """Let somebody go: they are signed out, the console is closed to them and no report is mailed
    to them, all at once.

    What they did stays in the log. Somebody who has gone changes nothing; raises
    `LastStaffOwner`.
    """
    with transaction.atomic():
        hold_staff()
        try:
            row = _read(member)
        except NotFound:
            return
        if row.role == StaffRole.OWNER:
            _keep_owner(row)
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        record_staff_event("staff.ended", row, now=now, actor=actor, data={"role": row.role})
        _stop_reports(row, now, actor)
        if not list_open(row.user).exists():
            User.objects.filter(id=row.user_id).update(is_staff=False)
            end_sign_ins(user=row.user, now=now, actor=actor)


def _stop_reports(row: StaffMember, now: datetime, actor: str) -> None:
    """Of sellers that they work for no longer."""
    left = set(list_open(row.user).values_list("seller_id", flat=True))
    sellers = Seller.objects.filter(id=row.seller_id) if row.seller_id else Seller.objects.all()
    for seller in () if None in left else sellers.exclude(id__in=left).order_by("id"):
        leave_schedules(seller=seller, address=row.user.email, now=now, actor=actor)


def _read(member: StaffMember) -> StaffMember:
    rows = StaffMember.objects.select_related("user", "seller")
    row = rows.filter(id=member.id, ended_at__isnull=True).first()
    if row is None:
        raise NotFound("this person does not work here any more")
    return row


def _keep_owner(row: StaffMember) -> None:
    """Every seller that has an owner now has another one afterwards."""
    others = StaffMember.objects.filter(ended_at__isnull=True, role=StaffRole.OWNER)
    others = others.exclude(id=row.id)
    if others.filter(seller__isnull=True).exists():
        return
    concerned = (
        Seller.objects.all() if row.seller_id is None else Seller.objects.filter(id=row.seller_id)
    )
    left = concerned.filter(~Q(id__in=others.values("seller_id"))).order_by("code").first()
    if left is not None or row.seller_id is None:
        where = f"of {left.code}" if left else "of all sellers"
        raise LastStaffOwner(
            f"{row.user.email} is the only owner {where}; make somebody else an owner first"
        )
