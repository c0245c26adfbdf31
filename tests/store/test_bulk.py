"""Keys are never given out twice, and what the database refuses is refused as Django says it."""

from __future__ import annotations

import pytest
from django.db import DataError, IntegrityError, connection

from quarterday.store.bulk import compare_and_set, insert_rows, is_postgresql, reserve_ids
from quarterday.store.models import NumberSeries, Seller, Snapshot

pytestmark = pytest.mark.django_db
COLUMNS = ["id", "digest", "data"]


def rows(*keys: int) -> list[tuple[int, str, str]]:
    return [(key, f"digest {key}", "{}") for key in keys]


def test_reserved_keys_rise_and_are_new() -> None:
    first = reserve_ids(Snapshot, 60)
    assert first == list(range(first[0], first[0] + 60))
    insert_rows(Snapshot, COLUMNS, rows(*first))
    assert reserve_ids(Snapshot, 2)[0] > first[-1]
    assert Snapshot.objects.create(digest="by Django", data={}).id > first[-1]


def test_keys_are_new_even_where_the_sequence_was_lost() -> None:
    if is_postgresql():
        return
    last = reserve_ids(Snapshot, 1)[0] + 500
    insert_rows(Snapshot, COLUMNS, rows(last))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = 'store_snapshot'")
    assert reserve_ids(Snapshot, 2) == [last + 1, last + 2]


@pytest.mark.parametrize("count", [1, 49, 50, 51, 120])
def test_all_rows_are_written_however_many(count: int) -> None:
    before = Snapshot.objects.count()
    insert_rows(Snapshot, COLUMNS, rows(*reserve_ids(Snapshot, count)))
    assert Snapshot.objects.count() == before + count


@pytest.mark.parametrize("count", [1, 60])
def test_a_refusal_is_one_of_djangos(count: int) -> None:
    keys = reserve_ids(Snapshot, count)
    with pytest.raises(IntegrityError):
        insert_rows(Snapshot, COLUMNS, [(key, "the same", None) for key in keys])


def test_a_key_beyond_all_bounds_is_refused() -> None:
    refusal = DataError if is_postgresql() else OverflowError
    with pytest.raises(refusal):
        insert_rows(Snapshot, COLUMNS, rows(2**63))


def test_only_what_is_as_it_was_read_is_moved() -> None:
    seller = Seller.objects.create(
        code="bulk", name="Example", country="DE", time_zone="UTC", currency="EUR"
    )
    series = [NumberSeries.objects.create(seller=seller, code=f"s{n}") for n in range(3)]
    moves = [(series[0].id, 1, 5), (series[1].id, 2, 9), (series[2].id, 1, 1)]
    assert compare_and_set(NumberSeries, "next_number", "bigint", moves) == 2
    found = NumberSeries.objects.filter(seller=seller).order_by("id")
    assert list(found.values_list("next_number", flat=True)) == [5, 1, 1]
    assert compare_and_set(NumberSeries, "next_number", "bigint", []) == 0
