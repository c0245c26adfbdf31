"""What stands in the inbox: money and reports of money that match nothing, from every source.

A source lists its own, and finds one by its public id. A new source is a new line in `SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from quarterday.store.models import Seller
from quarterday.store.queries.inbox_item import InboxItem
from quarterday.store.queries.references import NotThere
from quarterday.store.queries.unmatched_events import find_unmatched, list_unmatched
from quarterday.store.queries.unmatched_lines import find_unmatched_line, list_unmatched_lines

__all__ = ["SOURCES", "InboxItem", "Source", "find_item", "list_inbox"]


class Source(NamedTuple):
    """Where items come from: ``prefix`` begins their ids."""

    prefix: str
    list_all: Callable[[Seller | None, int], list[InboxItem]]
    find: Callable[[str], InboxItem | None]


SOURCES: Mapping[str, Source] = {
    "gateway": Source("gev_", list_unmatched, find_unmatched),
    "bank": Source("bln_", list_unmatched_lines, find_unmatched_line),
}


def list_inbox(
    *, seller: Seller | None = None, source: str | None = None, limit: int = 100
) -> list[InboxItem]:
    """All that waits for people, the oldest first; 0 is no limit."""
    if source is not None and source not in SOURCES:
        raise NotThere(f"there is no source {source!r}; there are {', '.join(SOURCES)}")
    asked = [SOURCES[source]] if source else SOURCES.values()
    found = [item for one in asked for item in one.list_all(seller, limit)]
    found.sort(key=lambda item: item.at)
    return found[:limit] if limit else found


def find_item(name: str) -> InboxItem:
    """One item by its public id, with a suggestion. Raises `NotThere`."""
    for one in SOURCES.values():
        if name.startswith(one.prefix) and (item := one.find(name)):
            return item
    raise NotThere(f"nothing in the inbox is called {name!r}; `inbox list` shows what there is")
