"""Text and chat messages by a signed HTTPS request, which any provider's gateway can take.

The request follows Standard Webhooks: ``webhook-id`` is the message's own stable key, so that the
other side can drop one that it has seen; ``webhook-signature`` is an HMAC over id, time and body.
Where the address leads is looked up once and checked: it never reaches into a private network
unless it is meant to, and a redirect is not followed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http.client import HTTPConnection, HTTPException
from typing import Any, ClassVar
from urllib.parse import urlsplit

from quarterday.core.webhook import sign_webhook
from quarterday.ports.guarded_http import CannotReach, connect, find_place
from quarterday.ports.mailer import Answer, Outcome, Parcel, Session, Unreachable

_TIMEOUT = 15
_BUSY = frozenset({408, 425, 429})


class SignedHttpTransport:
    """An address of your own or of a provider that is told of each message."""

    name: ClassVar[str] = "signed_http"
    channels: ClassVar[tuple[str, ...]] = ("sms", "chat")

    def open_session(self, options: Mapping[str, Any]) -> AbstractContextManager[Session]:
        """Look the address up. Raises `Unreachable` for one that may not be reached."""
        return _open(options)


@contextmanager
def _open(options: Mapping[str, Any]) -> Iterator[Session]:
    yield _HttpSession(options)


class _HttpSession:
    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options
        parts = urlsplit(str(options["url"]))
        self.host, self.is_plain = parts.hostname or "", parts.scheme == "http"
        self.port = parts.port or (80 if self.is_plain else 443)
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.place = self._find_place()

    def _find_place(self) -> str:
        """The checked network address; the request goes there whatever the name says later."""
        is_private = bool(self.options.get("private"))
        remedy = "add ?private=1 to its URL if that is meant"
        try:
            return find_place(self.host, self.port, is_private=is_private, remedy=remedy)
        except CannotReach as error:
            raise Unreachable(str(error)) from None

    def send(self, parcel: Parcel) -> Outcome:
        body = json.dumps(
            {
                "id": parcel.key,
                "channel": parcel.channel,
                "to": parcel.address,
                "name": parcel.name,
                "from": parcel.sender_name,
                "text": parcel.text,
            },
            ensure_ascii=False,
        ).encode()
        stamp = int(parcel.at.timestamp())
        headers = {
            "content-type": "application/json",
            **sign_webhook(self.options["secret"], parcel.key, stamp, body),
        }
        try:
            connection = self._connect()
        except CannotReach as error:
            return Outcome(Answer.DEFERRED, reason=str(error))
        try:
            connection.request("POST", self.path, body, headers)
            response = connection.getresponse()
            said = response.read(2000)
        except (OSError, HTTPException) as error:
            return Outcome(Answer.UNKNOWN, reason=f"no answer: {error}")
        finally:
            connection.close()
        return _judge(response.status, said)

    def _connect(self) -> HTTPConnection:
        timeout = int(self.options.get("timeout", _TIMEOUT))
        return connect(self.host, self.place, self.port, is_plain=self.is_plain, timeout=timeout)


def _judge(status: int, said: bytes) -> Outcome:
    if 200 <= status < 300:
        return Outcome(Answer.SENT, provider_id=_id_in(said))
    # A redirect is not followed: whom it leads to was never checked.
    for_good = 300 <= status < 500 and status not in _BUSY
    return Outcome(
        Answer.REFUSED if for_good else Answer.DEFERRED, reason=f"the gateway answered {status}"
    )


def _id_in(said: bytes) -> str:
    """What the provider calls the message, if it says so as JSON."""
    try:
        found = json.loads(said)
    except ValueError:
        return ""
    return str(found.get("id", ""))[:200] if isinstance(found, dict) else ""
