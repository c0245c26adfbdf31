"""Which words a message uses: the seller's newest own ones, or those of the house."""

from __future__ import annotations

from typing import NamedTuple

from quarterday.ports.composer import Wording, find_composer
from quarterday.store.models import Channel, MessageTemplate


class Found(NamedTuple):
    """Words, and which version of the seller's they are; 0 is the house's."""

    wording: Wording
    version: int


def find_wording(*, seller_id: int, kind: str, language: str, channel: str = Channel.MAIL) -> Found:
    """The seller's words in the language, else the house's words in it.

    A seller that speaks a language which the house does not speak is preferred to English.
    """
    rows = MessageTemplate.objects.filter(
        seller_id=seller_id,
        kind=kind,
        channel=channel,
        language__in=(language, language.partition("-")[0]),
    )
    newest = rows.order_by("language", "version").last()
    if newest is None or not newest.title:
        return Found(find_composer().built_in(kind, language), 0)
    return Found(Wording(newest.title, newest.text, newest.html), newest.version)
