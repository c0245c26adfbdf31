"""Limits from which on a second person looks: whatever a seller writes, more never needs less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.approval import ApprovalKind, read_approval_limits
from quarterday.core.errors import BillingError

AMOUNTS = st.integers(0, 10**12)


@given(limit=AMOUNTS, less=AMOUNTS, more=AMOUNTS)
def test_what_needs_it_needs_it_for_more_too(limit: int, less: int, more: int) -> None:
    less, more = sorted((less, more))
    limits = read_approval_limits({"refund": {"EUR": f"{limit // 100}.{limit % 100:02}"}})
    small, large = (limits.needs_another(ApprovalKind.REFUND, "EUR", one) for one in (less, more))
    assert small <= large
    assert (less > limit, more > limit) == (small, large)
    assert limits.needs_another(ApprovalKind.REFUND, "USD", max(more, 1))
    assert not limits.needs_another(ApprovalKind.CREDIT, "EUR", more)


@pytest.mark.parametrize(
    "data",
    [[], {"gift": {}}, {"refund": 5}, {"refund": {"EUR": 5}}, {"refund": {"EUR": "-1"}},
     {"refund": {"EUR": "1.234"}}, {"refund": {"XYZ?": "1"}}, {"credit": {"JPY": "1.5"}}],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(data: object) -> None:
    with pytest.raises(BillingError, match="approvals"):
        read_approval_limits(data)
