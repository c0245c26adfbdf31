"""Take an account for the rest of the transaction, as the billing run does."""

from __future__ import annotations

from quarterday.services.errors import NotFound
from quarterday.store.bulk import is_postgresql
from quarterday.store.models import Account, BillingDue
from quarterday.store.queries.keys import read_account
from quarterday.store.queries.raw import fetch


def claim_account(account_id: int) -> Account:
    """Lock an account against the billing run and other changes; the account as it is then.

    Call it first of all in a transaction that changes what is billed, and trust nothing read
    before. On PostgreSQL it locks the row that says when the account is due; on SQLite the
    transaction itself is the lock. Raises `NotFound`.
    """
    lock = " FOR UPDATE" if is_postgresql() else ""
    sql = f"SELECT bill_on FROM store_billingdue WHERE account_id = %s{lock}"  # noqa: S608
    rows = fetch(sql, [account_id])
    if not rows:
        raise NotFound(f"there is no account with the key {account_id}")
    # Read after the lock was won: a join would still show what held before the wait.
    account = read_account(account_id)
    assert account is not None
    account.due = BillingDue(account=account, bill_on=rows[0][0])
    return account
