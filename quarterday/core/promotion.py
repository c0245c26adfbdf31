"""How often a promotion code may be used: by all orders together, and by those of one account."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class UsedUp(StrEnum):
    """Why a code counts no more: everybody together used it up, or this account did."""

    ALL = "all"
    ACCOUNT = "account"


class UseLimit(NamedTuple):
    """At most so many orders of all accounts, and of one; None is as many as come."""

    in_all: int | None = None
    per_account: int | None = None


def find_used_up(limit: UseLimit, uses: int, own_uses: int) -> UsedUp | None:
    """Whether one more order may use a code, which ``uses`` orders did so far, ``own_uses`` of
    them the same account's; None where it may.

    >>> find_used_up(UseLimit(in_all=100, per_account=1), uses=12, own_uses=0)
    >>> find_used_up(UseLimit(in_all=100, per_account=1), uses=12, own_uses=1)
    <UsedUp.ACCOUNT: 'account'>
    >>> find_used_up(UseLimit(in_all=100), uses=100, own_uses=0)
    <UsedUp.ALL: 'all'>
    """
    if limit.in_all is not None and uses >= limit.in_all:
        return UsedUp.ALL
    if limit.per_account is not None and own_uses >= limit.per_account:
        return UsedUp.ACCOUNT
    return None
