"""The composer: turns what is to be told into a subject, a text and a page of HTML."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, Protocol, cast

from quarterday.core.errors import BillingError
from quarterday.ports.discover import discover


class Wording(NamedTuple):
    """A seller's own words: the subject, the body, and a page of HTML instead of the usual one."""

    title: str
    text: str
    html: str = ""


class Occasion(NamedTuple):
    """What a message is composed from, besides words.

    ``fields`` are values as they are; they are put into words of the language. ``link`` is where
    the button leads, and ``unsubscribe`` the way out of marketing. ``look`` is the seller's
    accent and its legal lines.
    """

    kind: str
    language: str
    fields: Mapping[str, Mapping[str, Any]]
    link: str
    unsubscribe: str = ""
    look: Mapping[str, Any] = {}


class Composed(NamedTuple):
    """A message in its forms; ``short`` is the one for text messages and chat."""

    title: str
    text: str
    html: str
    short: str


class Composer(Protocol):
    """What composes."""

    def compose(self, occasion: Occasion, wording: Wording | None = None) -> Composed:
        """Put an occasion into words, those of the house unless given."""

    def check_wording(self, kind: str, wording: Wording) -> None:
        """Raise `BillingError` with the line for words that would fail when they are needed."""

    def built_in(self, kind: str, language: str) -> Wording:
        """The house's own words for a kind, in the language or else in English."""

    def list_languages(self) -> tuple[str, ...]:
        """The languages that the house speaks."""


@cache
def find_composer() -> Composer:
    """The composer."""
    for value in discover("mail"):
        if isinstance(value, type) and {"compose", "check_wording"} <= vars(value).keys():
            return cast(Composer, value())
    raise BillingError("nothing can compose messages; install quarterday as a whole")
