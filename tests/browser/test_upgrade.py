"""A customer upgrades within a period: what is shown, billed and explained is one amount."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.place import Place
from tests.browser.steps import check_out, fill_cart, open_shop, pay_by_card, sign_in_by_mail

# 16 of 31 days: 25.00 × 16/31 = 12.90, less 10.00 × 16/31 = 5.16; 7.74 and 19 % VAT of it.
NEW, UNUSED, TOTAL = "12.90 €", "5.16 €", "9.21 €"


def test_the_shown_proration_is_what_is_billed(place: Place, new_page: Callable[..., Page]) -> None:
    open_shop(place, "2026-12-01T09:00+01:00")
    page = new_page()
    fill_cart(page, place, plan="Web space Small, Monthly")
    check_out(page)
    pay_by_card(page, "11.90 €")
    sign_in_by_mail(page, place, word="elcome")

    place.move_clock("2026-12-16T09:00+01:00")
    page.get_by_role("link", name="Services").click()
    page.get_by_role("main").get_by_role("link", name="Web space").first.click()
    page.get_by_role("link", name="Change plan", exact=True).click()
    page.get_by_role("radio", name="Large").check()
    page.get_by_role("radio", name="now").or_(page.get_by_role("radio", name="today")).check()
    page.get_by_role("button").filter(has_text="See").or_(
        page.get_by_role("button").filter(has_text="Look")
    ).first.click()
    sheet = page.get_by_role("main")
    for amount in (NEW, UNUSED, TOTAL):
        expect(sheet).to_contain_text(amount)
    sheet.get_by_role("button").first.click()
    expect(page.get_by_role("heading", name="Large").first).to_be_visible()

    place.run("run")
    page.goto(f"{place.url}/invoices/")
    page.get_by_role("link", name="INV-").first.click()
    main = page.get_by_role("main")
    for amount in (NEW, UNUSED, TOTAL):
        expect(main).to_contain_text(amount)
    newest = json.loads(place.run("invoices", "list", "--json"))[0]
    told = place.run("explain", newest["label"])
    for amount in ("12.90", "5.16", "9.21"):
        assert amount in told
    assert place.run("check")
