"""What a lost webhook left open is found by asking the gateway, which may be out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from quarterday.gateways import stripe_api
from quarterday.jobs.process_events import ProcessEvents
from quarterday.jobs.sweep_gateways import SweepGateways
from quarterday.ports.outcomes import KeptMethod
from quarterday.services.collection.charge_method import charge_method
from quarterday.services.payments.keep_method import keep_method
from quarterday.store.models import Brand, Dispute, GatewayEvent, Payment, Payout, SweepMark
from tests.fakes.stripe import FakeStripe
from tests.jobs.conftest import Move
from tests.services.till import Shop


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    monkeypatch.setattr(stripe_api, "SECONDS", (1.0, 0.1))
    monkeypatch.setenv("STRIPE_KEY", FakeStripe.key)
    monkeypatch.setenv("STRIPE_HOOK", FakeStripe.secret)
    with FakeStripe() as one:
        yield one


def charge(shop: Shop, stripe: FakeStripe, now: datetime) -> str:
    """A debit that waits for the bank; what Stripe calls it."""
    config = {"secret_key": "env:STRIPE_KEY", "hook_secret": "env:STRIPE_HOOK"}
    config["api_url"] = stripe.url
    Brand.objects.create(seller=shop.seller, data={"gateways": {"stripe": config}})
    found = stripe.make_method("DE89370400440532013000")
    data = {"customer": found["customer"], "type": "sepa_debit"}
    kept = KeptMethod(found["method"], "sepa_debit", "IBAN 3000", data=data)
    attempt = charge_method(
        account=shop.account,
        method=keep_method(account=shop.account, gateway="stripe", kept=kept, now=now),
        amount_minor=11900,
        invoices=[shop.invoice(10000).public_id],
        now=now,
    )
    assert attempt.status == "pending"
    return attempt.gateway_reference


def test_everything_that_was_missed_is_found_once(
    shop: Shop, stripe: FakeStripe, clock: Move
) -> None:
    now = clock(timedelta())
    stripe.read_now = lambda: now
    reference = charge(shop, stripe, now)
    stripe.settle()
    stripe.open_dispute(reference)
    stripe.pay_out()
    now = clock(timedelta(hours=1))
    said = SweepGateways().run()
    assert said["found"] == GatewayEvent.objects.filter(source="sweep").count() > 0
    for hours in range(2, 9):
        now = clock(timedelta(hours=hours))
        ProcessEvents().run()
    assert (Payment.objects.get().amount_minor, Dispute.objects.get().status) == (11900, "returned")
    assert Payout.objects.get().items.exists()
    assert not GatewayEvent.objects.exclude(status="processed").exists()
    # Within a day it is not asked again; then it has nothing new.
    assert SweepGateways().run() == {}
    now = clock(timedelta(days=2))
    assert SweepGateways().run() == {}
    assert SweepMark.objects.get().swept_through >= now


def test_a_gateway_out_of_reach_is_asked_again(shop: Shop, stripe: FakeStripe, clock: Move) -> None:
    now = clock(timedelta())
    stripe.read_now = lambda: now
    charge(shop, stripe, now)
    stripe.settle()
    stripe.fail("error_before", "GET ", times=50)
    assert SweepGateways().run() == {"failed": 1}
    assert not SweepMark.objects.exists()
    stripe.heal()
    clock(timedelta(hours=1))
    assert SweepGateways().run()["found"] > 0
