"""Every page that links lead to: no violation that axe finds, in both themes, and none too wide.

It begins at the home page, the shop and the page for signing in and follows each link to a page
of a sort not seen yet, so a new page is looked at as soon as something leads to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urldefrag, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.place import Place
from tests.browser.steps import link_in, open_shop, pay_by_card

# Rules of WCAG 2.2 and best practices alike; nothing is switched off.
AXE = Axe()
# What the theme changes is colour; the rest was judged in the light one.
DARK = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
_ID = re.compile(r"\b[a-z]{3}_[0-9a-f]{32}\b")
_PHONE, _DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 844}


def test_pages_for_everybody(place: Place, new_page: Callable[..., Page]) -> None:
    open_shop(place, "2026-12-01T09:00+01:00", customers=True)
    place.run("run")
    page = new_page()
    starts = ["/order/", "/order/web/", "/order/web/cart/", "/sign-in/", "/nowhere/"]
    pay = link_in(place, "office@bakery.example", "11.90")
    seen = look_at_all(page, place, [*starts, pay.removeprefix(place.url)])
    assert len(seen) >= 7, sorted(seen)

    page.goto(f"{place.url}/order/web/products/space/")
    page.get_by_role("button", name="Add to the cart").click()
    seen = look_at_all(page, place, ["/order/web/cart/"], only={"/order/web/check-out/"})
    assert "/order/web/check-out/" in seen


def test_pages_of_an_account(place: Place, new_page: Callable[..., Page]) -> None:
    open_shop(place, "2026-12-01T09:00+01:00", customers=True)
    place.run("run")
    place.run("users", "add", "owner@bakery.example", "--account", "C-1", "--role", "owner")
    page = new_page()
    page.goto(link_in_text(place.run("links", "make", "sign_in", "owner@bakery.example")))
    page.get_by_role("button", name="Sign in").click()
    page.goto(place.url)
    page.get_by_role("main").get_by_role("link", name="Pay 11.90 €").first.click()
    pay_by_card(page, "11.90 €")
    page.wait_for_load_state()
    place.move_clock("2027-01-20T09:00+01:00")
    place.run("run")
    seen = look_at_all(page, place, ["/"])
    wanted = {"/", "/invoices/", "/services/", "/credit/", "/people/", "/documents/", "/profile/"}
    assert wanted <= seen, wanted - seen
    assert len(seen) >= 20, sorted(seen)


def link_in_text(said: str) -> str:
    return next(word for word in said.split() if "/l/" in word)


def look_at_all(
    page: Page, place: Place, starts: list[str], only: set[str] | None = None
) -> set[str]:
    """Look at every sort of page that can be reached; the paths, with ids left out."""
    problems: list[str] = []
    waiting, seen = list(starts), set()
    while waiting:
        path = waiting.pop(0)
        sort = sort_of(path)
        if sort in seen or not is_page(page, place, path):
            continue
        seen.add(sort)
        page.set_viewport_size(_DESK)
        page.goto(place.url + path)
        found = list(links_on(page, place))
        waiting += [one for one in found if only is None or sort_of(one) in only]
        problems += [f"{sort}: {text}" for text in faults_of(page)]
    assert not problems, "\n".join(problems)
    return seen


def sort_of(path: str) -> str:
    """A path without its query, its ids and its token."""
    plain = _ID.sub("…", urlsplit(path).path)
    return re.sub(r"/l/[^/]+", "/l/…", re.sub(r"/\d{4}/", "/year/", plain))


def is_page(page: Page, place: Place, path: str) -> bool:
    answer = page.request.get(place.url + path)
    assert answer.status < 500, f"{path}: {answer.status}"
    return "text/html" in answer.headers["content-type"]


def links_on(page: Page, place: Place) -> Iterator[str]:
    """The paths of this installation that a page links to."""
    for address in page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)"):
        plain = urldefrag(address).url
        if plain.startswith(place.url + "/"):
            yield plain.removeprefix(place.url)


def faults_of(page: Page) -> Iterator[str]:
    """What is wrong with how a page looks, in both themes and on a phone."""
    for scheme, options in (("light", None), ("dark", DARK)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for fault in AXE.run(page, options=options).response["violations"]:
            nodes = "; ".join(node["html"][:160] for node in fault["nodes"][:3])
            yield f"{scheme}: {fault['id']}: {fault['help']}: {nodes}"
    page.set_viewport_size(_PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > _PHONE["width"]:
        yield f"{width} pixels wide on a phone"
