"""Let somebody take money for a seller."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.core.access import StaffPermission, StaffRole, staff_may
from quarterday.core.errors import BillingError
from quarterday.core.limits import check_minor
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.staff.check_staff import check_staff
from quarterday.store.models import Cashier, Seller, User
from quarterday.store.queries.staff import find_posts

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def add_cashier(
    *,
    seller: Seller,
    code: str,
    name: str,
    now: datetime,
    limit_minor: int | None = None,
    user: User | None = None,
    role: str = StaffRole.OWNER,
    actor: str = "system",
) -> Cashier:
    """The cashier; ``limit_minor`` is the most cash that may lie in the till.

    ``user`` is who uses the till in the console, too; `BillingError` unless they may take money
    for the seller. Raises `Conflict` for a code that is taken.
    """
    check_staff(role, StaffPermission.MANAGE_STAFF)
    if not _CODE.fullmatch(code):
        raise BillingError(
            f"code {code!r} must be small letters, digits and hyphens, at most 32 of them"
        )
    _check_limit(limit_minor)
    _check_user(user, seller)
    details: dict[str, Any] = {"name": check_text(name, "name"), "user": user}
    details["limit_minor"] = limit_minor
    with transaction.atomic():
        cashier, is_new = Cashier.objects.get_or_create(
            seller=seller,
            code=code,
            defaults=details,
        )
        if not is_new:
            raise Conflict(f"there is a cashier {code!r} already; use another code, or change it")
        _record(cashier, "cashier.added", now, actor)
    return cashier


def change_cashier(
    *,
    cashier: Cashier,
    now: datetime,
    limit_minor: int | None = None,
    is_active: bool | None = None,
    user: User | None = None,
    role: str = StaffRole.OWNER,
    actor: str = "system",
) -> Cashier:
    """Change what is given; nothing is written where it is so already.

    One who is no longer active takes no money, but closes the till. ``user`` is who uses the till
    in the console from now on; `BillingError` unless they may take money for the seller.
    """
    check_staff(role, StaffPermission.MANAGE_STAFF)
    _check_limit(limit_minor)
    _check_user(user, cashier.seller)
    given = {"limit_minor": limit_minor, "is_active": is_active, "user": user}
    with transaction.atomic():
        row = Cashier.objects.select_for_update(no_key=True, of=("self",)).get(id=cashier.id)
        changes = {
            name: value
            for name, value in given.items()
            if value is not None and value != getattr(row, name)
        }
        for name, value in changes.items():
            setattr(row, name, value)
        if changes:
            row.save(update_fields=list(changes))
            _record(row, "cashier.changed", now, actor)
    return row


def _check_limit(limit_minor: int | None) -> None:
    if limit_minor is not None and check_minor(limit_minor, "limit_minor") < 0:
        raise BillingError(f"limit_minor must be at least 0, not {limit_minor}")


def _check_user(user: User | None, seller: Seller) -> None:
    if user is None:
        return
    roles = [post.role for post in find_posts(user) if post.seller == seller]
    if not any(staff_may(role, StaffPermission.TAKE_MONEY) for role in roles):
        raise BillingError(
            f"user {user.email} may not take money for seller {seller.code}; give them a role that "
            "may, such as `staff add --role cashier`"
        )


def _record(cashier: Cashier, kind: str, now: datetime, actor: str) -> None:
    record_event(
        kind=kind,
        subject=cashier.public_id,
        seller_id=cashier.seller_id,
        account_id=None,
        actor=actor,
        now=now,
        data={
            "code": cashier.code,
            "limit_minor": cashier.limit_minor,
            "is_active": cashier.is_active,
            "user": cashier.user.public_id if cashier.user else None,
        },
    )
