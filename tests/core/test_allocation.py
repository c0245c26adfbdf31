"""Payments settle the oldest debt first, and credit is used in its order, never twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.allocation import (
    Allocation,
    Draw,
    Grant,
    OpenDocument,
    allocate_payment,
    draw_credits,
)
from quarterday.core.errors import BillingError

TODAY = date(2026, 6, 1)
near = st.integers(-40, 40).map(lambda days: TODAY + timedelta(days=days))
documents = st.lists(
    st.builds(OpenDocument, st.integers(0, 99), near, st.integers(0, 500), near),
    max_size=6,
    unique_by=lambda one: one.key,
)
scopes = st.none() | st.frozensets(st.sampled_from(["web", "mail", "dns"]))
grants = st.lists(
    st.builds(
        Grant,
        st.integers(0, 99),
        st.integers(0, 2),
        near,
        st.integers(0, 500),
        st.none() | near,
        scopes,
    ),
    max_size=6,
    unique_by=lambda one: one.key,
)
needs = st.dictionaries(st.sampled_from(["web", "mail", "dns", "sms"]), st.integers(0, 500))


class TestPayment:
    def test_oldest_due_then_oldest_issued(self) -> None:
        due = date(2026, 1, 1)
        given = [
            OpenDocument("late", date(2026, 2, 1), 100),
            OpenDocument("second", due, 100, date(2025, 12, 2)),
            OpenDocument("first", due, 100, date(2025, 12, 1)),
        ]
        assert allocate_payment(250, given) == (
            [Allocation("first", 100), Allocation("second", 100), Allocation("late", 50)],
            0,
        )

    def test_what_overpays_is_the_rest(self) -> None:
        assert allocate_payment(150, [OpenDocument(1, TODAY, 100)]) == ([Allocation(1, 100)], 50)

    def test_numbers_are_in_the_order_of_numbers(self) -> None:
        given = [OpenDocument(10, TODAY, 100), OpenDocument(9, TODAY, 100)]
        assert allocate_payment(100, given)[0] == [Allocation(9, 100)]

    @given(st.integers(0, 2000), documents, st.data())
    def test_parts_sum_and_order_does_not_matter(
        self, amount: int, given: list[OpenDocument], data: st.DataObject
    ) -> None:
        allocations, rest = allocate_payment(amount, given)
        assert sum(one.amount_minor for one in allocations) + rest == amount
        open_by_key = {one.key: one.open_minor for one in given}
        assert all(0 < one.amount_minor <= open_by_key[one.key] for one in allocations)
        assert rest == max(0, amount - sum(open_by_key.values()))
        assert allocate_payment(amount, data.draw(st.permutations(given))) == (allocations, rest)

    @given(st.integers(0, 2000), documents)
    def test_nothing_is_paid_before_what_is_older(
        self, amount: int, given: list[OpenDocument]
    ) -> None:
        paid = {one.key: one.amount_minor for one in allocate_payment(amount, given)[0]}
        for one in given:
            if any(other.key in paid and other.due_on > one.due_on for other in given):
                assert paid.get(one.key, 0) == one.open_minor

    def test_refuses_negative_amounts(self) -> None:
        with pytest.raises(BillingError, match="payment: the amount may not be negative"):
            allocate_payment(-1, [])
        with pytest.raises(BillingError, match="document R1"):
            allocate_payment(1, [OpenDocument("R1", TODAY, -1)])


class TestCredit:
    def test_priority_then_expiry_then_age(self) -> None:
        old, new = date(2025, 1, 1), date(2026, 1, 1)
        given = [
            Grant("new", 1, new, 10),
            Grant("old", 1, old, 10),
            Grant("late", 1, old, 10, date(2027, 1, 1)),
            Grant("soon", 1, new, 10, date(2026, 7, 1)),
            Grant("first", 0, new, 10),
        ]
        assert [draw.key for draw in draw_credits(50, given, TODAY)] == [
            "first",
            "soon",
            "late",
            "old",
            "new",
        ]

    def test_expired_and_future_ones_rest(self) -> None:
        given = [
            Grant("gone", 1, date(2026, 1, 1), 10, TODAY),
            Grant("future", 1, date(2026, 6, 2), 10),
            Grant("today", 1, TODAY, 10, date(2026, 6, 2)),
        ]
        assert draw_credits(30, given, TODAY) == [Draw("today", 10)]

    def test_a_scope_pays_for_its_products_only(self) -> None:
        given = [Grant("web", 1, TODAY, 100, scope=frozenset(["web"]))]
        assert draw_credits(100, given, TODAY, {"web": 30, "mail": 70}) == [Draw("web", 30)]
        assert draw_credits(100, given, TODAY) == []

    def test_a_free_grant_leaves_to_others_what_only_they_may_pay(self) -> None:
        for product, other in (("web", "mail"), ("mail", "web")):
            kept = Grant("kept", 1, TODAY, 30, scope=frozenset([product]))
            assert draw_credits(
                100, [Grant("any", 0, TODAY, 70), kept], TODAY, {product: 30, other: 70}
            ) == [Draw("any", 70), Draw("kept", 30)]

    @given(st.integers(0, 2000), grants, needs, st.data())
    def test_draws_stay_within_need_grant_and_scope(
        self, need: int, given: list[Grant], needs: dict[str, int], data: st.DataObject
    ) -> None:
        draws = draw_credits(need, given, TODAY, needs)
        by_key = {one.key: one for one in given}
        assert sum(one.amount_minor for one in draws) <= need
        assert len({one.key for one in draws}) == len(draws)
        for draw in draws:
            grant = by_key[draw.key]
            assert 0 < draw.amount_minor <= grant.open_minor
            if grant.scope is not None:
                assert draw.amount_minor <= sum(needs.get(one, 0) for one in grant.scope)
        order = [
            (by_key[one.key].priority, by_key[one.key].expires_on or date.max) for one in draws
        ]
        assert order == sorted(order)
        shuffled = data.draw(st.permutations(given))
        assert draw_credits(need, shuffled, TODAY, dict(reversed(needs.items()))) == draws

    @given(st.integers(0, 2000), grants)
    def test_all_that_may_be_used_is_used(self, need: int, given: list[Grant]) -> None:
        usable = sum(
            one.open_minor
            for one in given
            if one.scope is None
            and one.granted_on <= TODAY
            and (one.expires_on is None or one.expires_on > TODAY)
        )
        drawn = sum(one.amount_minor for one in draw_credits(need, given, TODAY))
        assert drawn == min(need, usable)

    def test_refuses_negative_amounts(self) -> None:
        with pytest.raises(BillingError, match="need: the amount may not be negative"):
            draw_credits(-1, [], TODAY)
        with pytest.raises(BillingError, match="credit grant G1"):
            draw_credits(1, [Grant("G1", 1, TODAY, -1)], TODAY)
