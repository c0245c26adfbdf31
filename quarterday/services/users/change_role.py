"""Change what a member of an account may do, or let them go."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.access import Role
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_word
from quarterday.store.models import Account, Membership


class LastOwner(Conflict):
    """An account always has somebody who may do everything."""


def change_role(
    *, account_id: int, user_id: int, role: str, now: datetime, actor: str = "system"
) -> Membership:
    """Give a member another role; the one they have changes nothing.

    Raises `NotFound`, and `LastOwner` where nobody would own the account any more.
    """
    role = check_word(Role, role, "role")
    with transaction.atomic():
        # The claim lets one change of an account's people follow the other, so that of two owners
        # who demote each other at once the second is refused.
        account = claim_account(account_id)
        row = _find(account, user_id)
        if row.role == role:
            return row
        if row.role == Role.OWNER:
            _keep_owner(row)
        row.role, was = role, row.role
        row.save(update_fields=["role"])
        _record("member.role_changed", row, now, actor, {"from": was, "to": role})
    return row


def remove_member(*, account_id: int, user_id: int, now: datetime, actor: str = "system") -> None:
    """Let a user act for an account no longer; somebody who does not already changes nothing.

    Raises `LastOwner` where nobody would own the account any more.
    """
    with transaction.atomic():
        account = claim_account(account_id)
        try:
            row = _find(account, user_id)
        except NotFound:
            return
        if row.role == Role.OWNER:
            _keep_owner(row)
        _record("member.removed", row, now, actor, {"role": row.role})
        row.delete()


def _find(account: Account, user_id: int) -> Membership:
    rows = Membership.objects.select_related("user", "account")
    row = rows.filter(account=account, user_id=user_id).first()
    if row is None:
        raise NotFound(f"nobody with the key {user_id} acts for the account {account}")
    return row


def _keep_owner(row: Membership) -> None:
    others = Membership.objects.filter(account_id=row.account_id, role=Role.OWNER)
    if not others.exclude(id=row.id).exists():
        raise LastOwner(f"{row.user.email} is the only owner; make somebody else an owner first")


def _record(kind: str, row: Membership, now: datetime, actor: str, data: dict[str, str]) -> None:
    record_event(
        kind=kind,
        subject=row.user.public_id,
        seller_id=row.account.seller_id,
        account_id=row.account_id,
        actor=actor,
        now=now,
        data=data,
    )
