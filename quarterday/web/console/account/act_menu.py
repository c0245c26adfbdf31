"""What staff may do as things stand, for menus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from quarterday.store.queries.account.head import AccountHead
from quarterday.web.console.account.act import deed_url
from quarterday.web.console.account.deed import Case, Deed


class Offer(NamedTuple):
    """A line of a menu."""

    label: str
    url: str
    is_danger: bool


def offer_on(deeds: Sequence[Deed], case: Case, head: AccountHead) -> list[Offer]:
    """What can be done for the customer as a whole."""
    return offer([deed for deed in deeds if deed.suits(head)], case)


def offer(deeds: Sequence[Deed], case: Case, subject: Any = None) -> list[Offer]:
    """The deeds that the role permits and that fit; ``subject`` is what they are done to."""
    case = replace(case, subject=subject)
    name = subject.public_id if subject is not None else ""
    return [
        Offer(deed.label, deed_url(case.account.public_id, deed.code, name), deed.is_danger)
        for deed in deeds
        if deed.may(case.staff) and deed.fits(case)
    ]
