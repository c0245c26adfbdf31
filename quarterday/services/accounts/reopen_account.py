"""Open a closed account again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.accounts.move_account import move_account
from quarterday.store.models import Account, AccountStatus


def reopen_account(*, account_id: int, now: datetime, actor: str = "system") -> Account:
    """Let a closed account have contracts again; an open one stays as it is.

    Raises `NotFound`.
    """
    with transaction.atomic():
        account = claim_account(account_id)
        if account.status == AccountStatus.CLOSED:
            move_account(account, AccountStatus.CLOSED, AccountStatus.OPEN, now=now, actor=actor)
    return account
