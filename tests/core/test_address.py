"""Addresses: every example is a postcode of its country, and nonsense is refused by its field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.address import FIELDS, SHAPES, BadAddress, check_address

GOOD = {"line1": "Street 1", "city": "Town"}


@pytest.mark.parametrize("country", [*SHAPES, "AE", "HK"])
def test_examples_are_right(country: str) -> None:
    shape = SHAPES.get(country)
    example = shape.example if shape else ""
    kept = check_address(country, GOOD | {"postcode": f" {example.lower()} "})
    assert kept.get("postcode", "") == example


@given(st.sampled_from(sorted(SHAPES)), st.dictionaries(st.sampled_from(FIELDS), st.text()))
def test_what_is_kept_is_kept_again(country: str, given_address: dict[str, str]) -> None:
    try:
        kept = check_address(country, given_address)
    except BadAddress as error:
        assert error.field in FIELDS and error.code in ("empty", "form", "long", "text")
    else:
        assert check_address(country, kept) == kept
        assert all(text == text.strip() for text in kept.values())


def test_what_is_missing_or_too_long_is_named() -> None:
    for change, field, code in (
        ({"line1": ""}, "line1", "empty"),
        ({"city": "x" * 81}, "city", "long"),
        ({"line2": "a\u202eb"}, "line2", "text"),
        ({"postcode": ""}, "postcode", "empty"),
        ({"postcode": "٣٤٥٦٧"}, "postcode", "form"),
    ):
        with pytest.raises(BadAddress) as caught:
            check_address("DE", GOOD | {"postcode": "12345"} | change)
        assert (caught.value.field, caught.value.code) == (field, code)
