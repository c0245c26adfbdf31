"""Nobody is asked: a debit waits for the statement of the seller's own bank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from quarterday.ports.gateway import Intent
from quarterday.ports.outcomes import Outcome, Pending, Succeeded
from tests.contracts.rig import Able, Rig, make_intent


class SepaDebitRig(Rig):
    code = "sepa_debit"
    able = frozenset({Able.WAITS, Able.TYPES, Able.KEEPS})
    choice = "debit"
    succeeds: ClassVar[Mapping[str, str]] = {
        "holder": "Example Person",
        "iban": "AT61 1904 3002 3457 3201",
    }
    wrong: ClassVar[Mapping[str, str]] = {"holder": " ", "iban": "AT611904300234573202"}
    secrets = ("AT611904300234573201", "AT61 1904 3002 3457 3201")

    def config(self) -> Mapping[str, str]:
        return {
            "creditor_id": "DE98ZZZ09999999999",
            "holder": "Example Hosting GmbH",
            "iban": "DE89370400440532013000",
        }

    def wait(self, name: str = "att_1") -> tuple[Intent, Outcome]:
        intent = make_intent(self.choice, self.succeeds, intent_id=name)
        return intent, self.open().start(intent)

    def follow(self, intent: Intent, outcome: Outcome) -> tuple[Intent, Outcome]:
        """The statement ends what waits, and not the gateway."""
        if isinstance(outcome, Pending):
            intent = replace(intent, reference=outcome.reference)
            outcome = Succeeded(outcome.reference, outcome.method)
        return intent, outcome
