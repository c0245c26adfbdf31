"""Who of many accounts reads what, in few reads."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from quarterday.store.queries.raw import fetch, fetch_by_ids


def load_chosen(accounts: Collection[int]) -> dict[int, list[Sequence[str]]]:
    """The kinds that the contacts of accounts chose, by account; those without any are left out."""
    found: dict[int, list[Sequence[str]]] = {}
    if not accounts or not _has_any("store_contact"):
        return found
    sql = "SELECT account_id, kinds FROM store_contact WHERE account_id {ids}"
    for account_id, kinds in fetch_by_ids(sql, sorted(accounts)):
        found.setdefault(account_id, []).append(json.loads(kinds) if kinds != "[]" else ())
    return found


def load_roles(accounts: Collection[int]) -> dict[int, set[str]]:
    """The roles of those who act for accounts, by account."""
    found: dict[int, set[str]] = {}
    if not accounts or not _has_any("store_membership"):
        return found
    sql = "SELECT account_id, role FROM store_membership WHERE account_id {ids}"
    for account_id, role in fetch_by_ids(sql, sorted(accounts)):
        found.setdefault(account_id, set()).add(role)
    return found


def _has_any(table: str) -> bool:
    """Whether a table has rows at all: a business without contacts pays one look for it."""
    return bool(fetch(f"SELECT 1 FROM {table} LIMIT 1"))
