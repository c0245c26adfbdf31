"""Links that are too old are renewed by mail; what is not a link of ours is refused."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.place import Place
from tests.browser.steps import link_in, open_shop

OFFICE = "office@bakery.example"
AMOUNT = "11.90 €"
PAY = f"Pay {AMOUNT}"


def test_an_expired_link_is_renewed_by_mail(place: Place, new_page: Callable[..., Page]) -> None:
    open_shop(place, "2026-12-01T09:00+01:00", customers=True)
    place.run("run")
    old = link_in(place, OFFICE, AMOUNT)
    place.move_clock("2027-04-01T09:00+02:00")

    page = new_page()
    page.goto(old)
    expect(page.get_by_role("heading", name="expired")).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text(AMOUNT)
    page.get_by_role("button", name="Mail me a fresh link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()

    fresh = link_in(place, OFFICE, "link")
    assert fresh != old
    page.goto(fresh)
    expect(page.get_by_role("heading", name=AMOUNT)).to_be_visible()
    expect(page.get_by_role("button", name=PAY).first).to_be_attached()


def test_what_is_not_ours_or_was_revoked_is_refused(
    place: Place, new_page: Callable[..., Page]
) -> None:
    open_shop(place, "2026-12-01T09:00+01:00", customers=True)
    place.run("run")
    link = link_in(place, OFFICE, AMOUNT)
    page = new_page()

    # One sign of the token is another.
    flipped = link[:-8] + ("A" if link[-8] != "A" else "B") + link[-7:]
    assert page.goto(flipped).status == 404
    expect(page.get_by_role("main")).not_to_contain_text(AMOUNT)

    # The link of another account opens that account's invoice and no other page.
    other = link_in(place, "office@cinema.example", AMOUNT)
    page.goto(other)
    expect(page.get_by_role("main")).to_contain_text("INV-")
    mine = json.loads(place.run("invoices", "list", "--account", "C-1", "--json"))
    label = mine[0]["label"]
    expect(page.get_by_role("main")).not_to_contain_text(label)
    page.goto(f"{place.url}/invoices/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    # Revoked for the account: the link is dead, and says so kindly.
    place.run("links", "revoke", "--account", "C-1")
    assert page.goto(link).status in {404, 410}
    expect(page.get_by_role("button", name=PAY)).to_have_count(0)
    page.goto(other)
    expect(page.get_by_role("button", name=PAY).first).to_be_attached()


def test_scanners_that_follow_links_use_nothing_up(
    place: Place, new_page: Callable[..., Page]
) -> None:
    open_shop(place, "2026-12-01T09:00+01:00", customers=True)
    place.run("users", "add", "owner@bakery.example", "--account", "C-1", "--role", "owner")
    said = place.run("links", "make", "sign_in", "owner@bakery.example")
    link = next(word for word in said.split() if "/l/" in word)
    page = new_page()
    for _ in range(3):
        page.request.get(link, headers={"User-Agent": "Mail-Scanner/1.0"})
        page.request.head(link)
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    again = new_page()
    again.goto(link)
    expect(again.get_by_role("button", name="Sign in", exact=True)).to_have_count(0)
