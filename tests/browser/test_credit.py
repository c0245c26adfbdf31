"""Credit in the browser: added by itself, kept to some things, taxed at once, and got back."""

from __future__ import annotations

import os
from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.place import Place
from tests.browser.steps import CARD, open_shop, pay_by_card
from tests.browser.test_pages import link_in_text, look_at_all


def look(page: Page, name: str) -> None:
    """Pictures of a page, for whoever asks for them."""
    if folder := os.environ.get("QUARTERDAY_PICTURES"):
        for width in (1280, 390):
            for scheme in ("light", "dark"):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)


def test_credit_is_topped_up_and_got_back(place: Place, new_page: Callable[..., Page]) -> None:
    open_shop(place, "2026-12-01T09:00+01:00", customers=True)
    policy = ("credit.refund=always", "credit.tax=at_deposit", "credit.top_up=true")
    place.run("sellers", "brand", *(word for one in policy for word in ("--set", one)))
    give = ("credit", "grant", "C-1", "7.50", "--kind", "promotional")
    place.run(*give, "--for", "renewals", "--product", "space", "--reason", "Winter gift")
    place.run("users", "add", "owner@bakery.example", "--account", "C-1", "--role", "owner")
    page = new_page()
    page.goto(link_in_text(place.run("links", "make", "sign_in", "owner@bakery.example")))
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{place.url}/credit/add/?amount=50.00")
    pay_by_card(page, "50.00 €")
    page.wait_for_load_state()
    page.goto(f"{place.url}/payment-methods/add/")
    keep_card(page)

    page.goto(f"{place.url}/credit/top-up/")
    page.get_by_label("When credit is below").fill("20")
    page.get_by_label("Add each time").fill("1")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Turn on automatic top-up").click()
    assert page.get_by_text("From 10.00 € to 1,000.00 €").count()
    look(page, "top-up")
    page.get_by_label("Add each time").fill("30")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Turn on automatic top-up").click()
    assert "30.00 € is added when your credit is below 20.00 €" in page.inner_text("main")
    assert "for renewals of Web space" in page.inner_text("main")
    look(page, "credit")

    wanted = {"/credit/", "/credit/top-up/", "/credit/back/", "/invoices/…/"}
    starts = ["/credit/", "/credit/back/", "/invoices/"]
    assert wanted <= look_at_all(page, place, starts, only=wanted)
    page.goto(f"{place.url}/credit/back/")
    look(page, "back")
    page.get_by_role("button", name="Get 50.00 € back").click()
    assert "50.00 € goes back the way it came" in page.inner_text("main")
    assert "7.50 €" in page.inner_text("h1")
    assert "The books are right" in place.run("check")


def keep_card(page: Page) -> None:
    way = page.locator("details.way").filter(has_text="card")
    for label, value in CARD.items():
        way.get_by_label(label).fill(value)
    way.get_by_role("button", name="Keep this payment method").click()
    page.wait_for_load_state()
