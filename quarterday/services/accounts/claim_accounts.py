"""Take several accounts at once for the rest of the transaction."""

from __future__ import annotations

from collections.abc import Iterable

from quarterday.store.bulk import is_postgresql
from quarterday.store.queries.raw import fetch_by_ids


def claim_accounts(keys: Iterable[int]) -> list[int]:
    """Lock accounts as `claim_account` does one, always in the order of their keys, so that two
    who lock the same never wait for each other; the keys of those that there are.
    """
    wanted = sorted(set(keys))
    lock = " FOR UPDATE" if is_postgresql() else ""
    sql = (
        "SELECT account_id FROM store_billingdue WHERE account_id {ids} "  # noqa: S608
        f"ORDER BY account_id{lock}"
    )
    return [int(row[0]) for row in fetch_by_ids(sql, wanted)]
