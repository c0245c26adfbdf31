"""Gateways: ways to be paid. Each is one file in ``quarterday.gateways``, and sees plain data only.

A gateway is asked outside of every database transaction, always with the same id for the same
intent, and may be asked again after a crash: the id is its idempotency key. What it answers is in
`quarterday.ports.outcomes`. It never sees a request, and never makes a page: fields, instructions
and where to send the payer are data. ``tests/contracts`` holds what every gateway must keep.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import ClassVar, Protocol, cast, runtime_checkable
from urllib.parse import urlsplit

from quarterday.core.errors import BillingError
from quarterday.ports.discover import discover
from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    Field,
    KeptMethod,
    News,
    Outcome,
    PayoutNews,
    Unknown,
)


class Ability(StrEnum):
    """What a way to pay can do.

    ``PAY`` once with the payer there; ``SAVE`` a method, while paying or without; ``CHARGE`` a
    kept one with nobody there; ``REFUND``; ``INSTRUCT`` the payer, who then pays elsewhere.
    """

    PAY = "pay"
    SAVE = "save"
    CHARGE = "charge"
    REFUND = "refund"
    INSTRUCT = "instruct"


@dataclass(frozen=True)
class Choice:
    """One way to pay that a gateway offers, such as card or direct debit."""

    code: str
    name: str
    abilities: frozenset[Ability]
    fields: tuple[Field, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class Setting:
    """Something that a seller tells the gateway. A secret is given as ``env:NAME``, so that the
    database never holds it.
    """

    name: str
    text: str
    is_secret: bool = False
    is_required: bool = True


class Purpose(StrEnum):
    """What an intent is for: to move money, or only to keep a method for later."""

    PAY = "pay"
    SAVE = "save"


@dataclass(frozen=True)
class Payer:
    """Who pays, by what the seller's books say."""

    account: str
    name: str
    country: str
    language: str
    email: str = ""
    address: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Presence:
    """The payer is there and agrees; banks want to know from where when a mandate is given."""

    ip_address: str = ""
    user_agent: str = ""


@dataclass(frozen=True)
class Intent:
    """What a gateway is asked to do.

    ``id`` is the idempotency key. ``reference`` is what the gateway called it before, if it was
    asked before. ``presence`` is None when nobody is there. ``fields`` is what the payer typed:
    it is handed on and then forgotten. ``known_as`` is the data of a method that the account has
    kept before, such as the gateway's own id of the customer. ``is_back`` says that the payer has
    just come back to ``return_url``, so that what they approved can be completed.
    ``creditor_reference`` is an RF reference (ISO 11649).
    """

    id: str
    purpose: Purpose
    amount_minor: int
    currency: str
    now: datetime
    payer: Payer
    choice: str = ""
    presence: Presence | None = None
    method: KeptMethod | None = None
    save: bool = False
    known_as: Mapping[str, str] = field(default_factory=dict)
    is_back: bool = False
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    description: str = ""
    creditor_reference: str = ""
    reference: str = ""
    return_url: str = ""
    cancel_url: str = ""
    notify_url: str = ""


@dataclass(frozen=True)
class RefundIntent:
    """Money to give back; ``id`` is the idempotency key, ``reference`` is of the payment.

    ``refund_reference`` is what the gateway called this refund, if it was asked before.
    """

    id: str
    reference: str
    amount_minor: int
    currency: str
    now: datetime
    reason: str = ""
    method: KeptMethod | None = None
    refund_reference: str = ""


class BadSignature(BillingError):  # noqa: N818 - named for what it says
    """A hook was called by somebody who is not the gateway."""


