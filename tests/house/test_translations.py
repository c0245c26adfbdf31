"""Every text that is marked is there in every language, with its placeholders, and compiled."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog, Message

from tools.messages import (
    LANGUAGES,
    compile_language,
    find_missing,
    po_path,
    read_language,
    read_sources,
)

_PLACE = re.compile(r"%\([a-z_0-9]+\)[sd]|%%|\{[a-z_0-9]*\}|</?[a-z]+")
REMEDY = "run `make messages` and translate what is new"


@pytest.fixture(scope="module")
def sources() -> Catalog:
    return read_sources()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str, sources: Catalog) -> None:
    kept = read_language(language)
    missing = [one.id for one in sources if one.id and kept.get(one.id, one.context) is None]
    assert not missing, REMEDY
    assert not find_missing(kept), REMEDY


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_kept_that_nobody_says(language: str, sources: Catalog) -> None:
    said = {(one.id, one.context) for one in sources}
    assert not [one.id for one in read_language(language) if (one.id, one.context) not in said]


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_those_of_the_original(language: str) -> None:
    assert not [one.id for one in read_language(language) if one.id and not keeps_placeholders(one)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_programs_read_is_what_people_wrote(language: str) -> None:
    compiled = po_path(language).with_suffix(".mo").read_bytes()
    assert compiled == compile_language(read_language(language)), REMEDY


def keeps_placeholders(message: Message) -> bool:
    """Whether a translation has the placeholders of its text; a singular may leave some out."""
    if isinstance(message.id, str):
        return places(message.id) == places(str(message.string))
    assert isinstance(message.string, tuple | list)
    one, many = map(places, message.id)
    first, *rest = map(places, message.string)
    return set(first) <= {*one, *many} and all(form == many for form in rest)


def places(text: str) -> list[str]:
    return sorted(_PLACE.findall(text))


def test_a_lost_placeholder_is_seen() -> None:
    assert not keeps_placeholders(Message("%(count)s days", "Tage"))
    assert keeps_placeholders(Message("%(count)s days", "%(count)s Tage"))
    assert not keeps_placeholders(Message(("a", "%(n)s b"), ("eins", "zwei")))
