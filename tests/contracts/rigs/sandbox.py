"""The sandbox needs no stand-in: it is one."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import ClassVar

from quarterday.ports.gateway import Intent
from quarterday.ports.outcomes import Outcome
from tests.contracts.rig import NOW, Able, Rig, make_intent

_CARD = {"number": "4242424242424242", "expiry": "05/39", "code": "123"}
_DEBIT = {"name": "Example Person", "iban": "DE89370400440532013000"}
_SECRET = b"for tests"


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
        }
    )
    choice = "card"
    succeeds: ClassVar[Mapping[str, str]] = _CARD
    wrong: ClassVar[Mapping[str, str]] = _CARD | {"number": "4111111111111111"}
    secrets = ("4242424242424242", "4000000000000002", "DE89370400440532013000")

    def __init__(self) -> None:
        super().__init__()
        self._said: list[bytes] = []

    def config(self) -> Mapping[str, str]:
        return {"hook_secret": _SECRET.decode()}

    def pay(self, name: str = "att_1", *, save: bool = False) -> tuple[Intent, Outcome]:
        said = f'"kind":"attempt","attempt":"{name}","status":"succeeded"'
        self._said.append(f'{{"id":"evt_{name}","at":"{NOW.isoformat()}",{said}}}'.encode())
        return super().pay(name, save=save)

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
        return _sign(body, b"guessed"), body


def _sign(body: bytes, secret: bytes = _SECRET) -> dict[str, str]:
    return {"sandbox-signature": hmac.new(secret, body, hashlib.sha256).hexdigest()}
