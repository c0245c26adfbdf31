"""What a customer sees of an unpaid invoice: what was done, and what happens if it stays so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.place import Place
from tests.browser.steps import open_shop
from tests.browser.test_collecting import look
from tests.browser.test_pages import link_in_text


def test_an_unpaid_invoice_says_what_comes_and_when(
    place: Place, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    open_shop(place, "2026-12-01T09:00+01:00", customers=True)
    place.run("run")
    place.run("dunning", "set", "isp")
    place.run("users", "add", "owner@bakery.example", "--account", "C-1", "--role", "owner")
    for day in ("10", "18", "23", "26", "29"):
        place.set_clock(f"2026-12-{day}T10:00+01:00")
        place.run("dunning", "run", "--any-hour")
    place.move_clock("2026-12-29T11:00+01:00")
    page = new_page()
    page.goto(link_in_text(place.run("links", "make", "sign_in", "owner@bakery.example")))
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{place.url}/invoices/")
    page.get_by_role("main").get_by_role("link", name="INV-").last.click()
    said = page.inner_text("main")
    assert "We reminded you" in said
    assert "If it stays unpaid, the service is" in said
    look(page, tmp_path / "reminded.png")
    page.screenshot(path=tmp_path / "reminded-wide.png", full_page=True)
    label = page.inner_text("h1").split()[1]
    place.run("dunning", "promise", "--invoice", label, "--until", "2027-01-05")
    page.reload()
    assert "You promised to pay by Tuesday, 5 January 2027" in page.inner_text("main")
    assert "If it stays unpaid" not in page.inner_text("main")
    look(page, tmp_path / "promised.png")
