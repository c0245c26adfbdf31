"""Take an account for the rest of the transaction, as the billing run does."""

from __future__ import annotations

from quarterday.services.errors import NotFound
from quarterday.store.models import Account, BillingDue


def claim_account(account_id: int) -> Account:
    """Lock an account against the billing run and other changes; the account as it is then.

    Call it first of all in a transaction that changes what is billed, and trust nothing read
    before. On PostgreSQL it locks the row that says when the account is due; on SQLite the
    transaction itself is the lock. Raises `NotFound`.
    """
    due = BillingDue.objects.select_for_update().filter(account_id=account_id).first()
    # Read after the lock was won: a join would still show what held before the wait.
    account = Account.objects.filter(id=account_id).first() if due else None
    if due is None or account is None:
        raise NotFound(f"there is no account with the key {account_id}")
    account.due = due
    return account
