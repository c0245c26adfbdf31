"""Signed links from the command line."""

from __future__ import annotations

from tests.cli.conftest import Shop

# The first invoice of the shop is issued by a run on this day.
RUN = "run --on 2026-01-15"


def test_a_link_is_made_once_shown_listed_and_revoked(shop: Shop) -> None:
    shop(RUN, status=4)
    label = shop.data("invoices list")[0]["label"]
    url = shop("links make pay", label, "--seller", "host").strip()
    assert url.startswith("http://localhost:8000/l/")
    (row,) = shop.data("links list --purpose pay")
    assert (row["state"], row["made_by"], row["opens"]) == ("good", "command line", 0)
    assert url.rpartition("/")[2] not in shop("links list --json")
    assert "opens nothing any more" in shop("links revoke", row["id"])
    assert shop.data("links list")[0]["state"] == "revoked"


def test_links_are_revoked_by_account_and_purpose(shop: Shop) -> None:
    shop("links make portal /invoices/ --account A1")
    shop("links make portal / --account A1 --hours 2 --once")
    shop("links make custom /order/")
    shop("links revoke --account A1 --purpose portal")
    states = {one["for"]: one["state"] for one in shop.data("links list")}
    assert states == {"/invoices/": "revoked", "/": "revoked", "/order/": "good"}
    shop("links revoke --all")
    assert {one["state"] for one in shop.data("links list")} == {"revoked"}


def test_what_cannot_be_made_is_refused_with_the_remedy(shop: Shop) -> None:
    assert "trust another host by adding it" in shop.refuses(
        "links make custom https://evil.example"
    )
    assert "there is no invoice" in shop.refuses("links make pay INV-999999")
    assert "no active user" in shop.refuses("links make sign_in nobody@example.com")
    assert "account_id is missing" in shop.refuses("links make portal /")
    assert "name one LINK" in shop.refuses("links revoke", status=2)
    assert "there is no link" in shop.refuses("links revoke lnk_1")


def test_rates_tell_what_was_made(shop: Shop) -> None:
    shop("links make portal / --account A1")
    (row,) = shop.data("links rates --days 1")
    assert (row["purpose"], row["made"], row["opened"], row["used_rate"]) == ("portal", 1, 0, "0 %")


def test_the_check_finds_every_link_working(shop: Shop) -> None:
    found = shop.data("links check")
    assert found["clean"]
    assert {one["purpose"] for one in found["links"]} >= {"pay", "sign_in", "unsubscribe"}
    assert "No link is broken" in shop("links check")


def test_the_check_ends_with_1_when_something_is_broken(shop: Shop) -> None:
    shop("links make portal /no-such-page/ --account A1")
    said = shop("links check", status=1)
    assert "its button leads to /no-such-page/, which answers 404" in said
    assert "Broken: 1" in said
