"""Queue messages about many new documents at once, for the billing run.

Two reads for a batch tell who wants to hear of them; accounts that nobody reads for cost no more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from quarterday.core.message import find_roles, wants_kind
from quarterday.core.period import local_date
from quarterday.services.messages.queue_message import make_row
from quarterday.services.messages.queue_rules import first_day_told, is_silent
from quarterday.store.fields import make_public_id
from quarterday.store.models import Seller
from quarterday.store.queries.readers import load_chosen, load_roles


class NewDocument(NamedTuple):
    """A document that was just issued, and the kind of message that tells of it."""

    kind: str
    public_id: str
    seller_id: int
    account_id: int


def make_message_rows(
    documents: Sequence[NewDocument], *, today: date, now: datetime
) -> list[tuple[Any, ...]]:
    """Rows of messages about documents issued today, for those accounts that want them."""
    if not documents or is_silent():
        return []
    chosen = load_chosen({one.account_id for one in documents})
    others = {one.account_id for one in documents} - chosen.keys()
    roles = load_roles(others)
    wanted = [
        one
        for one in documents
        if _is_wanted(one.kind, chosen.get(one.account_id), roles.get(one.account_id, set()))
    ]
    told = _find_speakers({one.seller_id for one in wanted}, today, now)
    # All rows of a batch are alike but for these four, so the rest is made once.
    _, _, _, _, _, *rest_of_row = make_row(kind="", seller_id=0, account_id=0, subject="", now=now)
    return [
        (
            make_public_id("msg"),
            one.seller_id,
            one.account_id,
            one.kind,
            one.public_id,
            *rest_of_row,
        )
        for one in wanted
        if one.seller_id in told
    ]


def _is_wanted(kind: str, chosen: Sequence[Sequence[str]] | None, roles: set[str]) -> bool:
    if chosen is None:
        return not roles.isdisjoint(find_roles(kind))
    return any(wants_kind(one, kind) for one in chosen)


def _find_speakers(sellers: Collection[int], today: date, now: datetime) -> set[int]:
    """The sellers that tell of what happens today."""
    rows = Seller.objects.filter(id__in=sellers).values_list("id", "time_zone") if sellers else ()
    found = set()
    for seller_id, zone in rows:
        first = first_day_told(seller_id, local_date(now, zone))
        if first is not None and today >= first:
            found.add(seller_id)
    return found
