"""What people do in the stories, step by step, as they would."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.place import Place, links_of
from tests.browser.shop import SELLER, write_shop

BUYER = "ada@bakery.example"
CARD = {"Card number": "4242 4242 4242 4242", "Valid until": "12/34", "Security code": "123"}


def open_shop(place: Place, at: str, *, customers: bool = False) -> None:
    """An installation with the invented shop, at an instant."""
    place.set_clock(at)
    place.run("load", str(write_shop(place.folder / "shop.jsonl", customers=customers)))
    place.start()


def fill_cart(page: Page, place: Place, *, plan: str, addon: str = "", code: str = "") -> None:
    """Choose a plan of the web space with an add-on, and enter a promotion code."""
    page.goto(f"{place.url}/order/{SELLER}/")
    page.get_by_role("link", name="Web space").first.click()
    group, _, cadence = plan.partition(", ")
    page.get_by_role("group", name=group).get_by_role("radio", name=cadence).check()
    page.wait_for_load_state("networkidle")
    if addon:
        page.get_by_role("checkbox", name=addon).check()
        page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Add to the cart").click()
    expect(page.get_by_role("heading", name="Your cart")).to_be_visible()
    if code:
        page.get_by_label("Promotion code").fill(code)
        page.get_by_role("button", name="Use the code").click()
        expect(page.get_by_text(code.upper(), exact=True)).to_be_visible()


def check_out(page: Page, email: str = BUYER) -> None:
    """Say who orders, accept the terms, and place the order."""
    page.get_by_role("link", name="Go to check-out").click()
    page.get_by_label("Mail address").fill(email)
    page.get_by_label("Your name").fill("Ada Baker")
    page.get_by_label("Company").fill("Example Bakery")
    page.get_by_label("Street and number").first.fill("Example Street 1")
    page.get_by_label("Postcode").fill("00001")
    page.get_by_label("Town").fill("Sampleton")
    page.get_by_role("checkbox", name="terms").check()
    page.locator("aside").get_by_role("button").click()
    expect(page.get_by_role("heading", name="Check-out")).to_have_count(0)


def pay_by_card(page: Page, amount: str) -> None:
    """Pay an amount with the card that works."""
    expect(page.get_by_role("heading", name=amount)).to_be_visible()
    way = page.locator("details.way").filter(has_text="card")
    if not way.get_attribute("open") and way.get_attribute("open") is None:
        way.locator("summary").click()
    for label, value in CARD.items():
        way.get_by_label(label).fill(value)
    way.get_by_role("button", name=f"Pay {amount}").click()


def sign_in_by_mail(page: Page, place: Place, email: str = BUYER, word: str = "ign") -> None:
    """Follow the newest mail with a link to sign in."""
    page.goto(link_in(place, email, word))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def link_in(place: Place, email: str, word: str) -> str:
    """The signed link in the newest mail to somebody with a word in its subject."""
    mail = place.mail(email, word)
    found = [one for one in links_of(mail) if "/l/" in one]
    assert found, mail.as_string()
    return found[0].rstrip(").,")
