"""Rules of who wants what: choices and roles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.message import (
    KINDS,
    Topic,
    empty_fields,
    example_fields,
    find_kind,
    find_roles,
    list_fields,
    list_topics,
    wants_kind,
)

NAMES = st.sampled_from(sorted(KINDS))
CHOICES = st.lists(st.sampled_from([*KINDS, *Topic]), max_size=6)


@given(CHOICES, NAMES)
def test_news_comes_only_to_who_asked(chosen: list[str], name: str) -> None:
    if wants_kind(chosen, name) and find_kind(name).is_marketing:
        assert {"newsletter", "news"} & set(chosen)


@given(CHOICES, CHOICES, NAMES)
def test_choosing_more_never_gets_less(one: list[str], more: list[str], name: str) -> None:
    if one and wants_kind(one, name):
        assert wants_kind([*one, *more], name)


@given(NAMES)
def test_a_topic_is_all_of_its_kinds(name: str) -> None:
    assert wants_kind([find_kind(name).topic], name)


def test_topics_hold_every_kind_that_can_be_chosen() -> None:
    listed = [name for names in list_topics().values() for name in names]
    assert sorted(listed) == sorted(k.name for k in KINDS.values() if not k.is_direct)


def test_owners_hear_of_everything_but_news() -> None:
    for name, kind in KINDS.items():
        assert ("owner" in find_roles(name)) is not kind.is_marketing
        assert "read_only" not in find_roles(name)


@pytest.mark.parametrize("name", KINDS)
def test_examples_have_every_field(name: str) -> None:
    for fields in (example_fields(name), empty_fields(name)):
        assert {group: set(values) for group, values in fields.items()} == {
            group: set(known) for group, known in list_fields(name).items()
        }


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(BillingError, match="invoice_issued"):
        find_kind("spam")
