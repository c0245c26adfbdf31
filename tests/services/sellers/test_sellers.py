"""Sellers: opened once with their series, changed with all that follows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.sellers.change_seller import change_seller
from quarterday.services.sellers.take_snapshot import take_snapshot
from quarterday.store.models import NumberSeries, Seller, Snapshot
from tests.services.contracts import NOW, due, events, make_seller, make_shop, start

pytestmark = pytest.mark.django_db


def test_a_seller_opens_with_its_series_and_details() -> None:
    seller = make_seller(code="north")
    series = NumberSeries.objects.filter(seller=seller).order_by("code")
    assert [one.label(1) for one in series] == ["CN-000001", "INV-000001"]
    assert Seller.objects.get(code="north").snapshot == seller.snapshot
    assert seller.snapshot is not None
    assert seller.snapshot.data["name"] == "Example Ltd"
    assert events(seller.public_id) == ["seller.opened"]


def test_opening_again_changes_nothing_and_a_difference_is_named() -> None:
    seller = make_seller(code="north")
    assert make_seller(code="north") == seller
    assert events(seller.public_id) == ["seller.opened"]
    with pytest.raises(Conflict, match="seller north is open with currency 'USD', not 'EUR'"):
        make_seller(code="north", currency="EUR")


@pytest.mark.parametrize(
    ("details", "named"),
    [
        ({"currency": "XXX"}, "XXX"),
        ({"country": "usa"}, "country"),
        ({"settings": {"lead": 3}}, "lead_days"),
        ({"settings": {"lead_days": -1}}, "lead_days"),
        ({"code": "  "}, "code"),
        ({"code": "x" * 65}, "code"),
    ],
)
def test_bad_input_is_named(details: dict[str, Any], named: str) -> None:
    with pytest.raises(BillingError, match=named):
        make_seller(**details)
    assert not Seller.objects.exists()


def test_an_unknown_zone_is_named() -> None:
    seller = make_seller()
    with pytest.raises(BillingError, match="time_zone must be an IANA name"):
        change_seller(seller_id=seller.id, now=NOW, time_zone="Middle-earth/Shire")


def test_new_settings_move_the_due_dates_of_all_accounts() -> None:
    shop = make_shop()
    one, two = (start(shop, date(2026, 3, day)) for day in (1, 5))
    change_seller(seller_id=shop.seller.id, now=NOW, settings={"lead_days": 10})
    assert (due(one), due(two)) == (date(2026, 2, 19), date(2026, 2, 23))
    assert events(shop.seller.public_id) == ["seller.opened", "seller.changed"]


def test_new_details_make_a_new_snapshot_and_the_same_change_nothing() -> None:
    seller = make_seller()
    changed = change_seller(seller_id=seller.id, now=NOW, name="Example GmbH")
    assert changed.snapshot_id != seller.snapshot_id
    assert change_seller(seller_id=seller.id, now=NOW, name="Example GmbH") == changed
    assert events(seller.public_id) == ["seller.opened", "seller.changed"]
    assert Seller.objects.get().snapshot_id == changed.snapshot_id
    with pytest.raises(NotFound):
        change_seller(seller_id=0, now=NOW, name="Nobody")


def test_the_same_details_are_one_snapshot() -> None:
    first = take_snapshot({"b": 1, "a": {"city": "Köln"}})
    assert take_snapshot({"a": {"city": "Köln"}, "b": 1}).id == first.id
    assert take_snapshot({"b": 2}).id != first.id
    assert Snapshot.objects.get(id=first.id).data == first.data
