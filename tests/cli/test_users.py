"""People from the command line."""

from __future__ import annotations

from tests.cli.conftest import Shop


def test_people_come_change_and_go(shop: Shop) -> None:
    ada = shop.data("users add Ada@example.com --account A1", "--name", "Ada Example")
    assert (ada["email"], ada["role"], ada["account"]) == ("ada@example.com", "owner", "A1")
    shop("users add bob@example.com --account A1 --role billing")
    shop("users role A1 bob@example.com --role technical")
    found = shop.data("users list --account A1")
    assert [(one["email"], one["role"]) for one in found] == [
        ("ada@example.com", "owner"),
        ("bob@example.com", "technical"),
    ]
    assert "only owner" in shop.refuses("users remove A1 ada@example.com")
    shop("users remove A1 bob@example.com")
    assert [one["account"] for one in shop.data("users list")] == ["A1", None]


def test_somebody_is_invited_once(shop: Shop) -> None:
    line = "users invite A1 bob@example.com --role billing"
    first = shop.data(line)
    assert first["role"] == "billing"
    assert shop.data(line)["id"] == first["id"]
    shop("users add ada@example.com --account A1")
    assert "has access already" in shop.refuses("users invite A1 ada@example.com --role owner")


def test_a_link_is_printed_for_those_who_are_known(shop: Shop) -> None:
    shop("users add ada@example.com --account A1")
    assert "/l/" in shop("users link ada@example.com --page /people/")
    assert shop.data("users link ada@example.com")["url"].startswith("http")
    assert "nobody signs in" in shop.refuses("users link eve@example.com")
    assert "must be a page" in shop.refuses("users link ada@example.com --page //evil.example")


def test_a_lost_phone_is_no_end(shop: Shop) -> None:
    shop("users add ada@example.com --account A1")
    for _ in range(2):
        assert "without a second step" in shop("users reset ada@example.com")
