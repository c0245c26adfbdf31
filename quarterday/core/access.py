"""Who may do what for an account: roles and what each permits."""

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
