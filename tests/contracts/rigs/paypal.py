"""PayPal, against the fake of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from quarterday.gateways import paypal_api
from quarterday.ports.gateway import Intent
from quarterday.ports.outcomes import Outcome, Redirect
from tests.contracts.rig import Able, Rig, make_intent
from tests.fakes.base import FakeGateway
from tests.fakes.paypal import FakePayPal


class PayPalRig(Rig):
    code = "paypal"
    able = frozenset(Able) - {Able.TYPES}
    choice = "wallet"
    charge_route = r"POST /v2/checkout/orders/\w+/capture$"
    refund_route = r"POST /v2/payments/captures/\w+/refund$"

    @property
    def paypal(self) -> FakePayPal:
        assert isinstance(self.fake, FakePayPal)
        return self.fake

    def make_fake(self) -> FakeGateway:
        return FakePayPal()

    def config(self) -> Mapping[str, str]:
        return {
            "client_id": FakePayPal.client,
            "client_secret": FakePayPal.secret,
            "webhook_id": FakePayPal.webhook_id,
            "base_url": self.paypal.url,
        }

    def be_impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(paypal_api, "SECONDS", (self.patience, 5.0))

    def approve(self, reference: str) -> None:
        self.paypal.approve(reference)

    def decline(self, name: str = "att_1") -> Outcome:
        return self._come_back("INSTRUMENT_DECLINED", name)[1]

    def wait(self, name: str = "att_1") -> tuple[Intent, Outcome]:
        return self._come_back("pending", name)

    def _come_back(self, does: str, name: str) -> tuple[Intent, Outcome]:
        """What becomes of a wallet that does what it is told."""
        intent = make_intent(self.choice, intent_id=name)
        sent = self.open().start(intent)
        assert isinstance(sent, Redirect)
        self.paypal.approve(sent.reference, does)
        intent = replace(intent, reference=sent.reference, is_back=True)
        return intent, self.open().start(intent)

    def fail_refund(self, reference: str) -> None:
        self.paypal.finish_refund(reference, "FAILED")

    def open_dispute(self, reference: str) -> str:
        return str(self.paypal.open_dispute(reference))

    def close_dispute(self, dispute: str, *, is_won: bool) -> None:
        outcome = "RESOLVED_SELLER_FAVOUR" if is_won else "RESOLVED_BUYER_FAVOUR"
        self.paypal.close_dispute(dispute, outcome)

    def pay_out(self) -> None:
        self.paypal.pay_out()
