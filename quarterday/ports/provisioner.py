"""Provisioners: the places where services run. Each is one file in ``quarterday.provisioners``.

A provisioner is asked outside of every database transaction, always with the same key for the
same wish, and may be asked again after a crash or an answer that got lost: whatever it does must
be right when it is done twice. It sees plain data only. ``tests/provisioners`` holds what each of
them must keep.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Protocol, cast, runtime_checkable

from quarterday.core.errors import BillingError
from quarterday.core.service import ServiceAction, ServiceCondition
from quarterday.ports.discover import discover
from quarterday.ports.gateway import Setting


@dataclass(frozen=True)
class Customer:
    """Who the service is for."""

    id: str
    name: str
    email: str = ""
    external_id: str = ""
    language: str = ""
    country: str = ""


@dataclass(frozen=True)
class Wish:
    """What a place is asked to do with one service.

    ``key`` is the same whenever the same is asked again. ``generation`` grows with each new wish
    about the service, so that a place can tell a late one. ``options`` are those of the product
    and its plan, ``contract`` what is kept with the subscription (a domain, a user name), and
    ``known_as`` what the place itself said about the service before. ``reason`` says why it is to
    be suspended, in a word. ``ask_at`` is where the place said, when it was asked this before, that
    one learns what became of it.
    """

    key: str
    action: ServiceAction
    service: str
    generation: int
    now: datetime
    subscription: str
    product: str
    plan: str
    customer: Customer
    external_id: str = ""
    reason: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    contract: Mapping[str, Any] = field(default_factory=dict)
    known_as: Mapping[str, Any] = field(default_factory=dict)
    ask_at: str = ""


@dataclass(frozen=True)
class Done:
    """It is so now. ``data`` is what to keep about the service: names and addresses, no secrets."""

    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """It is not so. One that is not retryable would fail again until somebody sees to it."""

    reason: str
    is_retryable: bool = True


@dataclass(frozen=True)
class Unknown:
    """It may be so: the place is asked again, with ``ask_at`` in the wish where it named one."""

    reason: str
    ask_at: str = ""


class Begun(Unknown):
    """The place answered that it is at it."""


@dataclass(frozen=True)
class Manual:
    """Somebody has to do it, as ``text`` says, and then tell us."""

    text: str


Answer = Done | Failed | Unknown | Manual


@dataclass(frozen=True)
class Found:
    """How a service is at its place. ``is_foreign`` says that others suspended it."""

    condition: ServiceCondition
    is_foreign: bool = False


@runtime_checkable
class Provisioner(Protocol):
    """One place as one seller has set it up.

    ``actions`` are those that it can do. ``patience`` is how many seconds a wish takes at most,
    time limits of the network included: whoever has not answered by then is taken for dead.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    settings: ClassVar[tuple[Setting, ...]]
    actions: ClassVar[frozenset[ServiceAction]]
    patience: ClassVar[int]

    def __init__(self, config: Mapping[str, str]) -> None:
        """Settings of the seller, by name; raises `BillingError` for bad ones."""

    def carry_out(self, wish: Wish) -> Answer:
        """Do what is asked, or find that it is so already.

        Raises `BillingError` only when nothing was sent.
        """


@runtime_checkable
class LooksUp(Protocol):
    """A place that can be asked how a service is, so that what others changed is noticed."""

    def look_up(self, wish: Wish) -> Found | None:
        """How the service is; None when that cannot be learned now."""


@runtime_checkable
class Checks(Protocol):
    """A place that knows whether this machine has what it needs, without asking another."""

    def check(self) -> None:
        """Raises `BillingError`, which names what is missing."""


def make_body(wish: Wish) -> dict[str, Any]:
    """What a wish says to other programs; its fields are those of `Wish`."""
    data = {**asdict(wish), "action": str(wish.action)}
    del data["now"], data["ask_at"]
    return {"type": f"service.{wish.action}", "timestamp": wish.now.isoformat(), "data": data}


def read_data(said: bytes) -> dict[str, Any]:
    """What to keep of an answer: its ``data``, where it is a JSON object that has one."""
    try:
        found = json.loads(said)
    except ValueError:
        return {}
    data = found.get("data") if isinstance(found, dict) else None
    return data if isinstance(data, dict) else {}


@cache
def list_provisioners() -> Mapping[str, type[Provisioner]]:
    """All kinds of places that there are, by code."""
    found = {}
    for value in discover("provisioners"):
        if isinstance(value, type) and {"code", "carry_out"} <= vars(value).keys():
            kind = cast(type[Provisioner], value)
            found[kind.code] = kind
    return found


def open_provisioner(config: Mapping[str, Any]) -> Provisioner:
    """A place as a seller's brand describes it; ``env:NAME`` is read from the environment here.

    Raises `BillingError` for an unknown kind or a secret that is not there.
    """
    code = str(config.get("kind", ""))
    known = list_provisioners()
    if code not in known:
        raise BillingError(
            f"there is no kind of place {code!r}; there are {', '.join(sorted(known))}"
        )
    values = {name: str(value) for name, value in config.items() if name != "kind"}
    return known[code]({name: _read_secret(value) for name, value in values.items()})


def _read_secret(value: str) -> str:
    if not value.startswith("env:"):
        return value
    name = value.removeprefix("env:")
    if not os.environ.get(name):
        raise BillingError(f"the environment holds no {name}, which a provisioner's settings name")
    return os.environ[name]


def ask(provisioner: Provisioner, wish: Wish) -> Answer:
    """Ask a place; whatever breaks on the way is an unknown answer, never a guess."""
    try:
        return provisioner.carry_out(wish)
    except BillingError as error:
        return Failed(str(error))
    except Exception as error:
        return Unknown(f"{type(error).__name__}: {error}"[:400])
