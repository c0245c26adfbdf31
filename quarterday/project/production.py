"""What must not be so in production: each unsafe setting is named, with what to do about it.

An installation is in production when ``QUARTERDAY_ENV`` says so, or when it says nothing and
``QUARTERDAY_URL`` begins with https. Any other word (``rehearsal``, ``test``) says that it is not.
Django's own checks carry the list (``django-admin check --tag production``); web server and worker
refuse to start while it is not empty.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError

from quarterday.ports.clock import is_moved
from quarterday.services.demo.is_demo import is_demo

TAG = "production"
LISTEN = "QUARTERDAY_LISTEN"
SHORTEST_KEY = 32
_MAKE_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


@dataclass(frozen=True, slots=True)
class Facts:
    """What an installation says about itself. ``key_mode`` are the rights of the file of the key,
    None where the key stands in the environment; ``listen`` is the address that is listened at.
    """

    url: str
    hosts: Sequence[str]
    key: str
    key_mode: int | None = None
    key_path: str = ""
    is_debug: bool = False
    is_moved: bool = False
    is_demo: bool = False
    listen: str = ""
    is_behind_proxy: bool = False


@register(TAG)
def check_production(app_configs: object = None, **options: Any) -> list[CheckMessage]:
    """Everything unsafe in this installation; nothing where it is not in production."""
    return list(find_unsafe(read_facts())) if settings.IS_PRODUCTION else []


def read_facts() -> Facts:
    """What this installation says about itself."""
    path = settings.SECRET_KEY_PATH
    given = os.environ.get("QUARTERDAY_SECRET_KEY", "")
    # Looked at before it is made, so that one that is made now is one of its owner alone.
    key = given or str(settings.SECRET_KEY)
    try:
        demo = is_demo()
    except DatabaseError:
        # What is wrong with the database is for others to say.
        demo = False
    return Facts(
        url=settings.PUBLIC_URL,
        hosts=settings.ALLOWED_HOSTS,
        key=key,
        key_mode=None if given else stat.S_IMODE(Path(path).stat().st_mode),
        key_path=str(path),
        is_debug=settings.DEBUG,
        is_moved=is_moved(),
        is_demo=demo,
        listen=os.environ.get(LISTEN, ""),
        is_behind_proxy=settings.IS_BEHIND_PROXY,
    )


def find_unsafe(facts: Facts) -> Iterator[Error]:
    """What is unsafe in production, each with its remedy."""
    if facts.is_debug:
        yield _error(
            1, "QUARTERDAY_DEBUG is on: error pages show settings to strangers", "unset it"
        )
    if not facts.url.startswith("https://") and is_public(facts.url):
        yield _error(
            2,
            f"QUARTERDAY_URL is {facts.url}: sign-ins and links would travel in the open",
            "let it begin with https:// and put a web server with a certificate before it",
        )
    yield from _check_key(facts)
    if facts.is_moved:
        yield _error(
            6,
            "the clock is moved (QUARTERDAY_NOW or QUARTERDAY_CLOCK_SHIFT)",
            "unset it, or set QUARTERDAY_ENV=rehearsal on a copy of the data",
        )
    if facts.is_demo:
        yield _error(
            7,
            "QUARTERDAY_DATABASE_URL names a database with the invented businesses of the demo",
            "name your own database, or set QUARTERDAY_ENV=demo where nobody can be misled",
        )
    if wild := [host for host in facts.hosts if host == "*" or host.startswith(".")]:
        yield _error(
            8,
            f"QUARTERDAY_HOSTS has {wild[0]}: links in mails could be made to lead elsewhere",
            "list each host name in full",
        )
    if is_everywhere(facts.listen) and not facts.is_behind_proxy:
        yield _error(
            9,
            f"it would listen at {facts.listen}, where anybody could go around the web server",
            "listen at 127.0.0.1; if a proxy of yours stands before it and nothing else reaches "
            "it, set QUARTERDAY_BEHIND_PROXY=1",
        )


def _check_key(facts: Facts) -> Iterator[Error]:
    if not facts.key:
        yield _error(
            3, "there is no secret key", f"set QUARTERDAY_SECRET_KEY to what this says: {_MAKE_KEY}"
        )
    elif len(facts.key) < SHORTEST_KEY:
        yield _error(
            4,
            f"QUARTERDAY_SECRET_KEY has {len(facts.key)} characters, so it can be guessed",
            f"give it at least {SHORTEST_KEY}: {_MAKE_KEY}",
        )
    if facts.key_mode is not None and facts.key_mode & 0o077:
        yield _error(
            5,
            f"{facts.key_path} holds the secret key (QUARTERDAY_SECRET_KEY), and others read it",
            f"chmod 600 {facts.key_path}",
        )


def is_public(url: str) -> bool:
    """Whether an address leads somewhere that strangers reach, as far as its name says."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal", ".test"))


def is_everywhere(address: str) -> bool:
    """Whether listening at an address means listening to every network of the machine."""
    try:
        return ip_address(address).is_unspecified
    except ValueError:
        return False


def _error(number: int, text: str, remedy: str) -> Error:
    return Error(text, hint=remedy, id=f"quarterday.E{number:03d}")
