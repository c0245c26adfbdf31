"""What is asked for every row that is loaded: without the ORM, whose questions cost more than
their answers.
"""

from __future__ import annotations

from functools import cache

from quarterday.store.fields import DataField
from quarterday.store.models import Account
from quarterday.store.queries.raw import fetch


def read_account(account_id: int) -> Account | None:
    """An account by its key, as the ORM gives it."""
    fields = Account._meta.concrete_fields
    rows = fetch(_select_account(), [account_id])
    if not rows:
        return None
    values = [
        field.from_db_value(value) if isinstance(field, DataField) else value
        for field, value in zip(fields, rows[0], strict=True)
    ]
    return Account.from_db("default", [field.attname for field in fields], values)


@cache
def _select_account() -> str:
    columns = ", ".join(str(field.column) for field in Account._meta.concrete_fields)
    return f"SELECT {columns} FROM store_account WHERE id = %s"


def find_account_key(seller_id: int, external_id: str) -> int | None:
    """The key of a seller's account with an external id."""
    sql = "SELECT id FROM store_account WHERE seller_id = %s AND external_id = %s"
    rows = fetch(sql, [seller_id, external_id])
    return int(rows[0][0]) if rows else None


def find_subscription_key(account_id: int, external_id: str) -> int | None:
    """The key of an account's subscription with an external id."""
    sql = "SELECT id FROM store_subscription WHERE account_id = %s AND external_id = %s"
    rows = fetch(sql, [account_id, external_id])
    return int(rows[0][0]) if rows else None
