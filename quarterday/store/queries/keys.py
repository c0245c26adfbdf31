"""Keys by the ids that callers know things by: asked once for every row that is loaded."""

from __future__ import annotations

from quarterday.store.queries.raw import fetch


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
