"""Refuse what a role of staff does not permit."""

from __future__ import annotations

from quarterday.core.access import StaffPermission, staff_may
from quarterday.core.errors import BillingError


class Forbidden(BillingError):  # noqa: N818 - named for what it says
    """Somebody of the staff may not do this; nothing was changed."""


def check_staff(role: str, permission: StaffPermission) -> None:
    """Raise `Forbidden` unless the role permits it; whoever runs the installation is its owner."""
    if not staff_may(role, permission):
        what = permission.replace("_", " ")
        raise Forbidden(f"the role {role} does not permit to {what}; ask somebody who may")
