"""The console in a browser: the way in, the search, and how its pages look; one world for all."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.console_pages import PAGES
from tests.browser.place import Place, Sink
from tests.browser.steps import open_shop
from tests.browser.test_pages import faults_of
from tests.databases import Databases
from tests.statements.make_camt import OWN, document, entry, statement
from tests.zygote import Zygote

DESK, PHONE = {"width": 1280, "height": 844}, {"width": 390, "height": 844}


@dataclass
class Console:
    """An installation with staff, and the page of somebody who came in."""

    place: Place
    page: Page
    strange: list[str]
    ids: dict[str, str]

    def open(self, path: str) -> Page:
        self.page.set_viewport_size(DESK)
        self.page.emulate_media(color_scheme="light")
        answer = self.page.goto(self.place.url + path.format(**self.ids))
        assert answer is not None and answer.status == 200, path
        return self.page


@pytest.fixture(scope="module")
def console(
    tmp_path_factory: pytest.TempPathFactory,
    databases: Databases,
    zygote: Zygote,
    browser: Browser,
) -> Iterator[Console]:
    """The first owner has come in: by the printed link, and with a second factor."""
    sink, url = Sink(), databases.create()
    place = Place(tmp_path_factory.mktemp("console"), url, sink, zygote)
    open_shop(place, "2026-12-01T09:00+01:00", customers=True)
    place.run("run")
    link = json.loads(place.run("staff", "add", "olga@example.com", "--role", "owner", "--json"))
    context = browser.new_context(locale="en-GB", viewport=DESK)
    context.set_default_timeout(15_000)
    page, strange = context.new_page(), []
    page.on(
        "request",
        lambda one: None if one.url.startswith((place.url, "data:")) else strange.append(one.url),
    )
    page.on(
        "console",
        lambda said: strange.append(said.text) if "Content Security" in said.text else None,
    )
    page.on("pageerror", lambda error: strange.append(str(error)))
    come_in(page, link["url"])
    yield Console(place, page, strange, _ids(place))
    context.close()
    place.stop()
    sink.controller.stop()
    databases.drop(url)
    assert not strange, strange[-1]


def come_in(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("link", name="Use an authenticator app").click()
    secret = page.locator(".step-secret").text_content() or ""
    secret = secret.replace(" ", "")
    page.get_by_label("Code").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Turn on two steps").click()
    expect(page.get_by_role("heading", name="Recovery codes").first).to_be_visible()


def _ids(place: Place) -> dict[str, str]:
    def first(*words: str) -> str:
        return str(json.loads(place.run(*words, "--json"))[0]["id"])

    def of(account: str, *words: str) -> str:
        rows = json.loads(place.run(*words, "--json"))
        return str(next(one["id"] for one in rows if one["account"] == account))

    place.run("payments", "record", "C-1", "5.00", "--method", "bank_transfer")
    one = json.loads(place.run("accounts", "show", "C-1", "--json"))
    return {
        "account": str(one["id"]),
        "invoice": of("C-1", "invoices", "list"),
        "subscription": of("C-1", "subscriptions", "list"),
        "payment": of("C-1", "payments", "list"),
    }


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_fit_to_be_seen(console: Console, path: str) -> None:
    page = console.open(path)
    assert not list(faults_of(page)), path
    assert not console.strange, console.strange[-1]


def test_a_step_is_dragged_and_moved_by_keys(console: Console) -> None:
    page = console.open("/console/edit/reminders/standard/")
    step = page.get_by_role("slider", name="Suspend the service")
    days, said = page.locator("[data-offset]").nth(4), page.locator("[data-said]")
    expect(step).to_have_text("5")
    (x, y), (far, _) = middle(step), middle(page.get_by_role("slider").last)
    # Held at its side it does not jump; then it goes with the pointer, and says where it is.
    page.mouse.move(x + 8, y)
    page.mouse.down()
    page.mouse.move(x + 9, y)
    expect(days).to_have_value("5")
    page.mouse.move(x + 8 + (far - x) / 25, y, steps=4)
    expect(said).to_have_text("Suspend the service, 6 days after the due date")
    page.mouse.up()
    expect(days).to_have_value("6")
    step.focus()
    page.keyboard.press("PageUp")
    expect(step).to_have_attribute("aria-valuetext", "13 days after the due date")
    expect(page.get_by_text("reminders only get firmer")).to_be_visible()
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowLeft")
    expect(days).to_have_value("5")
    expect(step).to_be_focused()
    expect(page.locator(".e-coming")).to_contain_text("Suspend the service")


def middle(handle: Locator) -> tuple[float, float]:
    box = handle.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_search_answers_as_one_types(console: Console) -> None:
    page = console.open("/console/")
    page.keyboard.press("/")
    page.keyboard.type("bakery")
    found = page.locator("#c-found")
    expect(found.get_by_role("link").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(found.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(found).to_be_hidden()
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Search")).to_be_visible()


def test_the_inbox_is_worked_by_keys(console: Console) -> None:
    place = console.place
    place.run("bank", "add", "main", OWN, "--currency", "EUR")
    file = place.folder / "statement.xml"
    file.write_text(document(statement(entry("12.00", ""), entry("7.00", "", on="2026-11-30"))))
    place.run("bank", "import", str(file))
    page = console.open("/console/inbox/?kind=bank")
    tab = page.locator("#inbox-tabs [aria-current]")
    expect(tab).to_have_text("Bank lines 2")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-open]").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    item = page.locator(".item-open")
    expect(item).to_contain_text("Say whose money it is")
    assert not list(faults_of(page))
    page.keyboard.press("Enter")
    expect(item).to_have_count(0)
    page.keyboard.press("a")
    item.get_by_label("Account").fill("nobody at all")
    item.get_by_role("button", name="Book for this account").click()
    expect(item.get_by_role("alert")).to_contain_text("nothing was changed")
    expect(item.get_by_label("Account")).to_have_value("nobody at all")
    item.get_by_label("Why").fill("rent")
    item.get_by_role("button", name="Leave it to other books").click()
    done = page.locator(".item-done")
    expect(done).to_contain_text("Left to other books")
    expect(tab).to_have_text("Bank lines 1")
    page.keyboard.press("k")
    expect(page.locator("[data-open]").first).to_be_focused()
    done.get_by_role("button", name="Take it back").click()
    expect(tab).to_have_text("Bank lines 2")


def test_the_menu_of_a_phone_opens_and_closes(console: Console) -> None:
    page = console.open("/console/")
    page.set_viewport_size(PHONE)
    rooms = page.get_by_role("navigation", name="Rooms")
    expect(rooms).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(rooms.get_by_role("link", name="Invoices")).to_be_visible()
    page.keyboard.press("Escape")
    expect(rooms).to_be_hidden()


def test_the_theme_is_kept(console: Console) -> None:
    page = console.open("/console/")
    page.locator(".c-user summary").click()
    for _ in range(2):
        page.locator("[data-theme-next]").click()
    page.reload()
    assert "dark" in (page.locator("html").get_attribute("class") or "")
    page.locator(".c-user summary").click()
    page.locator("[data-theme-next]").click()
    assert "dark" not in (page.locator("html").get_attribute("class") or "")


def test_acting_as_a_customer_is_seen_on_every_page(console: Console) -> None:
    page = console.open("/console/staff/acting/{account}/")
    page.get_by_role("button", name="Sign in as the customer").click()
    for path in ("/", "/invoices/", "/services/"):
        page.goto(console.place.url + path)
        expect(page.get_by_text("You act as")).to_be_visible()
    assert not list(faults_of(page))
    page.get_by_role("button", name="Stop, and go back").click()
    page.goto(console.place.url + "/")
    expect(page.get_by_text("You act as")).to_have_count(0)
