"""A user's own sign-in in the browser: the mails, the pages, and how they look."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.place import Place, links_of, text_of
from tests.browser.steps import open_shop
from tests.browser.test_pages import faults_of
from tests.browser.test_passkeys import ADA, NOW, let_in

NEW = "ada.new@example.com"
WORDS = "seven words that nobody else knows"
PAGES = (
    "/security/",
    "/security/password/",
    "/security/address/",
    "/security/two-step/",
    "/security/recovery-codes/",
    "/security/passkeys/new/",
    "/security/confirm/",
    "/accounts/",
    "/people/",
    "/people/invite/",
)
DOORS = ("/sign-in/", "/sign-in/link/", "/sign-in/link/?for=password", "/sign-in/out/")


@pytest.fixture
def shop(place: Place) -> Place:
    """A shop with an account that has an owner and somebody who reads."""
    open_shop(place, NOW)
    place.run("accounts", "open", "Example Bakery", "--country", "DE", "--external-id", "A1")
    place.run("users", "add", ADA, "--name", "Ada Example", "--account", "A1")
    place.run("users", "add", "rae@example.com", "--account", "A1", "--role", "read_only")
    place.run("users", "invite", "A1", "bo@example.com", "--role", "billing")
    return place


def test_a_forgotten_password_is_set_anew_by_mail(
    shop: Place, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{shop.url}/invoices/")
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("Email address").fill(ADA)
    page.get_by_role("button", name="Mail me a link").click()
    expect(page.get_by_role("heading", name="Look in your mail")).to_be_visible()
    page.goto(links_of(shop.mail(ADA, "sign in"))[0])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("New password").fill("password")
    page.get_by_role("button", name="Set password").click()
    expect(page.locator(".error").first).to_be_visible()
    page.get_by_label("New password").fill(WORDS)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_text("Your password is set")).to_be_visible()
    assert "A password was set" in text_of(shop.mail(ADA, "your sign-in has changed"))
    other = new_page(java_script_enabled=False)
    other.goto(f"{shop.url}/people/")
    other.get_by_label("Email address").fill(ADA)
    other.get_by_label("Password").fill(WORDS)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_url(f"{shop.url}/people/")


def test_a_new_address_is_confirmed_from_its_mailbox(
    shop: Place, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    let_in(page, shop)
    page.get_by_role("link", name="Change address").click()
    page.get_by_label("New email address").fill(NEW)
    page.get_by_role("button", name="Mail the link to confirm").click()
    expect(page.get_by_text(f"on its way to {NEW}")).to_be_visible()
    link = next(one for one in links_of(shop.mail(NEW, "confirm")) if "/address/" in one)
    assert "another address" in text_of(shop.mail(ADA, "somebody asked"))
    mailbox = new_page(java_script_enabled=False)
    mailbox.goto(link)
    mailbox.get_by_role("button", name="Use this address").click()
    page.goto(f"{shop.url}/security/")
    expect(page.get_by_text(NEW)).to_be_visible()
    assert "was changed" in text_of(shop.mail(ADA, "your sign-in has changed"))


def test_signing_out_elsewhere_reaches_the_other_browser(
    shop: Place, new_page: Callable[..., Page]
) -> None:
    page, other = new_page(), new_page()
    let_in(page, shop)
    let_in(other, shop)
    page.reload()
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("You are signed out everywhere else")).to_be_visible()
    other.reload()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_pages_look_as_they_should(shop: Place, new_page: Callable[..., Page]) -> None:
    page = new_page()
    found = list(look(page, shop, DOORS))
    let_in(page, shop)
    found += look(page, shop, PAGES)
    page.goto(f"{shop.url}/people/")
    page.get_by_role("link", name="Change rae@example.com").click()
    found += faults_of(page)
    page.get_by_role("link", name="Remove access").click()
    found += faults_of(page)
    reader = new_page()
    let_in(reader, shop, "rae@example.com", to="/people/")
    found += look(reader, shop, ["/people/", "/people/invite/"])
    assert not found, "\n".join(found)


def look(page: Page, shop: Place, paths: tuple[str, ...] | list[str]) -> list[str]:
    """What is wrong with how pages look, in both themes and widths."""
    found = []
    for path in paths:
        page.set_viewport_size({"width": 1280, "height": 844})
        page.goto(shop.url + path)
        found += [f"{path}: {fault}" for fault in faults_of(page)]
    return found
