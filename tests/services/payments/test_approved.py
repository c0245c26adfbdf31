"""Payers who approve at the gateway and never come back to our page have paid all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import pytest

from quarterday.core.errors import BillingError
from quarterday.jobs.look_up_attempts import look_up
from quarterday.ports.gateway import Presence, ask
from quarterday.services.gateway_events.process_events import process_events
from quarterday.services.gateway_events.store_events import store_events
from quarterday.services.payments.cancel_attempt import cancel_attempt
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.make_intent import make_intent
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.store.models import AttemptPurpose, Brand, Payment, PaymentAttempt, PaymentMethod
from quarterday.store.queries.paying import open_gateway_of
from tests.fakes.gocardless import FakeGoCardless
from tests.fakes.paypal import FakePayPal
from tests.services.till import DAY, NOW, Shop, ledger, prove_books, together

LATER = NOW + timedelta(minutes=10)
Fake = FakeGoCardless | FakePayPal


def settings(fake: Fake) -> Mapping[str, str]:
    if isinstance(fake, FakePayPal):
        keys = {"client_id": fake.client, "client_secret": "env:B_SECRET"}
        return keys | {"webhook_id": fake.webhook_id, "base_url": fake.url}
    keys = {"access_token": "env:B_TOKEN", "webhook_secret": "env:B_SECRET"}
    return keys | {"base_url": fake.url}


@pytest.fixture(params=[FakeGoCardless, FakePayPal], ids=["gocardless", "paypal"])
def fake(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    one: Fake = request.param()
    monkeypatch.setenv("B_TOKEN", FakeGoCardless.token)
    monkeypatch.setenv("B_SECRET", one.secret)
    one.read_now = lambda: NOW
    with one:
        yield one


def code_of(fake: Fake) -> str:
    return "paypal" if isinstance(fake, FakePayPal) else "gocardless"


def begin(shop: Shop, fake: Fake, **terms: object) -> PaymentAttempt:
    """An attempt whose payer was sent to the gateway's page."""
    code = code_of(fake)
    Brand.objects.get_or_create(
        seller=shop.seller, defaults={"data": {"gateways": {code: settings(fake)}}}
    )
    choice = "wallet" if code == "paypal" else "debit"
    attempt = start_attempt(
        account=shop.account,
        gateway=code,
        choice=choice,
        now=NOW,
        data={"is_present": True},
        **terms,  # type: ignore[arg-type]
    )
    return go_on(attempt, NOW)


def go_on(attempt: PaymentAttempt, now: datetime, *, is_back: bool = False) -> PaymentAttempt:
    """What our page does when it is opened, and when the payer is back."""
    gateway, intent = make_intent(
        attempt,
        now=now,
        is_back=is_back,
        presence=Presence("192.0.2.1", "Example browser"),
        return_url="https://billing.example.com/back/",
        cancel_url="https://billing.example.com/",
    )
    outcome = ask(gateway.start, intent)
    return finish_attempt(attempt=attempt, outcome=outcome, today=DAY, now=now)


def hear(shop: Shop, fake: Fake) -> None:
    gateway = open_gateway_of(shop.seller, code_of(fake))
    for headers, body in fake.collect():
        news = gateway.parse_event(headers, body, NOW)
        store_events(seller=shop.seller, gateway=code_of(fake), news=news, now=NOW)
    process_events(now=LATER)


def settle(shop: Shop, fake: Fake) -> None:
    if isinstance(fake, FakeGoCardless):
        fake.settle()
    hear(shop, fake)


@pytest.mark.parametrize("by", ["event", "look_up", "payer and event"])
def test_who_approves_and_never_comes_back_has_paid_once(shop: Shop, fake: Fake, by: str) -> None:
    invoice = shop.invoice(10000)
    attempt = begin(shop, fake, amount_minor=11900, invoices=[invoice.public_id])
    assert attempt.status == "action"
    fake.approve(attempt.gateway_reference)
    if by == "look_up":
        fake.collect()
        assert look_up(attempt, LATER) != "action"
    if by == "payer and event":
        go_on(attempt, LATER, is_back=True)
    for _ in range(2):
        hear(shop, fake)
        settle(shop, fake)
        attempt.refresh_from_db()
        look_up(attempt, LATER)
    invoice.refresh_from_db()
    assert invoice.status == "paid"
    assert [one.amount_minor for one in Payment.objects.all()] == [11900]
    assert [one.kind for one in fake.movements] == ["payment"]
    assert ledger()[f"assets:clearing:{code_of(fake)}"] == fake.total()
    prove_books()


def test_what_was_cancelled_meanwhile_is_not_completed(shop: Shop, fake: Fake) -> None:
    invoice = shop.invoice(10000)
    attempt = begin(shop, fake, amount_minor=11900, invoices=[invoice.public_id])
    fake.approve(attempt.gateway_reference)
    assert cancel_attempt(attempt=attempt, now=NOW)
    settle(shop, fake)
    assert not fake.movements
    assert not Payment.objects.exists()


def test_who_keeps_a_way_to_pay_and_never_comes_back_has_kept_it(shop: Shop, fake: Fake) -> None:
    attempt = begin(shop, fake, amount_minor=0, invoices=[], purpose=AttemptPurpose.SAVE)
    fake.approve(attempt.gateway_reference)
    assert look_up(attempt, LATER) == "succeeded"
    assert PaymentMethod.objects.get().is_default


def test_the_payer_and_the_job_at_the_same_instant_pay_once(open_shop: Shop, fake: Fake) -> None:
    shop = open_shop
    invoice = shop.invoice(10000)
    attempt = begin(shop, fake, amount_minor=11900, invoices=[invoice.public_id])
    fake.approve(attempt.gateway_reference)
    mine = PaymentAttempt.objects.select_related("account__seller__brand", "method")

    def job() -> object:
        return look_up(mine.get(id=attempt.id), LATER)

    def payer() -> object:
        return go_on(mine.get(id=attempt.id), LATER, is_back=True)

    answers = together(job, payer, job)
    assert not [one for one in answers if isinstance(one, BillingError) and "moved" not in str(one)]
    settle(shop, fake)
    invoice.refresh_from_db()
    assert invoice.status == "paid"
    assert [one.amount_minor for one in Payment.objects.all()] == [11900]
    assert len(fake.movements) == 1
