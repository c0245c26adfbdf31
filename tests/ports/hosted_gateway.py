"""A gateway of somebody else's package, with pages of its own: the service behind it is below.

It is what hosted check-outs have in common: the payer is sent there and comes back, what they
approved has to be completed, and calls of the hook only say that there is something to look up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from quarterday.ports.gateway import (
    Ability,
    BadSignature,
    Choice,
    Intent,
    RefundIntent,
    Setting,
)
from quarterday.ports.outcomes import (
    AttemptNews,
    DeclineCode,
    Declined,
    KeptMethod,
    News,
    Outcome,
    Redirect,
    Succeeded,
)


class Service:
    """What the service remembers: sessions by our id, and how often money moved."""

    sessions: ClassVar[dict[str, dict[str, Any]]] = {}
    charges: ClassVar[list[str]] = []
    loses_answers: ClassVar[bool] = False

    @classmethod
    def charge(cls, key: str) -> None:
        """Take the money, once for each key."""
        if cls.sessions[key]["state"] != "paid":
            cls.sessions[key]["state"] = "paid"
            cls.charges.append(key)


class Hosted:
    """The gateway."""

    code: ClassVar[str] = "hosted"
    name: ClassVar[str] = "Hosted"
    currencies: ClassVar[frozenset[str]] = frozenset({"EUR"})
    settings: ClassVar[tuple[Setting, ...]] = (Setting("api_key", "The key.", is_secret=True),)
    is_test: ClassVar[bool] = False
    hook_answer: ClassVar[str] = "[accepted]"

    def __init__(self, config: Mapping[str, str]) -> None:
        self._key = config["api_key"]

    def list_choices(self, currency: str) -> Sequence[Choice]:
        """One, whose fields are on its own page."""
        able = frozenset({Ability.PAY, Ability.SAVE, Ability.CHARGE, Ability.REFUND})
        return (Choice("wallet", "Wallet", able),)

    def check_fields(self, choice: str, fields: Mapping[str, str], now: datetime) -> dict[str, str]:
        """Nothing is asked here."""
        return {}

    def start(self, intent: Intent) -> Outcome:
        """A session, or its completion when the payer is back; kept methods are charged at once."""
        session = Service.sessions.setdefault(intent.id, {"state": "new"})
        if intent.method is not None or (intent.is_back and session["state"] == "approved"):
            Service.charge(intent.id)
        if Service.loses_answers:
            raise TimeoutError("the answer was lost")
        return self._tell(intent)

    def look_up(self, intent: Intent) -> Outcome:
        """By our own id, which the service knows even when its answer never arrived."""
        if intent.id not in Service.sessions:
            return Declined(DeclineCode.NOT_RECEIVED)
        return self._tell(intent)

    def refund(self, intent: RefundIntent) -> Outcome:
        """Always at once."""
        return Succeeded(f"refund of {intent.reference}")

    def look_up_refund(self, intent: RefundIntent) -> Outcome:
        """As it was answered."""
        return Succeeded(f"refund of {intent.reference}")

    def forget(self, method: KeptMethod) -> None:
        """Nothing to do."""

    def parse_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[News]:
        """The body is the id of a session; the header proves who sends it."""
        if headers.get("hosted-key") != self._key:
            raise BadSignature("the key is wrong")
        return [AttemptNews(f"{body.decode()} {now.isoformat()}", None, attempt=body.decode())]

    def _tell(self, intent: Intent) -> Outcome:
        reference = f"session of {intent.id}"
        match Service.sessions[intent.id]["state"]:
            case "paid":
                kept = KeptMethod("wallet-1", "wallet", "Wallet of Anna", data={"customer": "c1"})
                return Succeeded(reference, kept if intent.save else None, fee_minor=30)
            case "refused":
                return Declined(DeclineCode.CANCELLED, reference)
            case _:
                return Redirect(f"https://hosted.example/{intent.id}", reference)