@runtime_checkable
class Gateway(Protocol):
    """One gateway as one seller has set it up.

    ``currencies`` is empty where all are taken. ``is_test`` says that no real money moves, so it
    is only offered where the seller, or a demonstration, asks for it. ``hook_answer`` is what it
    wants to read when an event has arrived.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    currencies: ClassVar[frozenset[str]]
    settings: ClassVar[tuple[Setting, ...]]
    is_test: ClassVar[bool]
    hook_answer: ClassVar[str]

    def __init__(self, config: Mapping[str, str]) -> None:
        """Settings of the seller, by name."""

    def list_choices(self, currency: str) -> Sequence[Choice]:
        """The ways to pay in a currency; no network."""

    def check_fields(self, choice: str, fields: Mapping[str, str], now: datetime) -> dict[str, str]:
        """What is wrong with what the payer typed, by field, before anybody is asked."""

    def start(self, intent: Intent) -> Outcome:
        """Pay, or keep a method. Asked again with the same id, it does nothing a second time.

        With a ``reference`` it goes on from there: with further ``fields``, or when the payer
        ``is_back``; if nothing has changed, it answers as before.
        """

    def look_up(self, intent: Intent) -> Outcome:
        """What became of an intent, by ``reference`` or, without one, by ``id``; it moves nothing.

        ``Declined(NOT_RECEIVED)`` says that it never arrived, and a redirect without an address
        that the payer has still to go where they were sent.
        """

    def refund(self, intent: RefundIntent) -> Outcome:
        """Give money back: succeeded, pending, declined or unknown."""

    def look_up_refund(self, intent: RefundIntent) -> Outcome:
        """What became of a refund, by ``refund_reference`` or, without one, by ``id``.

        It moves nothing. ``Declined(NOT_RECEIVED)`` says that it never arrived.
        """

    def forget(self, method: KeptMethod) -> None:
        """Drop a kept method; one that is gone already is no error."""

    def parse_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[News]:
        """What the call of a hook says; names of headers are in lower case.

        Raises `BadSignature` unless it is proven that the gateway sent it. Each event has an id
        of its own, by which it counts once.
        """


@runtime_checkable
class ListsNews(Protocol):
    """A gateway that can be asked for what happened, so that a lost webhook loses nothing."""

    def list_news(self, since: datetime, until: datetime) -> Iterator[News]:
        """All that happened in the time, in any order; the same fact has the same event id as
        long as nothing new came of it. May raise whatever the network raises.
        """


@runtime_checkable
class PaysOut(Protocol):
    """A gateway that collects money, and pays it out to the bank less its fees."""

    def list_payouts(self, since: datetime, until: datetime) -> Iterator[PayoutNews]:
        """Payouts that were made or moved in the time, with their parts."""


@runtime_checkable
class TakesDays(Protocol):
    """A gateway whose charges take so many days that they are begun before the debt is due."""

    @property
    def days_ahead(self) -> int:
        """Days, at most 30, from beginning a charge to the day on which the money moves."""


@cache
def list_gateways() -> Mapping[str, type[Gateway]]:
    """All gateways that there are, by code."""
    found = {}
    for value in discover("gateways"):
        if isinstance(value, type) and {"code", "start", "look_up"} <= vars(value).keys():
            gateway = cast(type[Gateway], value)
            found[gateway.code] = gateway
    return found


def open_gateway(code: str, config: Mapping[str, str]) -> Gateway:
    """A gateway set up as a seller says; ``env:NAME`` is read from the environment here.

    Raises `BillingError` for an unknown gateway or a secret that is not there.
    """
    known = list_gateways()
    if code not in known:
        raise BillingError(f"there is no gateway {code!r}; there are {', '.join(sorted(known))}")
    return known[code]({name: _read_secret(value) for name, value in config.items()})


def _read_secret(value: str) -> str:
    if not value.startswith("env:"):
        return value
    name = value.removeprefix("env:")
    if name not in os.environ:
        raise BillingError(f"the environment holds no {name}, which a gateway's settings name")
    return os.environ[name]


def check_address(url: str, name: str) -> str:
    """Another address of a gateway's API, for tests. Raises `BillingError` unless what is sent
    there, keys among it, is encrypted or stays on this machine.

    >>> check_address("http://127.0.0.1:8421", "api_url")
    'http://127.0.0.1:8421'
    """
    parts = urlsplit(url)
    if url and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1"):
        raise BillingError(f"{name} must begin with https://, as keys go there")
    return url


def ask(call: Callable[[Intent], Outcome], intent: Intent) -> Outcome:
    """Ask a gateway; whatever breaks on the way is an unknown outcome, never a guess.

    Only what raises `BillingError` was certainly never sent; what was asked before may have been
    heard then.
    """
    try:
        return call(intent)
    except BillingError as error:
        if intent.reference:
            return Unknown(str(error), intent.reference)
        return Declined(DeclineCode.UNAVAILABLE, intent.reference, message=str(error))
    except Exception as error:
        return Unknown(type(error).__name__, intent.reference)


def find_out(gateway: Gateway, intent: Intent) -> Outcome | None:
    """What became of an intent; None when that cannot be learned now, which changes nothing."""
    try:
        outcome = gateway.look_up(intent)
    except Exception:
        return None
    return None if isinstance(outcome, Unknown) else outcome
