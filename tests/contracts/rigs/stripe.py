"""Stripe, against the fake of our own."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from quarterday.gateways import stripe_api
from quarterday.ports.gateway import Intent
from quarterday.ports.outcomes import KeptMethod, Outcome, Redirect
from tests.contracts.rig import Able, Rig, make_intent
from tests.fakes.base import FakeGateway
from tests.fakes.stripe import FakeStripe


class StripeRig(Rig):
    code = "stripe"
    able = frozenset(Able) - {Able.TYPES}
    choice = "card"
    charge_route = "POST /v1/payment_intents$"
    refund_route = "POST /v1/refunds$"
    tries = 2

    @property
    def stripe(self) -> FakeStripe:
        assert isinstance(self.fake, FakeStripe)
        return self.fake

    def make_fake(self) -> FakeGateway:
        return FakeStripe()

    def config(self) -> Mapping[str, str]:
        return {
            "secret_key": FakeStripe.key,
            "hook_secret": FakeStripe.secret,
            "methods": "card,sepa_debit",
            "api_url": self.stripe.url,
        }

    def be_impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stripe_api, "SECONDS", (1.0, self.patience))

    def approve(self, reference: str) -> None:
        kind = self.stripe.get(reference)["payment_method_types"][0]
        numbers = {"card": "4242424242424242", "sepa_debit": "DE89370400440532013000"}
        assert self.stripe.complete_checkout(reference, numbers[kind]) == "complete"

    def decline(self, name: str = "att_1") -> Outcome:
        found = self.stripe.make_method("4000000000009995")
        data = {"customer": found["customer"], "type": "card"}
        method = KeptMethod(found["method"], "visa", "Visa", data=data)
        return self.open().start(make_intent("", method=method, intent_id=name))

    def wait(self, name: str = "att_1") -> tuple[Intent, Outcome]:
        intent = make_intent("sepa_debit", intent_id=name)
        sent = self.open().start(intent)
        assert isinstance(sent, Redirect)
        self.approve(sent.reference)
        return intent, self.open().look_up(make_intent("", reference=sent.reference))

    def pass_days(self) -> None:
        self.stripe.settle()

    def fail_refund(self, reference: str) -> None:
        self.stripe.finish_refund(reference, is_ok=False)

    def open_dispute(self, reference: str) -> str:
        return str(self.stripe.open_dispute(reference))

    def close_dispute(self, dispute: str, *, is_won: bool) -> None:
        self.stripe.close_dispute(dispute, is_won=is_won)

    def pay_out(self) -> None:
        self.stripe.pay_out()
