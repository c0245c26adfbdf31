"""Transports: how what was composed leaves the house, be it mail, a text message or chat.

Whoever sends through a transport has written down before that it is about to, and writes down what
the transport answers. An answer must never guess: ``DEFERRED`` and ``REFUSED`` mean that nothing
was accepted, ``UNKNOWN`` that it may have been, and then nobody sends it again by himself.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, NamedTuple, Protocol, cast

from quarterday.core.errors import BillingError
from quarterday.ports.discover import discover


class Attachment(NamedTuple):
    """A file that comes with a mail."""

    name: str
    media_type: str
    content: bytes


class Parcel(NamedTuple):
    """One message to one address, ready to go. ``key`` is its stable Message-ID, without ``<>``,
    and what a provider that knows idempotency keys is given as one.
    """

    key: str
    channel: str
    address: str
    name: str
    sender: str
    sender_name: str
    title: str
    text: str
    at: datetime
    html: str = ""
    reply_to: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()


class Answer(StrEnum):
    """What became of a parcel. ``REFUSED`` is for good, ``DEFERRED`` for now."""

    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Outcome(NamedTuple):
    """A transport's answer. ``is_address`` blames the address for a refusal."""

    answer: Answer
    provider_id: str = ""
    reason: str = ""
    is_address: bool = False


class Session(Protocol):
    """An open connection, good for many parcels."""

    def send(self, parcel: Parcel) -> Outcome:
        """Hand one parcel over. Never raises for what a network or a provider can do."""


class Transport(Protocol):
    """A way out. ``channels`` are the kinds of message that it carries."""

    name: ClassVar[str]
    channels: ClassVar[tuple[str, ...]]

    def open_session(self, options: Mapping[str, Any]) -> AbstractContextManager[Session]:
        """Connect. Raises `Unreachable` when that fails, and `BillingError` for bad options."""


class Unreachable(BillingError):  # noqa: N818 - a fact, not a fault
    """Nothing can be handed over at present; nothing was."""


@cache
def list_transports() -> Mapping[str, Transport]:
    """All transports by name."""
    found = {}
    for value in discover("mail"):
        if isinstance(value, type) and {"channels", "open_session"} <= vars(value).keys():
            transport = cast(Transport, value())
            found[transport.name] = transport
    return found


def find_transport(name: str) -> Transport:
    """A transport by its name; raises `BillingError` listing all of them."""
    known = list_transports()
    if name not in known:
        raise BillingError(f"there is no transport {name!r}; there are {', '.join(sorted(known))}")
    return known[name]
