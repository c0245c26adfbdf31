"""A stranger becomes a customer, and pays a month later by the link in a mail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdfium2
from playwright.sync_api import Page, expect

from tests.browser.place import Place, attachments_of, text_of
from tests.browser.steps import (
    BUYER,
    check_out,
    fill_cart,
    link_in,
    open_shop,
    pay_by_card,
    sign_in_by_mail,
)

# 10.00 a month and 2.50 for the add-on, 20 % off for three months, and 19 % VAT.
AMOUNT = "11.90 €"


def test_order_pay_sign_in_and_pay_again(place: Place, new_page: Callable[..., Page]) -> None:
    open_shop(place, "2026-12-01T09:00+01:00")
    page = new_page()

    fill_cart(page, place, plan="Web space Small, Monthly", addon="Backup", code="welcome")
    expect(page.locator("aside")).to_contain_text(AMOUNT)
    check_out(page)
    pay_by_card(page, AMOUNT)
    expect(page.get_by_role("heading", name="your order is complete")).to_be_visible()

    # Welcome and receipt arrive, and the link in the mail signs in.
    receipt = place.mail(BUYER, "received")
    assert AMOUNT in text_of(receipt)
    assert attachments_of(receipt)
    sign_in_by_mail(page, place, word="elcome")
    page.get_by_role("link", name="Invoices", exact=True).click()
    page.get_by_role("link", name="All").click()
    page.get_by_role("link", name="INV-").first.click()
    expect(page.get_by_role("main")).to_contain_text(AMOUNT)
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").first.click()
    assert "11.90" in read_pdf(download.value.path())

    pay_a_month_later(place, new_page())


def pay_a_month_later(place: Place, page: Page) -> None:
    """The next invoice comes by mail; its link pays it without signing in, and then shows so."""
    place.move_clock("2026-12-20T09:00+01:00")
    place.run("run")
    link = link_in(place, BUYER, AMOUNT)
    page.goto(link)
    pay_by_card(page, AMOUNT)
    assert page.request.get(f"{place.url}/invoices/", max_redirects=0).status == 302
    page.goto(link)
    expect(page.get_by_role("main")).to_contain_text("Paid")
    expect(page.get_by_role("button", name="Pay")).to_have_count(0)
    assert "0 offences" in place.run("check") or "right" in place.run("check")


def read_pdf(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
