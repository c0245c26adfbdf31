"""Column types: exact decimals, canonical data, public ids."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from quarterday.core.errors import BillingError
from quarterday.store.bulk import compare_and_set, insert_rows, reserve_ids
from quarterday.store.fields import dump_data, make_public_id
from quarterday.store.models import NumberSeries, Seller, Snapshot


def test_public_ids_are_prefixed_sortable_and_do_not_repeat() -> None:
    ids = [make_public_id("inv") for _ in range(5000)]
    assert len(set(ids)) == 5000
    assert all(re.fullmatch(r"inv_[0-9a-f]{32}", one) for one in ids)
    assert len({one[-20:] for one in ids}) == 5000  # the random part alone tells them apart
    assert [one[:16] for one in ids] == sorted(one[:16] for one in ids)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["0.000000000001", "123456789012345678.123456789012", "-7", "0"])
def test_exact_decimals_come_back_as_they_went(text: str) -> None:
    from quarterday.store.models import Discount

    seller = make_seller()
    Discount.objects.create(seller=seller, code="D", kind="fixed", value=Decimal(text))
    assert Discount.objects.get().value == Decimal(text)


@pytest.mark.django_db
def test_a_float_is_no_exact_decimal() -> None:
    from quarterday.store.models import Discount

    with pytest.raises(BillingError, match="float"):
        Discount.objects.create(seller=make_seller(), code="D", kind="fixed", value=0.1)


def test_equal_data_are_equal_bytes() -> None:
    assert dump_data({"b": 1, "a": ["é"]}) == dump_data({"a": ["é"], "b": 1}) == '{"a":["é"],"b":1}'


def make_seller() -> Seller:
    return Seller.objects.create(
        code="s", name="Example Ltd", country="GB", time_zone="UTC", currency="GBP"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 120])
def test_bulk_rows_arrive_whole_whatever_their_number(count: int) -> None:
    keys = reserve_ids(Snapshot, count) if count else []
    rows = [(key, f"digest {key}", '{"name":"50 % off"}') for key in keys]
    insert_rows(Snapshot, ["id", "digest", "data"], rows)
    assert list(Snapshot.objects.order_by("id").values_list("id", flat=True)) == keys
    assert all(one.data == {"name": "50 % off"} for one in Snapshot.objects.all())
    # The next row of the ORM does not meet a reserved key.
    assert Snapshot.objects.create(digest="next", data={}).id not in keys


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, 50])
@pytest.mark.parametrize("digest", ["the same", None])
def test_bulk_rows_that_a_constraint_refuses_are_an_integrity_error(
    count: int, digest: str | None
) -> None:
    rows = [(f"digest {number}", "{}") for number in range(count - 2)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Snapshot, ["digest", "data"], [*rows, (digest, "{}"), (digest, "{}")])
    assert not Snapshot.objects.exists()


@pytest.mark.django_db
def test_compare_and_set_counts_only_what_it_moved() -> None:
    seller = make_seller()
    a, b = (NumberSeries.objects.create(seller=seller, code=code) for code in "ab")
    moved = compare_and_set(
        NumberSeries, "next_number", "bigint", [(a.id, 1, 5), (b.id, 2, 6), (b.id + 1, 1, 7)]
    )
    assert moved == 1
    assert set(NumberSeries.objects.values_list("code", "next_number")) == {("a", 5), ("b", 1)}
    assert compare_and_set(NumberSeries, "next_number", "bigint", []) == 0
    assert connection.in_atomic_block
