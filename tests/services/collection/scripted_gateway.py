"""A gateway of somebody else's package that does what each test says, and counts its charges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from quarterday.ports.gateway import Ability, BadSignature, Choice, Intent, RefundIntent, Setting
from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    KeptMethod,
    News,
    Outcome,
    Pending,
    Redirect,
    Succeeded,
)


class Bank:
    """What the service remembers. ``script`` has for each token what comes next: ``ok``, the code
    of a decline (with ``!`` a final one), ``pending``, ``redirect``, ``lost`` (done, but the answer
    does not arrive) or ``down``. Without a script all goes well.
    """

    script: ClassVar[dict[str, list[str]]] = {}
    answers: ClassVar[dict[str, Outcome]] = {}
    charges: ClassVar[list[tuple[str, int]]] = []
    asked: ClassVar[list[str]] = []

    @classmethod
    def clear(cls) -> None:
        """Forget everything."""
        for one in (cls.script, cls.answers, cls.charges, cls.asked):
            one.clear()

    @classmethod
    def charge(cls, intent: Intent) -> Outcome:
        """The answer to an id, always the same."""
        token = intent.method.token if intent.method else ""
        if intent.id not in cls.answers:
            steps = cls.script.get(token, [])
            step = steps.pop(0) if steps else "ok"
            if step == "down":
                raise ConnectionError("cannot be reached")
            cls.answers[intent.id] = cls._decide(step, intent)
            if step in ("ok", "lost"):
                cls.charges.append((token, intent.amount_minor))
            if step == "lost":
                raise TimeoutError("no answer in time")
        return cls.answers[intent.id]

    @staticmethod
    def _decide(step: str, intent: Intent) -> Outcome:
        reference = f"ref-{intent.id}"
        if step in ("ok", "lost"):
            return Succeeded(reference)
        if step == "pending":
            return Pending(reference)
        if step == "redirect":
            return Redirect(f"{intent.cancel_url}bank/" if intent.cancel_url else "", reference)
        return Declined(DeclineCode(step.rstrip("!")), reference, is_final=step.endswith("!"))


class Scripted:
    """The gateway."""

    code: ClassVar[str] = "scripted"
    name: ClassVar[str] = "Scripted"
    currencies: ClassVar[frozenset[str]] = frozenset()
    settings: ClassVar[tuple[Setting, ...]] = ()
    is_test: ClassVar[bool] = False
    hook_answer: ClassVar[str] = "ok"

    def __init__(self, config: Mapping[str, str]) -> None:
        """It needs no settings."""

    def list_choices(self, currency: str) -> Sequence[Choice]:
        able = frozenset({Ability.PAY, Ability.SAVE, Ability.CHARGE, Ability.REFUND})
        return (Choice("card", "Card", able),)

    def check_fields(self, choice: str, fields: Mapping[str, str], now: datetime) -> dict[str, str]:
        return {}

    def start(self, intent: Intent) -> Outcome:
        Bank.asked.append(intent.id)
        return Bank.charge(intent)

    def look_up(self, intent: Intent) -> Outcome:
        return Bank.answers.get(intent.id, Declined(DeclineCode.NOT_RECEIVED))

    def refund(self, intent: RefundIntent) -> Outcome:
        return Succeeded(f"refund-{intent.id}")

    def look_up_refund(self, intent: RefundIntent) -> Outcome:
        return Succeeded(f"refund-{intent.id}")

    def forget(self, method: KeptMethod) -> None:
        """There is nothing to drop."""

    def parse_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[News]:
        raise BadSignature("it sends no events")
