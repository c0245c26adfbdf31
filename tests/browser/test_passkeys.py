"""Passkeys in Chromium, with the authenticator that it brings for tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.place import Place
from tests.browser.steps import open_shop

NOW = "2026-12-01T10:00+01:00"
ADA = "ada@example.com"


def plug_in(page: Page, *, verified: bool = True) -> tuple[Any, str]:
    """Give a browser a device that keeps passkeys, and asks whoever holds it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, str(made["authenticatorId"])


def let_in(page: Page, place: Place, email: str = ADA, to: str = "/security/") -> None:
    """Sign in by a printed link."""
    page.goto(place.run("users", "link", email, "--page", to).strip())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(place.url + to)


def add_passkey(page: Page, name: str) -> None:
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is added")).to_be_visible()


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


@pytest.fixture
def shop(place: Place) -> Place:
    """A shop with an account whose owner can sign in."""
    open_shop(place, NOW)
    place.run("accounts", "open", "Example Bakery", "--country", "DE", "--external-id", "A1")
    place.run("users", "add", ADA, "--name", "Ada Example", "--account", "A1")
    return place


def test_a_passkey_is_added_used_renamed_and_removed(
    shop: Place, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    plug_in(page)
    let_in(page, shop)
    add_passkey(page, "Work laptop")
    expect(page.get_by_role("link", name="Work laptop")).to_be_visible()
    sign_out(page)
    page.goto(f"{shop.url}/people/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{shop.url}/people/")
    page.goto(f"{shop.url}/security/")
    expect(page.get_by_text("last used on")).to_be_visible()
    page.get_by_role("link", name="Work laptop").click()
    page.get_by_label("Name").fill("Old laptop")
    page.get_by_role("button", name="Rename the passkey").click()
    page.get_by_role("link", name="Old laptop").click()
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("The passkey is removed")).to_be_visible()
    sign_out(page)
    page.goto(f"{shop.url}/sign-in/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="This passkey did not work")).to_be_visible()


def test_a_passkey_is_both_steps_in_one(shop: Place, new_page: Callable[..., Page]) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    page = new_page()
    plug_in(page)
    let_in(page, shop)
    add_passkey(page, "Phone")
    page.get_by_role("link", name="Turn on two steps").click()
    page.get_by_text("Cannot scan it?").click()
    secret = re.sub(r"\s", "", page.locator(".step-secret").inner_text())
    seconds = int(page.evaluate("Date.now() / 1000"))
    page.get_by_label("Code").fill(format_hotp_value(hotp_value(secret, seconds // 30)))
    page.get_by_role("button", name="Turn on two steps").click()
    expect(page.locator(".codes li")).to_have_count(10)
    code = page.locator(".codes li").first.inner_text()
    # A passkey alone is enough.
    sign_out(page)
    page.goto(f"{shop.url}/sign-in/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    # A mailed link is not: the passkey, or a code, is the second step.
    sign_out(page)
    page.goto(shop.run("users", "link", ADA).strip())
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    # Without the device, a recovery code helps.
    other = new_page()
    other.goto(shop.run("users", "link", ADA).strip())
    other.get_by_role("button", name="Sign in").click()
    other.get_by_label("Code").fill(code)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("navigation", name="Main")).to_be_visible()


def test_a_device_that_does_not_ask_who_holds_it_is_refused(
    shop: Place, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    plug_in(page, verified=False)
    let_in(page, shop, to="/security/passkeys/new/")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("No passkey was made")).to_be_visible()
    page.goto(f"{shop.url}/security/")
    expect(page.get_by_role("link", name="Add a passkey")).to_be_visible()
    expect(page.locator(".keys")).to_have_count(0)


def test_a_passkey_of_one_does_not_stand_in_for_another(
    shop: Place, new_page: Callable[..., Page]
) -> None:
    shop.run("users", "add", "bob@example.com", "--account", "A1", "--role", "billing")
    page = new_page()
    plug_in(page)
    let_in(page, shop)
    add_passkey(page, "Ada's phone")
    sign_out(page)
    # Bob asks for a challenge, and the device answers it with Ada's passkey.
    let_in(page, shop, "bob@example.com")
    answer = page.evaluate(
        """async () => {
          const reply = await fetch("/security/confirm/passkey/");
          const { publicKey } = await reply.json();
          const asked = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
          const given = await navigator.credentials.get({ publicKey: asked });
          return JSON.stringify(given.toJSON());
        }"""
    )
    assert '"signature"' in answer
    token = page.locator("form[action='/security/'] [name=csrfmiddlewaretoken]").input_value()
    form = {"csrfmiddlewaretoken": token, "credential": answer}
    assert page.request.post(f"{shop.url}/security/confirm/passkey/", form=form).status == 422
    # The same answer signs Ada in nowhere either: its challenge is spent.
    stranger = new_page()
    stranger.goto(f"{shop.url}/sign-in/")
    token = stranger.locator("#sign-in [name=csrfmiddlewaretoken]").input_value()
    form["csrfmiddlewaretoken"] = token
    assert stranger.request.post(f"{shop.url}/sign-in/passkey/", form=form).status == 422
