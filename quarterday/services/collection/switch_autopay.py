"""Charge the invoices of an account by themselves, or leave paying to people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.accounts.change_account import change_account
from quarterday.services.accounts.claim_account import claim_account
from quarterday.store.models import Account


def switch_autopay(*, account: Account, on: bool, now: datetime, actor: str = "system") -> Account:
    """The account as it is then; its other settings stay as they are."""
    with transaction.atomic():
        account = claim_account(account.id)
        settings = {**account.settings, "autopay": on}
        return change_account(account_id=account.id, settings=settings, now=now, actor=actor)
