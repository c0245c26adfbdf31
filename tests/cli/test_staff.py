"""Staff from the command line: the way in of the first owner."""

from __future__ import annotations

from tests.cli.conftest import Shop


def test_staff_come_change_and_go(shop: Shop) -> None:
    olga = shop.data("staff add Olga@example.com --role owner", "--name", "Olga Owner")
    assert (olga["email"], olga["role"], olga["seller"]) == ("olga@example.com", "owner", None)
    assert "/l/" in olga["url"]
    assert "/l/" in shop("staff add olga@example.com --role owner")
    assert "change the role" in shop.refuses("staff add olga@example.com --role support")
    seller = shop.data("sellers list")[0]["code"]
    shop(f"staff add sam@example.com --role support --seller {seller}")
    shop(f"staff change sam@example.com --role finance --seller {seller}")
    found = shop.data("staff list")
    assert [(one["email"], one["role"]) for one in found] == [
        ("olga@example.com", "owner"),
        ("sam@example.com", "finance"),
    ]
    assert "only owner" in shop.refuses("staff remove olga@example.com")
    assert "does not work for" in shop.refuses("staff remove sam@example.com")
    shop(f"staff remove sam@example.com --seller {seller}")
    assert len(shop.data("staff list")) == 1
    assert len(shop.data("staff list --ended")) == 2
