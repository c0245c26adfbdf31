"""Put an account into a group, or take it out of one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.errors import NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import Account, AccountGroup


def change_group(
    *, account: Account, group: AccountGroup | None, now: datetime, actor: str = "system"
) -> Account:
    """The account in its new group, or in none; what the group sets counts from the next billing.

    What is so already changes nothing. Raises `NotFound` for a group of another seller.
    """
    if group is not None and group.seller_id != account.seller_id:
        raise NotFound(f"the seller of account {account} has no group {group.code!r}")
    with transaction.atomic():
        account = claim_account(account.id)
        old = account.group
        if old == group:
            return account
        Account.objects.filter(id=account.id).update(group=group)
        account.group = group
        set_due(account.id)
        record_event(
            kind="account.group_changed",
            subject=account.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"from": old.code if old else "", "to": group.code if group else ""},
        )
    return account
