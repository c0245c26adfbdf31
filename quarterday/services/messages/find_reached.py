"""Which accounts a mail of a kind arrives at."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from quarterday.core.message import find_roles, wants_kind
from quarterday.services.messages.queue_rules import first_day_told
from quarterday.store.queries.readers import load_chosen, load_roles


def find_reached(seller_id: int, accounts: Collection[int], kind: str, on: date) -> set[int]:
    """Those of a seller's accounts, by key, of which somebody is mailed what is told on a day.

    It is somebody who wants the kind, at an address that takes mail; nobody while the seller is
    silent. See `quarterday.services.messages.find_readers`.
    """
    first = first_day_told(seller_id, on)
    if first is None or on < first:
        return set()
    chosen, wanted = load_chosen(accounts, reachable=True), find_roles(kind)
    silent = set(accounts) - chosen.keys()
    found = {key for key, kinds in chosen.items() if any(wants_kind(one, kind) for one in kinds)}
    return found | {
        key for key, roles in load_roles(silent, reachable=True).items() if roles & wanted
    }
