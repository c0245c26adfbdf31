"""Creditor references: what python-stdnum checks independently."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from quarterday.core.creditor_reference import (
    is_creditor_reference,
    make_creditor_reference,
    show_creditor_reference,
)
from quarterday.core.errors import BillingError

LABELS = st.text(st.sampled_from(string.ascii_letters + string.digits + "-/_ é漢"), min_size=1)


@given(LABELS)
def test_references_are_valid(label: str) -> None:
    if not any(char.isascii() and char.isalnum() for char in label):
        with pytest.raises(BillingError, match="no letter or digit"):
            make_creditor_reference(label)
        return
    reference = make_creditor_reference(label)
    assert iso11649.is_valid(reference)
    assert is_creditor_reference(reference)
    assert is_creditor_reference(show_creditor_reference(reference))
    assert len(reference) <= 25


@given(st.text(st.sampled_from(string.digits), min_size=1, max_size=21))
def test_one_wrong_digit_is_noticed(body: str) -> None:
    reference = make_creditor_reference(body)
    for at in range(4, len(reference)):
        other = "0" if reference[at] != "0" else "1"
        assert not is_creditor_reference(reference[:at] + other + reference[at + 1 :])


@given(st.text(max_size=30))
def test_any_text_is_judged_as_others_judge_it(text: str) -> None:
    assert not is_creditor_reference(text) or iso11649.is_valid(text)
