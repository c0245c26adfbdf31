"""What credit may pay for: parts that sum to the whole, and nobody pays for what is another's."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.allocation import Grant, draw_credits
from quarterday.core.credit_policy import CreditPolicy, read_policy
from quarterday.core.credit_scope import (
    CreditScope,
    NeedLine,
    covered,
    need_key,
    pay_needs,
    read_scope,
    split_needs,
)
from quarterday.core.errors import BillingError

DAY = date(2026, 3, 2)
keys = st.builds(need_key, st.booleans(), st.sampled_from(["web", "mail", "name"]))
lines = st.lists(
    st.builds(NeedLine, keys, st.integers(-500, 5000), st.sampled_from(["vat", "low", "vat+low"])),
    min_size=1,
    max_size=8,
)
scopes = st.builds(
    read_scope,
    st.fixed_dictionaries(
        {},
        optional={
            "use": st.sampled_from(["any", "orders", "renewals"]),
            "products": st.lists(st.sampled_from(["web", "mail", "name"]), unique=True),
        },
    ),
)


@given(lines, st.integers(0, 900), st.integers(0, 300))
def test_the_parts_sum_to_the_whole(found: list[NeedLine], vat: int, low: int) -> None:
    total = max(0, sum(one.base_minor for one in found) + vat + low)
    needs = split_needs(total, found, [("vat", vat), ("low", low)])
    assert all(part > 0 for part in needs.values())
    assert sum(needs.values()) == total or not needs


@given(
    st.dictionaries(keys, st.integers(1, 1000)),
    st.lists(st.tuples(scopes, st.integers(0, 3), st.integers(1, 800)), max_size=6),
    st.booleans(),
)
def test_credit_pays_for_its_own_in_order_and_for_nothing_else(
    needs: dict[str, int], given_credit: list[tuple[CreditScope, int, int]], pays_orders: bool
) -> None:
    own = [covered(scope, needs, pays_orders=pays_orders) for scope, _, _ in given_credit]
    grants = [
        Grant(place, priority, DAY, minor, None, own[place])
        for place, (_, priority, minor) in enumerate(given_credit)
    ]
    draws = draw_credits(sum(needs.values()), grants, DAY, needs)
    for group in {keys for keys in own if keys is not None}:
        mine = sum(d.amount_minor for d in draws if own[int(d.key)] == group)
        assert mine <= sum(needs[key] for key in group)
    assert sum(one.amount_minor for one in draws) <= sum(needs.values())
    order = [given_credit[int(one.key)][1] for one in draws]
    assert order == sorted(order)
    if not pays_orders:
        renewals = sum(part for key, part in needs.items() if key.startswith("renewals"))
        assert sum(one.amount_minor for one in draws) <= renewals


@given(st.dictionaries(keys, st.integers(0, 500)), st.integers(0, 3000), scopes)
def test_paying_lowers_needs_by_what_it_paid(
    needs: dict[str, int], minor: int, scope: CreditScope
) -> None:
    before = sum(needs.values())
    rest = pay_needs(needs, minor, covered(scope, needs), kept=[*needs][:1])
    assert before - sum(needs.values()) == minor - rest
    assert all(part >= 0 for part in needs.values())


@given(scopes)
def test_a_scope_is_read_as_it_was_written(scope: CreditScope) -> None:
    assert read_scope(scope.to_data()) == scope
    assert scope.is_open == (scope.to_data() == {})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"days": 3}, "a scope has no 'days'"),
        ({"products": "web"}, "must be a list of codes"),
        ({"products": [""]}, "must be codes of products"),
    ],
)
def test_what_is_no_scope_is_refused(data: dict[str, object], said: str) -> None:
    with pytest.raises(BillingError, match=said):
        read_scope(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "must be names and values"),
        ({"colour": "red"}, "credit has no 'colour'"),
        ({"is_enabled": 1}, "is_enabled of credit must be true or false"),
        ({"refund_days": 0}, "whole number from 1 to 3650"),
        ({"refund_days": True}, "whole number from 1 to 3650"),
        ({"refund": "often"}, "never, always or within_days"),
        ({"tax_class": ""}, "tax_class of credit must be a text"),
    ],
)
def test_what_is_no_policy_is_refused(data: object, said: str) -> None:
    with pytest.raises(BillingError, match=said):
        read_policy(data)


def test_nothing_said_is_the_usual_policy() -> None:
    assert read_policy({}) == CreditPolicy()
