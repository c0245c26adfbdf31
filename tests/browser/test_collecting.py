"""What is charged by itself, as customers see and switch it: by keyboard, in both themes, on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.place import Place
from tests.browser.steps import open_shop
from tests.browser.test_pages import faults_of, link_in_text


def test_paying_automatically_and_in_instalments(
    place: Place, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    open_shop(place, "2026-12-01T09:00+01:00", customers=True)
    place.run("run")
    place.run("sellers", "brand", "--set", 'instalments={"from_minor":{"EUR":1000},"most":3}')
    place.run("users", "add", "owner@bakery.example", "--account", "C-1", "--role", "owner")
    page = new_page()
    page.goto(link_in_text(place.run("links", "make", "sign_in", "owner@bakery.example")))
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{place.url}/payment-methods/add/")
    page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_label("Valid until").fill("05/39")
    page.get_by_label("Security code").fill("123")
    page.keyboard.press("Enter")
    page.wait_for_url("**/payment-methods/")
    assert "We charge 11.90 € to Visa •••• 4242 on " in page.inner_text("main")
    look(page, tmp_path / "methods.png")
    switch = page.get_by_role("button", name="Stop paying automatically")
    switch.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Pay invoices automatically").wait_for()
    look(page, tmp_path / "off.png")
    page.get_by_role("button", name="Pay invoices automatically").click()
    page.get_by_role("main").get_by_role("link", name="INV-").first.click()
    look(page, tmp_path / "invoice.png")
    page.get_by_role("link", name="Pay it in instalments").click()
    look(page, tmp_path / "choose.png")
    page.get_by_role("button", name="Pay in 3 instalments").click()
    page.get_by_role("heading", name="Your instalments").wait_for()
    assert "Pay 3.97 €" in page.inner_text("main")
    look(page, tmp_path / "plan.png")


def look(page: Page, path: Path) -> None:
    """No fault on this page, and a picture of it on a phone."""
    assert not (found := list(faults_of(page))), "\n".join(found)
    page.screenshot(path=path, full_page=True)
    page.set_viewport_size({"width": 1280, "height": 844})
