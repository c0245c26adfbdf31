"""States whose day has come, and what it costs when none has."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.services.subscriptions import advance_states as module
from quarterday.services.subscriptions.advance_states import advance_states
from quarterday.store.models import Subscription
from quarterday.store.queries.waiting import find_waiting
from tests.services.contracts import NOW, events, make_account, make_shop, start

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


def test_a_contract_goes_through_its_states_day_by_day() -> None:
    subscription = start(make_shop(), DAY + timedelta(days=2), today=DAY, trial_days=3)
    seen = []
    for number in range(7):
        advance_states(DAY + timedelta(days=number), now=NOW)
        seen.append(Subscription.objects.get().status)
    assert seen == ["pending"] * 2 + ["trialing"] * 3 + ["active"] * 2
    assert events(subscription.public_id)[1:] == [
        "subscription.trial_started",
        "subscription.activated",
    ]


def test_missed_days_catch_up() -> None:
    shop = make_shop()
    for days in (0, 3):
        start(shop, DAY + timedelta(days=1), today=DAY, trial_days=days)
    assert advance_states(DAY + timedelta(days=30), now=NOW) == 2
    assert {one.status for one in Subscription.objects.all()} == {"active"}


def test_many_are_moved_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    shop = make_shop()
    account = make_account(shop.seller)
    for _ in range(5):
        start(shop, DAY + timedelta(days=1), today=DAY, account=account)
    assert [advance_states(DAY + timedelta(days=1), now=NOW) for _ in range(2)] == [5, 0]


def test_nothing_to_do_is_one_query_of_an_index_for_each_state(database_kind: str) -> None:
    start(make_shop(), DAY)
    with CaptureQueriesContext(connection) as queries:
        assert advance_states(DAY, now=NOW) == 0
    assert len(queries) == 3
    with connection.cursor() as cursor:
        if database_kind == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        for query, name in zip(queries, ("start", "trial", "end"), strict=True):
            explain = "EXPLAIN" if database_kind == "postgresql" else "EXPLAIN QUERY PLAN"
            cursor.execute(f"{explain} {query['sql']}")
            plan = str(cursor.fetchall())
            assert f"subscription_{'on' if name == 'trial' else 'to'}_{name}" in plan


def test_the_longest_waiting_come_first() -> None:
    shop = make_shop()
    days = [DAY + timedelta(days=number) for number in (5, 2, 9)]
    made = {start(shop, day, today=DAY).id: day for day in days}
    found = find_waiting("pending", DAY + timedelta(days=7), 10)
    assert [made[row.id] for row in found] == sorted(days)[:2]
