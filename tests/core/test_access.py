"""The whole table of roles, written down a second time on purpose."""

from __future__ import annotations

import pytest

from quarterday.core.access import (
    PERMISSIONS,
    STAFF_PERMISSIONS,
    Permission,
    Role,
    StaffPermission,
    StaffRole,
    permissions_of,
    roles_that_may,
    staff_may,
)

# owner, billing, technical, read only
TABLE = {
    "see_money": "yes yes no yes",
    "pay": "yes yes no no",
    "manage_methods": "yes yes no no",
    "see_services": "yes yes yes yes",
    "change_services": "yes no yes no",
    "cancel_services": "yes no no no",
    "order": "yes no no no",
    "see_profile": "yes yes yes yes",
    "edit_profile": "yes yes no no",
    "manage_contacts": "yes yes no no",
    "export_data": "yes yes no no",
    "see_people": "yes yes yes yes",
    "manage_people": "yes no no no",
}


@pytest.mark.parametrize("permission", Permission)
def test_each_role_may_what_the_table_says(permission: Permission) -> None:
    expected = TABLE[permission].split()
    found = ["yes" if permission in PERMISSIONS[role] else "no" for role in Role]
    assert found == expected


def test_the_table_names_every_permission_and_role() -> None:
    assert set(TABLE) == {str(one) for one in Permission}
    assert list(PERMISSIONS) == list(Role)


def test_who_may_change_something_may_see_it() -> None:
    for may in PERMISSIONS.values():
        assert Permission.PAY not in may or Permission.SEE_MONEY in may
        assert Permission.CANCEL_SERVICES not in may or Permission.SEE_SERVICES in may
        assert Permission.MANAGE_PEOPLE not in may or Permission.SEE_PEOPLE in may


def test_only_owners_manage_people_and_cancel() -> None:
    assert roles_that_may(Permission.MANAGE_PEOPLE) == [Role.OWNER]
    assert roles_that_may(Permission.CANCEL_SERVICES) == [Role.OWNER]


@pytest.mark.parametrize("role", ["", "admin", "OWNER"])
def test_an_unknown_role_may_nothing(role: str) -> None:
    assert permissions_of(role) == frozenset()


def test_a_cashier_takes_money_and_nothing_else() -> None:
    permitted = {one for one in StaffPermission if staff_may("cashier", one)}
    assert permitted == {StaffPermission.FIND_PAYER, StaffPermission.TAKE_MONEY}


def test_an_auditor_looks_and_changes_nothing() -> None:
    permitted = STAFF_PERMISSIONS[StaffRole.AUDITOR]
    assert permitted
    assert all(one.startswith(("see_", "find_")) for one in permitted)
    assert all(
        STAFF_PERMISSIONS[role] < frozenset(StaffPermission)
        for role in StaffRole
        if role != "owner"
    )
