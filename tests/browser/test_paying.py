"""Every way to pay, and every way it can end, on a phone and without JavaScript."""

from __future__ import annotations

import io
from collections.abc import Callable

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.place import Place, text_of
from tests.browser.steps import CARD, link_in, open_shop
from tests.browser.test_pages import faults_of

OFFICE = "office@bakery.example"
AMOUNT = "11.90 €"


def open_pay_link(place: Place, page: Page) -> str:
    open_shop(place, "2026-12-01T09:00+01:00", customers=True)
    place.run("run")
    link = link_in(place, OFFICE, AMOUNT)
    page.goto(link)
    return link


def pay(page: Page, number: str, **more: str) -> None:
    way = page.locator("details.way").filter(has_text="Test card")
    for label, value in (CARD | {"Card number": number} | more).items():
        way.get_by_label(label).fill(value)
    way.get_by_role("button", name=f"Pay {AMOUNT}").click()


def look(page: Page) -> None:
    """Nothing that axe finds, in both themes, and not too wide for a phone."""
    problems = list(faults_of(page))
    assert not problems, (page.url, problems)


def test_cards_without_javascript(place: Place, new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False, viewport={"width": 390, "height": 844})
    link = open_pay_link(place, page)
    expect(page.get_by_role("heading", name=f"Pay {AMOUNT}")).to_be_in_viewport()
    expect(page.get_by_role("button", name=f"Pay {AMOUNT}").first).to_be_in_viewport()

    pay(page, "4111 1111 1111 1111", **{"Security code": "1"})
    expect(page.get_by_role("alert")).to_contain_text("Only test numbers work here")
    pay(page, "4000 0000 0000 0002")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was charged")

    pay(page, "4000 0025 0000 3155")
    page.get_by_role("link", name="Continue to your bank").click()
    page.get_by_role("button", name="Refuse").click()
    expect(page.get_by_role("heading")).to_contain_text("did not go through")
    page.get_by_role("link", name="Try again").click()

    pay(page, "4000 0025 0000 3155")
    page.get_by_role("link", name="Continue to your bank").click()
    page.get_by_role("button", name=f"Confirm {AMOUNT}").click()
    expect(page.get_by_role("main")).to_contain_text("paid")
    page.goto(link)
    expect(page.get_by_role("button", name="Pay")).to_have_count(0)
    assert AMOUNT in place.mail(OFFICE, AMOUNT)["Subject"]


def test_a_transfer_is_read_by_a_banking_app(place: Place, new_page: Callable[..., Page]) -> None:
    page = new_page()
    open_pay_link(place, page)
    look(page)
    page.get_by_text("Bank transfer", exact=True).click()
    page.get_by_role("button", name=f"Show how to transfer {AMOUNT}").click()
    expect(page.get_by_role("heading", name=f"Transfer {AMOUNT}")).to_be_visible()
    look(page)
    picture = Image.open(io.BytesIO(page.locator(".pay-qr svg").screenshot(scale="css")))
    (code,) = zxingcpp.read_barcodes(picture)
    lines = code.text.splitlines()
    assert lines[:4] == ["BCD", "002", "1", "SCT"]
    assert lines[5:8] == ["Example Hosting GmbH", "DE89370400440532013000", "EUR11.90"]
    reference = lines[9]
    shown = page.locator(".pay-details").inner_text().replace(" ", "")
    assert reference.startswith("RF")
    assert reference in shown


def test_a_debit_takes_days(place: Place, new_page: Callable[..., Page]) -> None:
    page = new_page()
    link = open_pay_link(place, page)
    way = page.locator("details.way").filter(has_text="Test direct debit")
    way.locator("summary").click()
    way.get_by_label("Account holder").fill("Ada Baker")
    way.get_by_label("IBAN").fill("DE89 3704 0044 0532 0130 00")
    way.get_by_role("button", name=f"Pay {AMOUNT}").click()
    expect(page.get_by_role("heading")).to_contain_text("is on its way")
    look(page)
    page.goto(link)
    expect(page.get_by_role("main")).to_contain_text("is on its way since")
    look(page)
    place.run("payments", "settle-sandbox")
    page.goto(link)
    expect(page.get_by_role("main")).not_to_contain_text("is on its way")
    assert "11.90" in text_of(place.mail(OFFICE, AMOUNT))
