"""How messages leave, read from the environment.

``QUARTERDAY_MAIL_URL`` says how mail is sent; without it, messages wait and then lapse:

    smtp://user:password@mail.example.com:587?starttls=1    SMTP; smtps:// for TLS from the start
    anymail:postmark                                        a provider known to django-anymail,
                                                            set up by ANYMAIL_… variables
    django:some.module.EmailBackend                         any other backend of Django
    file:///var/mail-out                                    one file for each mail, for trying

Each may end in ``?rate=600`` (so many a minute). ``QUARTERDAY_SMS_URL`` and
``QUARTERDAY_CHAT_URL`` are https addresses that text and chat messages are posted to, signed with
``QUARTERDAY_SMS_SECRET`` and ``QUARTERDAY_CHAT_SECRET``; with ``?private=1`` they may lie in a
private network, and be plain http there.

``QUARTERDAY_MAIL_FROM`` is the sender where a seller names none. ``QUARTERDAY_DKIM`` holds, for
each domain, ``domain:selector:key file``, separated by spaces.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

_EXAMPLES = "smtp://user:password@host:587?starttls=1, anymail:postmark or file:///folder"


def read_mail_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Django's, anymail's and our own settings of messages."""
    url = environ.get("QUARTERDAY_MAIL_URL", "")
    transports = {"mail": _read_mail(url)} if url else {}
    for channel in ("sms", "chat"):
        name = f"QUARTERDAY_{channel.upper()}"
        if address := environ.get(f"{name}_URL"):
            transports[channel] = read_hook(name, address, environ.get(f"{name}_SECRET", ""))
    anymail = {
        name.removeprefix("ANYMAIL_"): value
        for name, value in environ.items()
        if name.startswith("ANYMAIL_") and value
    }
    return {
        "MESSAGE_TRANSPORTS": transports,
        "MAIL_FROM": environ.get("QUARTERDAY_MAIL_FROM", ""),
        "DKIM_KEYS": _read_dkim(environ.get("QUARTERDAY_DKIM", "")),
        "ANYMAIL": anymail,
    }


def _read_mail(url: str) -> dict[str, Any]:
    scheme, sign, rest = url.partition(":")
    if not sign:
        raise ImproperlyConfigured(f"QUARTERDAY_MAIL_URL is no URL; use {_EXAMPLES}")
    if scheme in ("anymail", "django"):
        name, _, query = rest.partition("?")
        return {"transport": scheme, "backend": name, **_query(query)}
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(
            "QUARTERDAY_MAIL_URL has a host or port that cannot be read; write signs such as "
            f"/ @ # in a password as %2F %40 %23, and use {_EXAMPLES}"
        ) from None
    if scheme == "file" and parts.path:
        return {"transport": "file", "folder": unquote(parts.path), **_query(parts.query)}
    if scheme in ("smtp", "smtps") and parts.hostname:
        return {
            "transport": "smtp",
            "host": parts.hostname,
            "port": port or (465 if scheme == "smtps" else 587 if "starttls" in url else 25),
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "tls": scheme == "smtps",
            **_query(parts.query),
        }
    # It may hold a password, so none of it is repeated.
    raise ImproperlyConfigured(f"QUARTERDAY_MAIL_URL names no way to send mail; use {_EXAMPLES}")


def read_hook(name: str, address: str, secret: str) -> dict[str, Any]:
    """The options of a transport that posts to an address: ``NAME_URL`` and its secret."""
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    options = {key: value for key, value in pairs if key in ("rate", "private")}
    kept = [pair for pair in pairs if pair[0] not in options]
    private = options.get("private") == "1"
    if not parts.hostname or parts.scheme not in (("https", "http") if private else ("https",)):
        raise ImproperlyConfigured(f"{name}_URL must be an https address")
    if len(secret) < 24:
        raise ImproperlyConfigured(f"{name}_SECRET must have at least 24 characters")
    return {
        "transport": "signed_http",
        "url": urlunsplit(parts._replace(query=urlencode(kept))),
        "secret": secret,
        "private": private,
        **_query(urlencode({key: value for key, value in options.items() if key == "rate"})),
    }


def _query(query: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in parse_qsl(query):
        if name not in ("rate", "starttls", "timeout"):
            raise ImproperlyConfigured(
                f"QUARTERDAY_MAIL_URL has an unknown part {name!r}; it knows rate, "
                "starttls and timeout"
            )
        if not value.isdecimal():
            raise ImproperlyConfigured(f"QUARTERDAY_MAIL_URL: {name} must be a number")
        found[name] = int(value)
    return found


def _read_dkim(text: str) -> dict[str, tuple[str, str]]:
    keys = {}
    for one in text.split():
        domain, _, rest = one.partition(":")
        selector, sign, path = rest.partition(":")
        if not (domain and selector and sign and path):
            raise ImproperlyConfigured(
                f"QUARTERDAY_DKIM: write domain:selector:key-file, not {one!r}"
            )
        keys[domain.lower()] = (selector, path)
    return keys
