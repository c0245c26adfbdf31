"""Who may do what: roles of people for an account, and of staff for a seller."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a person is to an account."""

    OWNER = "owner"
    BILLING = "billing"
    TECHNICAL = "technical"
    READ_ONLY = "read_only"


class Permission(StrEnum):
    """One thing that a person may see or do for an account."""

    SEE_MONEY = "see_money"
    PAY = "pay"
    MANAGE_METHODS = "manage_methods"
    SEE_SERVICES = "see_services"
    CHANGE_SERVICES = "change_services"
    CANCEL_SERVICES = "cancel_services"
    ORDER = "order"
    SEE_PROFILE = "see_profile"
    EDIT_PROFILE = "edit_profile"
    MANAGE_CONTACTS = "manage_contacts"
    EXPORT_DATA = "export_data"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"


_SEES = frozenset(
    {Permission.SEE_SERVICES, Permission.SEE_PROFILE, Permission.SEE_PEOPLE},
)

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.BILLING: _SEES
    | {
        Permission.SEE_MONEY,
        Permission.PAY,
        Permission.MANAGE_METHODS,
        Permission.EDIT_PROFILE,
        Permission.MANAGE_CONTACTS,
        Permission.EXPORT_DATA,
    },
    Role.TECHNICAL: _SEES | {Permission.CHANGE_SERVICES},
    Role.READ_ONLY: _SEES | {Permission.SEE_MONEY},
}


# Of a customer's own, whoever acts for them: to spend their money, and who else gets in.
_NOT_WHEN_ACTING = frozenset(
    {
        Permission.PAY,
        Permission.ORDER,
        Permission.MANAGE_METHODS,
        Permission.MANAGE_PEOPLE,
    }
)


def permissions_when_acting() -> frozenset[Permission]:
    """What staff may do in the portal while they act as a customer.

    >>> Permission.SEE_MONEY in permissions_when_acting()
    True
    >>> Permission.MANAGE_METHODS in permissions_when_acting()
    False
    """
    return frozenset(Permission) - _NOT_WHEN_ACTING


def permissions_of(role: str) -> frozenset[Permission]:
    """What a role permits; a role that nobody knows permits nothing.

    >>> Permission.PAY in permissions_of("billing")
    True
    >>> Permission.CANCEL_SERVICES in permissions_of("billing")
    False
    >>> permissions_of("emperor")
    frozenset()
    """
    try:
        return PERMISSIONS[Role(role)]
    except ValueError:
        return frozenset()


def roles_that_may(permission: Permission) -> list[Role]:
    """The roles that permit something, the most powerful first.

    >>> [str(role) for role in roles_that_may(Permission.PAY)]
    ['owner', 'billing']
    """
    return [role for role in Role if permission in PERMISSIONS[role]]


class StaffRole(StrEnum):
    """What a member of a seller's staff is there for."""

    OWNER = "owner"
    FINANCE = "finance"
    SUPPORT = "support"
    CASHIER = "cashier"
    AUDITOR = "auditor"


class StaffPermission(StrEnum):
    """One thing that staff may see or do for a seller.

    ``FIND_PAYER`` is who somebody is and what they owe, by number, name or invoice, and no more.
    """

    FIND_PAYER = "find_payer"
    TAKE_MONEY = "take_money"
    SEE_MONEY = "see_money"
    BOOK_MONEY = "book_money"
    GIVE_MONEY_BACK = "give_money_back"
    GRANT_CREDIT = "grant_credit"
    SEE_CUSTOMERS = "see_customers"
    CHANGE_CUSTOMERS = "change_customers"
    CHANGE_SERVICES = "change_services"
    SEE_SETTINGS = "see_settings"
    CHANGE_SETTINGS = "change_settings"
    MANAGE_STAFF = "manage_staff"


_DESK = frozenset({StaffPermission.FIND_PAYER, StaffPermission.TAKE_MONEY})
_LOOKS = frozenset(
    {
        StaffPermission.FIND_PAYER,
        StaffPermission.SEE_MONEY,
        StaffPermission.SEE_CUSTOMERS,
        StaffPermission.SEE_SETTINGS,
    }
)

STAFF_PERMISSIONS: Mapping[StaffRole, frozenset[StaffPermission]] = {
    StaffRole.OWNER: frozenset(StaffPermission),
    StaffRole.FINANCE: _DESK
    | _LOOKS
    | {
        StaffPermission.BOOK_MONEY,
        StaffPermission.GIVE_MONEY_BACK,
        StaffPermission.GRANT_CREDIT,
    },
    StaffRole.SUPPORT: frozenset(
        {
            StaffPermission.FIND_PAYER,
            StaffPermission.SEE_MONEY,
            StaffPermission.SEE_CUSTOMERS,
            StaffPermission.CHANGE_CUSTOMERS,
            StaffPermission.CHANGE_SERVICES,
        }
    ),
    StaffRole.CASHIER: _DESK,
    StaffRole.AUDITOR: _LOOKS,
}


def staff_may(role: str, permission: StaffPermission) -> bool:
    """Whether a role of staff permits something; a role that nobody knows permits nothing.

    >>> staff_may("cashier", StaffPermission.TAKE_MONEY)
    True
    >>> (
    ...     staff_may("cashier", StaffPermission.SEE_MONEY),
    ...     staff_may("king", StaffPermission.SEE_MONEY),
    ... )
    (False, False)
    """
    try:
        return permission in STAFF_PERMISSIONS[StaffRole(role)]
    except ValueError:
        return False


def role_includes(role: str, other: str) -> bool:
    """Whether a role of staff permits all that another one does.

    >>> role_includes("owner", "finance"), role_includes("finance", "auditor")
    (True, True)
    >>> role_includes("support", "auditor")
    False
    """
    return STAFF_PERMISSIONS[StaffRole(role)] >= STAFF_PERMISSIONS[StaffRole(other)]
