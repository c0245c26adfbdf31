"""Who opens a link, as far as the request tells."""

from __future__ import annotations

import pytest

from quarterday.core.visit import judge_visit

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
TABLET = (
    "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 Chrome/129.0.0.0 Safari/537.36"
)
COMPUTER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/129.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (PHONE, "phone"),
        (PHONE.replace("iPhone;", "iPad;"), "tablet"),
        (TABLET, "tablet"),
        (TABLET.replace("Chrome/", "Mobile Chrome/"), "phone"),
        (COMPUTER, "computer"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15", "computer"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "computer"),
        ("Mozilla/5.0 (SMART-TV; Tizen 8.0)", "other"),
    ],
)
def test_people_and_their_devices(agent: str, device: str) -> None:
    visit = judge_visit("GET", {"user-agent": agent, "accept-language": "de-DE"})
    assert (visit.device, visit.is_bot) == (device, False)


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "Barracuda Sentinel (EE)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (Windows NT 10.0) BingPreview/1.0b",
        "WhatsApp/2.23.20.0",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "facebookexternalhit/1.1",
        "curl/8.5.0",
        "python-requests/2.32",
        "Go-http-client/2.0",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/129.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 6.1; ms-office; MSOffice 16)",
    ],
)
def test_machines(agent: str) -> None:
    assert judge_visit("GET", {"user-agent": agent, "accept-language": "en"}).is_bot


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"sec-purpose": "prefetch;prerender"}),
        ("GET", {"purpose": "prefetch"}),
        ("GET", {"x-moz": "prefetch"}),
        ("GET", {"x-purpose": "preview"}),
        ("GET", {"accept-language": ""}),
    ],
)
def test_asking_before_anybody_has_clicked(method: str, headers: dict[str, str]) -> None:
    said = {"user-agent": COMPUTER, "accept-language": "en"} | headers
    assert judge_visit(method, said).is_bot
