"""An owner lets a bookkeeper in, who may pay and may not cancel."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.place import Place
from tests.browser.steps import (
    check_out,
    fill_cart,
    link_in,
    open_shop,
    pay_by_card,
    sign_in_by_mail,
)

BOOKKEEPER = "bo@books.example"


def test_a_bookkeeper_pays_and_cannot_cancel(place: Place, new_page: Callable[..., Page]) -> None:
    open_shop(place, "2026-12-01T09:00+01:00")
    owner, bookkeeper = new_page(), new_page()
    fill_cart(owner, place, plan="Web space Large, Monthly")
    check_out(owner)
    sign_in_by_mail(owner, place, word="elcome")

    owner.get_by_role("link", name="People").click()
    owner.get_by_role("link", name="Invite somebody").click()
    owner.get_by_role("textbox").first.fill(BOOKKEEPER)
    owner.get_by_role("radio", name="Billing").check()
    owner.get_by_role("button", name="Mail the invitation").click()
    expect(owner.get_by_role("main")).to_contain_text(BOOKKEEPER)

    bookkeeper.goto(link_in(place, BOOKKEEPER, "nvit"))
    bookkeeper.get_by_role("main").get_by_role("button").first.click()
    expect(bookkeeper.get_by_role("navigation", name="Main")).to_be_visible()

    bookkeeper.goto(f"{place.url}/services/")
    bookkeeper.get_by_role("main").get_by_role("link", name="Web space").first.click()
    service = bookkeeper.url
    expect(bookkeeper.get_by_role("link", name="Cancel")).to_have_count(0)
    assert bookkeeper.goto(f"{service}cancel/").status == 403
    expect(bookkeeper.get_by_role("main")).to_contain_text("role")

    bookkeeper.goto(place.url)
    bookkeeper.get_by_role("main").get_by_role("link", name="Pay 29.75 €").first.click()
    pay_by_card(bookkeeper, "29.75 €")
    expect(bookkeeper.get_by_role("main")).to_contain_text("29.75 €")
    bookkeeper.goto(f"{place.url}/invoices/?show=all")
    expect(bookkeeper.get_by_role("main")).to_contain_text("Paid")

    owner.goto(service)
    expect(owner.get_by_role("link", name="Cancel").first).to_be_visible()
