"""Let somebody take money for a seller."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.core.access import StaffPermission, StaffRole
from quarterday.core.errors import BillingError
from quarterday.core.limits import check_minor
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.staff.check_staff import check_staff
from quarterday.store.models import Cashier, Seller, User

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

    Raises `Conflict` for a code that is taken.
    """
    check_staff(role, StaffPermission.MANAGE_STAFF)
    if not _CODE.fullmatch(code):
        raise BillingError(
            f"code {code!r} must be small letters, digits and hyphens, at most 32 of them"
        )
    _check_limit(limit_minor)
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
    role: str = StaffRole.OWNER,
    actor: str = "system",
) -> Cashier:
    """Change what is given. One who is no longer active takes no money, but closes the till."""
    check_staff(role, StaffPermission.MANAGE_STAFF)
    _check_limit(limit_minor)
    changes: dict[str, int | bool] = {}
    if limit_minor is not None:
        changes["limit_minor"] = limit_minor
    if is_active is not None:
        changes["is_active"] = is_active
    with transaction.atomic():
        if changes and Cashier.objects.filter(id=cashier.id).update(**changes):
            cashier.refresh_from_db()
            _record(cashier, "cashier.changed", now, actor)
    return cashier


def _check_limit(limit_minor: int | None) -> None:
    if limit_minor is not None and check_minor(limit_minor, "limit_minor") < 0:
        raise BillingError(f"limit_minor must be at least 0, not {limit_minor}")


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
        },
    )
