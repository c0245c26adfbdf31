"""Offers, orders and quotes from the command line."""

from __future__ import annotations

from tests.cli.conftest import Shop

_OPTION = '{"code": "backup", "name": "Backup", "choices": ["", "backup/monthly"]}'


def test_offers_are_published_and_changed(shop: Shop) -> None:
    assert "name it by --group-name" in shop.refuses("offers publish hosting --group web")
    line = "offers publish hosting --group web --group-name Hosting"
    made = shop.data(line, "--option", _OPTION, "--feature", "10 GB", "--feature", "Mail")
    assert (made["activation"], made["features"]) == ("on_payment", ["10 GB", "Mail"])
    changed = shop.data("offers publish hosting --group web --activation by_hand --hidden")
    assert (changed["public"], changed["features"]) == (False, ["10 GB", "Mail"])
    assert [one["product"] for one in shop.data("offers list")] == ["hosting"]
    assert "by_hand" in shop("offers list")
    assert "no product" in shop.refuses("offers publish nothing --group web")
    assert "activation must be one of" in shop.refuses(
        "offers publish hosting --group web --activation soon"
    )
    shop.refuses("offers publish hosting --group web --option", "x", status=2)


def test_a_quote_is_made_listed_and_withdrawn(shop: Shop) -> None:
    made = shop.data("quotes make A1 --plan hosting/monthly=2 --add backup/monthly=5")
    assert (made["quote"], made["status"]) == ("Q-000001", "open")
    assert float(made["total"]) > 0
    assert "Q-000001" in shop("quotes list --status open")
    assert "has passed" in shop.refuses(
        "quotes make A1 --plan hosting/monthly --valid-through 2020-01-01"
    )
    assert "no plan" in shop.refuses("quotes make A1 --plan hosting/nothing")
    assert shop.data("quotes withdraw Q-000001")["status"] == "withdrawn"
    assert shop.data("quotes list --status open") == []
    assert "no quote" in shop.refuses("quotes withdraw Q-9")


def test_there_are_no_orders_yet(shop: Shop) -> None:
    assert shop.data("orders list") == []
    assert "There are none" in shop("orders list --status pending")
    for verb in ("show", "activate", "cancel --reason mistake"):
        assert "no order" in shop.refuses(f"orders {verb} O-000001")
