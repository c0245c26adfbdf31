"""Counts of tries hold over connections, and forget in the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quarterday.core.throttle import Limit
from quarterday.services.users.count_tries import count_tries, forget_old_tries, forgive_tries
from quarterday.store.models import RateCount
from tests.services.till import NOW, Shop, together

THREE = Limit("three", 3, 60)
WIDE = Limit("wide", 100, 3600)


@pytest.mark.django_db
def test_the_fourth_try_waits_and_time_heals() -> None:
    waits = [count_tries({THREE: ("ada",)}, now=NOW) for _ in range(4)]
    assert waits[:3] == [0, 0, 0]
    assert 0 < waits[3] <= 60
    assert count_tries({THREE: ("bob",)}, now=NOW) == 0
    assert count_tries({THREE: ("ada",)}, now=NOW + timedelta(minutes=3)) == 0


@pytest.mark.django_db
def test_one_limit_of_several_is_enough() -> None:
    for _ in range(3):
        assert count_tries({THREE: ("ada",), WIDE: ("net",)}, now=NOW) == 0
    assert count_tries({THREE: ("ada",), WIDE: ("net",)}, now=NOW) > 0
    assert RateCount.objects.get(key__startswith="wide").count == 4


@pytest.mark.django_db
def test_forgiving_forgets_one_and_age_forgets_all() -> None:
    for who in ("ada", "bob"):
        count_tries({THREE: (who,)}, now=NOW)
    forgive_tries(THREE, "ada")
    assert RateCount.objects.count() == 1
    assert forget_old_tries(now=NOW + timedelta(days=1)) == 0
    assert forget_old_tries(now=NOW + timedelta(days=3)) == 1


def test_tries_at_once_all_count(open_shop: Shop) -> None:
    calls = [lambda: count_tries({THREE: ("ada",), WIDE: ("net",)}, now=NOW)] * 8
    waits = together(*calls)
    assert sum(wait == 0 for wait in waits) == 3
    assert RateCount.objects.get(key__startswith="three").count == 8
