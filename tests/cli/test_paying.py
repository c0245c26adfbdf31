"""Attempts, kept methods and brands from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Shop

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def test_a_seller_is_set_up_and_shown(shop: Shop, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(PNG)
    code = shop.data("sellers list")[0]["code"]
    said = shop(
        f"sellers brand {code} --accent #0b6e4f --logo {logo} --set iban=DE89370400440532013000 "
        '--set gateways.sandbox.is_enabled=true --set link_hosts=["example.com"]'
    )
    assert said.startswith(f"Seller {code} appears as ")
    shown = shop.data(f"sellers show {code}")
    assert shown["ways_to_pay"] == ["sandbox", "bank_transfer"]
    assert shown["data"]["link_hosts"] == ["example.com"]
    shop(f"sellers brand {code} --set gateways.sandbox.is_enabled= --set iban=")
    assert shop.data(f"sellers show {code}")["ways_to_pay"] == []
    assert "iban" not in shop(f"sellers show {code}")


def test_bad_details_are_refused_in_words(shop: Shop) -> None:
    code = shop.data("sellers list")[0]["code"]
    assert "check digits" in shop.refuses(f"sellers brand {code} --set iban=DE00")
    assert "no JSON" in shop.refuses(f"sellers brand {code} --set link_hosts=[", status=2)
    assert "no gateway" in shop.refuses(f"sellers brand {code} --set gateways.x.position=1")
    assert "no pair" in shop.refuses(f"sellers brand {code} --set iban", status=2)
    assert "cannot be read" in shop.refuses(f"sellers brand {code} --logo nowhere.png", status=2)


def test_nothing_begun_is_said_in_words(shop: Shop) -> None:
    assert shop.data("payments attempts") == []
    assert shop("payments settle-sandbox") == "No test payment is waiting.\n"
    assert "no attempt 'att_x'" in shop.refuses("payments settle att_x")
    account = shop.data("accounts list")[0]["account"]
    assert shop.data(f"payments methods {account}") == []
