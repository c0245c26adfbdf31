"""The sandbox needs no stand-in: it is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from quarterday.gateways.sandbox import Sandbox
from quarterday.gateways.sandbox_events import sign
from quarterday.ports.gateway import Intent
from quarterday.ports.outcomes import Outcome
from tests.contracts.rig import NOW, Able, Rig, make_intent

_CARD = {"number": "4242424242424242", "expiry": "05/39", "code": "123"}
_DEBIT = {"name": "Example Person", "iban": "DE89370400440532013000"}


class SandboxRig(Rig):
    code = "sandbox"
    able = frozenset(
        {
            Able.PAYS,
            Able.DECLINES,
            Able.REDIRECTS,
            Able.WAITS,
            Able.TYPES,
            Able.KEEPS,
            Able.REFUNDS,
            Able.HOOKS,
            Able.DISPUTES,
        }
    )
    choice = "card"
    succeeds: ClassVar[Mapping[str, str]] = _CARD
    wrong: ClassVar[Mapping[str, str]] = _CARD | {"number": "4111111111111111"}
    secrets = ("4242424242424242", "4000000000000002", "DE89370400440532013000")

    def __init__(self) -> None:
        super().__init__()
        self._said: list[bytes] = []
        self._disputes = 0

    def config(self) -> Mapping[str, str]:
        return {"hook_secret": "for tests"}

    def open(self) -> Sandbox:
        return Sandbox(self.config())

    def say(self, **said: Any) -> None:
        about = {"id": f"evt_{len(self._said)}_{said}", "at": NOW.isoformat(), **said}
        self._said.append(self.open().make_event(about)[1])

    def pay(self, name: str = "att_1", *, save: bool = False) -> tuple[Intent, Outcome]:
        self.say(kind="attempt", attempt=name, status="succeeded")
        return super().pay(name, save=save)

    def open_dispute(self, reference: str) -> str:
        self._disputes += 1
        self._argue(f"dsp_{self._disputes}", "opened")
        return f"dsp_{self._disputes}"

    def close_dispute(self, dispute: str, *, is_won: bool) -> None:
        self._argue(dispute, "won" if is_won else "lost")

    def _argue(self, dispute: str, state: str) -> None:
        terms = {"dispute": dispute, "state": state, "amount_minor": 11900}
        self.say(kind="dispute", attempt="att_1", **terms)

    def decline(self, name: str = "att_1") -> Outcome:
        fields = _CARD | {"number": "4000000000000002"}
        return self.open().start(make_intent("card", fields, intent_id=name))

    def redirect(self, name: str = "att_1") -> tuple[Intent, Outcome]:
        fields = _CARD | {"number": "4000002500003155"}
        intent = make_intent("card", fields, intent_id=name)
        return intent, self.open().start(intent)

    def wait(self, name: str = "att_1") -> tuple[Intent, Outcome]:
        intent = make_intent("sepa_debit", _DEBIT, intent_id=name)
        return intent, self.open().start(intent)

    def calls(self, *, keep: bool = False) -> list[tuple[dict[str, str], bytes]]:
        said = list(self._said)
        if not keep:
            self._said.clear()
        return [(_sign(one), one) for one in said]

    def forge(self, body: bytes) -> tuple[dict[str, str], bytes]:
        return _sign(body, "guessed"), body


def _sign(body: bytes, secret: str = "for tests") -> dict[str, str]:
    return {"sandbox-signature": sign(secret, body)}
