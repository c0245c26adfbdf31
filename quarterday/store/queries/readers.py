"""Who of many accounts reads what, in few reads."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date

from quarterday.store.bulk import to_day
from quarterday.store.queries.raw import fetch, fetch_by_ids

_DEAD = """EXISTS (SELECT 1 FROM store_addressmark m
  WHERE m.address = LOWER({address}) AND m.reason <> '')"""
_DEAD_CONTACTS = """
SELECT c.account_id, m.address, m.at FROM store_contact c
JOIN store_addressmark m ON m.address = LOWER(c.email) AND m.reason <> ''
WHERE c.account_id {ids} ORDER BY m.address
"""
_DEAD_MEMBERS = """
SELECT b.account_id, m.address, m.at FROM store_membership b
JOIN store_user u ON u.id = b.user_id
JOIN store_addressmark m ON m.address = LOWER(u.email) AND m.reason <> ''
WHERE NOT EXISTS (SELECT 1 FROM store_contact c WHERE c.account_id = b.account_id)
  AND b.account_id {ids} ORDER BY m.address
"""


def load_chosen(
    accounts: Collection[int], *, reachable: bool = False
) -> dict[int, list[Sequence[str]]]:
    """The kinds that the contacts of accounts chose, by account; those without any are left out.

    With ``reachable``, a contact whose address takes no mail chooses nothing.
    """
    found: dict[int, list[Sequence[str]]] = {}
    keys = sorted(accounts)
    if not keys or not _has_any("store_contact"):
        return found
    dead = _DEAD.format(address="c.email") if reachable else "1 = 0"
    sql = f"SELECT c.account_id, c.kinds, {dead} FROM store_contact c"
    for account_id, kinds, is_dead in fetch_by_ids(f"{sql} WHERE c.account_id {{ids}}", keys):
        chosen = found.setdefault(account_id, [])
        if not is_dead:
            chosen.append(json.loads(kinds) if kinds != "[]" else ())
    return found


def load_roles(accounts: Collection[int], *, reachable: bool = False) -> dict[int, set[str]]:
    """The roles of those who act for accounts, by account; ``reachable`` as for contacts."""
    found: dict[int, set[str]] = {}
    if not accounts or not _has_any("store_membership"):
        return found
    sql = "SELECT b.account_id, b.role FROM store_membership b"
    if reachable:
        dead = _DEAD.format(address="u.email")
        sql += f" JOIN store_user u ON u.id = b.user_id AND NOT {dead}"
    for account_id, role in fetch_by_ids(f"{sql} WHERE b.account_id {{ids}}", sorted(accounts)):
        found.setdefault(account_id, set()).add(role)
    return found


def load_dead(accounts: Collection[int]) -> dict[int, list[tuple[str, date]]]:
    """The addresses of accounts that take no mail, each with the day since when, by account.

    Those of contacts; or of who acts for it, where it has no contacts.
    """
    found: dict[int, list[tuple[str, date]]] = {}
    if not accounts or not _has_any("store_addressmark"):
        return found
    for sql in (_DEAD_CONTACTS, _DEAD_MEMBERS):
        for account_id, address, at in fetch_by_ids(sql, sorted(accounts)):
            found.setdefault(account_id, []).append((address, to_day(str(at)[:10])))
    return found


def _has_any(table: str) -> bool:
    """Whether a table has rows at all: a business without contacts pays one look for it."""
    return bool(fetch(f"SELECT 1 FROM {table} LIMIT 1"))
