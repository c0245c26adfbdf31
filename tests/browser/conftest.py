"""Chromium and a running Quarterday for each story."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser.place import Place, Sink
from tests.zygote import Zygote

# What Debian's Chromium needs as root, and what keeps it from calling home.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("Chromium is not installed; on Debian: apt-get install chromium")


# Not for the session: as long as it plays, an event loop runs, in which Django reads no database.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playing:
        yield playing


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield started
    started.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    kept = Sink()
    yield kept
    kept.controller.stop()


@pytest.fixture
def place(
    tmp_path: Path, make_database: Callable[[], str], sink: Sink, chromium: str, zygote: Zygote
) -> Iterator[Place]:
    made = Place(tmp_path, make_database(), sink, zygote)
    yield made
    made.stop()


@pytest.fixture
def new_page(browser: Browser, place: Place) -> Iterator[Callable[..., Page]]:
    """Call it for a page in a browser of somebody new; requests to other hosts fail the test."""
    contexts: list[BrowserContext] = []
    strange: list[str] = []

    def make(**options: object) -> Page:
        context = browser.new_context(locale="en-GB", **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((place.url, "data:", "blob:"))
                else strange.append(request.url)
            ),
        )
        page.on(
            "console",
            lambda said: (
                strange.append(said.text) if "Content Security Policy" in said.text else None
            ),
        )
        return page

    yield make
    for number, context in enumerate(contexts):
        # The last thing seen is what tells most when a story fails.
        context.pages[0].screenshot(path=place.folder / f"last-{number}.png", full_page=True)
        context.close()
    assert not strange, strange
