"""Who opens a link, as far as the request tells: a person with what device, or a machine.

Mail scanners, previews and crawlers open links too. Nothing that is decided for a customer hangs
on this guess; it only keeps machines out of the rates.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Device(StrEnum):
    """The class of a device; nothing finer is wanted, as it would help to tell people apart."""

    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"
    OTHER = "other"


class Visit(NamedTuple):
    """What a request says about its sender."""

    device: Device
    is_bot: bool


# Parts of what machines call themselves: crawlers, previews of chats, mail scanners, libraries.
_MACHINES = (
    "bot crawl spider slurp preview scan monitor validat archiver fetch headless phantom lighthouse "
    "facebookexternalhit whatsapp telegram skype slack discord embedly viber line-poker iframely "
    "proofpoint mimecast barracuda safelinks symantec fireeye trendmicro sophos fortinet cisco "
    "ironport checkpoint zscaler forcepoint trustwave messagelabs mailshield ms-office "
    "googleimageproxy google-safety yahoomail feedfetcher mediapartners "
    "curl wget python java/ jakarta go-http okhttp httpclient http-client libwww perl ruby php node "
    "axios undici scrapy postman insomnia powershell winhttp libcurl guzzle"
).split()


def judge_visit(method: str, headers: Mapping[str, str]) -> Visit:
    """What device asks, and whether a machine does; the names of headers are in lower case.

    A browser that is led by a person names itself, says which language it wants, and asks for a
    page, not for something to keep in store.

    >>> phone = {"user-agent": "Mozilla/5.0 (iPhone; …) Mobile/15E148", "accept-language": "de"}
    >>> judge_visit("GET", phone)
    Visit(device=<Device.PHONE: 'phone'>, is_bot=False)
    >>> judge_visit("HEAD", phone).is_bot
    True
    >>> judge_visit("GET", {**phone, "sec-purpose": "prefetch"}).is_bot
    True
    >>> judge_visit("GET", {"user-agent": "Barracuda Sentinel (EE)"})
    Visit(device=<Device.OTHER: 'other'>, is_bot=True)
    """
    agent = headers.get("user-agent", "").lower()
    is_bot = (
        method not in ("GET", "POST")
        or not agent
        or not headers.get("accept-language")
        or any(word in agent for word in _MACHINES)
        or _is_ahead(headers)
    )
    return Visit(_device(agent), is_bot)


def _is_ahead(headers: Mapping[str, str]) -> bool:
    """Whether a browser or mail program asks before anybody has clicked."""
    said = " ".join(
        headers.get(name, "").lower() for name in ("sec-purpose", "purpose", "x-purpose", "x-moz")
    )
    return "prefetch" in said or "preview" in said or "prerender" in said


def _device(agent: str) -> Device:
    if "ipad" in agent or "tablet" in agent or ("android" in agent and "mobile" not in agent):
        return Device.TABLET
    if "mobi" in agent or "iphone" in agent:
        return Device.PHONE
    if any(word in agent for word in ("windows nt", "macintosh", "x11", "cros ")):
        return Device.COMPUTER
    return Device.OTHER
