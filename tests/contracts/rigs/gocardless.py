"""GoCardless, against the fake of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from quarterday.gateways import gocardless_api
from quarterday.ports.gateway import Intent
from quarterday.ports.outcomes import Outcome, Redirect
from tests.contracts.rig import Able, Rig, make_intent
from tests.fakes.base import FakeGateway
from tests.fakes.gocardless import FakeGoCardless


class GoCardlessRig(Rig):
    code = "gocardless"
    # What a bank takes back cannot be objected to; tests/gateways tries that.
    able = frozenset(Able) - {Able.TYPES, Able.DISPUTES}
    choice = "debit"
    charge_route = "POST /payments$"
    refund_route = "POST /refunds$"

    @property
    def gocardless(self) -> FakeGoCardless:
        assert isinstance(self.fake, FakeGoCardless)
        return self.fake

    def make_fake(self) -> FakeGateway:
        return FakeGoCardless()

    def config(self) -> Mapping[str, str]:
        return {
            "access_token": FakeGoCardless.token,
            "webhook_secret": FakeGoCardless.secret,
            "base_url": self.gocardless.url,
        }

    def be_impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(gocardless_api, "SECONDS", (5.0, self.patience))

    def approve(self, reference: str) -> None:
        self.gocardless.approve(reference)

    def decline(self, name: str = "att_1") -> Outcome:
        intent, _ = self._come_back("insufficient_funds", name)
        self.pass_days()
        return self.open().look_up(intent)

    def wait(self, name: str = "att_1") -> tuple[Intent, Outcome]:
        return self._come_back("", name)

    def _come_back(self, cause: str, name: str) -> tuple[Intent, Outcome]:
        intent = make_intent(self.choice, intent_id=name)
        sent = self.open().start(intent)
        assert isinstance(sent, Redirect)
        self.gocardless.approve(sent.reference, cause)
        intent = replace(intent, reference=sent.reference, is_back=True)
        return intent, self.open().start(intent)

    def pass_days(self) -> None:
        self.gocardless.settle()

    def fail_refund(self, reference: str) -> None:
        self.gocardless.finish_refund(reference, "bounced")

    def pay_out(self) -> None:
        self.gocardless.pay_out()
