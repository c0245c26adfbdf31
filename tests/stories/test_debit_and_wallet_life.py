"""A life with GoCardless and one with PayPal, where much goes wrong: their money is that of the book.

Answers are lost, slow or errors; webhooks come twice, in any order or never; banks do not pay, or
take back; refunds bounce; payers object. Only the ordinary jobs mend it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any, ClassVar

import pytest

from quarterday.core.errors import BillingError
from quarterday.gateways import gocardless_api, paypal_api
from quarterday.jobs.look_up_attempts import look_up
from quarterday.ports.outcomes import KeptMethod
from quarterday.services.collection.charge_method import charge_method
from quarterday.services.gateway_events.process_events import process_events
from quarterday.services.gateway_events.store_events import store_events
from quarterday.services.gateway_events.sweep_gateway import sweep_gateway
from quarterday.services.payments.keep_method import keep_method
from quarterday.services.payments.refund_by_gateway import look_up_refund, refund_by_gateway
from quarterday.store.models import Brand, Invoice, Payment, PaymentAttempt, PayoutItem
from quarterday.store.queries.open_attempts import iterate_asked
from quarterday.store.queries.paying import open_gateway_of
from quarterday.store.queries.refunds import iterate_open
from tests.fakes.base import Trouble
from tests.fakes.gocardless import FakeGoCardless
from tests.fakes.paypal import FakePayPal
from tests.services.conftest import shop  # noqa: F401
from tests.services.till import DAY, NOW, Shop, ledger, prove_books

pytestmark = pytest.mark.django_db
# Seconds: long enough for a busy machine, so that only what is told to be slow is slow.
PATIENCE = 0.5


class Debits:
    """What banks and payers do at GoCardless."""

    code = "gocardless"
    charge_routes, refund_route = ("POST /payments$",), "POST /refunds$"
    causes: ClassVar[tuple[str, ...]] = ("", "", "", "insufficient_funds", "bank_account_closed")

    def __init__(self) -> None:
        self.fake = FakeGoCardless()

    def settings(self) -> Mapping[str, str]:
        keys = {"access_token": "env:B_TOKEN", "webhook_secret": "env:B_SECRET"}
        return {**keys, "base_url": self.fake.url}

    def keep(self, number: int) -> KeptMethod:
        mandate = self.fake._make(
            "mandates",
            scheme="sepa_core",
            status="active",
            metadata={},
            links={},
            _cause=self.causes[number % len(self.causes)],
        )
        return KeptMethod(mandate["id"], "sepa_debit", f"Bank •••• {number:04}")

    def settle(self) -> None:
        self.fake.settle()

    def take_back(self, reference: str, random: Random) -> None:
        if self.fake.rows["payments"][reference]["amount_refunded"]:
            return
        if random.random() < 0.5:
            self.fake.fail_payment(reference)
            return
        self.fake.charge_back(reference)
        if random.random() < 0.5:
            self.fake.cancel_charge_back(reference)

    def end_refunds(self, random: Random) -> None:
        for name, row in self.fake.rows["refunds"].items():
            if row["status"] == "submitted":
                self.fake.finish_refund(name, random.choice(("paid", "paid", "bounced")))


class Wallets:
    """What payers do at PayPal."""

    code = "paypal"
    charge_routes = "/capture$", "/capture$", "POST /v2/checkout/orders$"
    refund_route = r"/refund$"
    causes: ClassVar[tuple[str, ...]] = ("ok", "pending", "INSTRUMENT_DECLINED", "ok")

    def __init__(self) -> None:
        self.fake = FakePayPal()

    def settings(self) -> Mapping[str, str]:
        keys = {"client_id": FakePayPal.client, "client_secret": "env:B_SECRET"}
        return {**keys, "webhook_id": FakePayPal.webhook_id, "base_url": self.fake.url}

    def keep(self, number: int) -> KeptMethod:
        does = self.causes[number % len(self.causes)]
        token = self.fake._vault(f"payer{number}@example.com", f"CU{number}", does)
        return KeptMethod(token["id"], "paypal", f"PayPal {number}")

    def settle(self) -> None:
        for name in self.fake.captures:
            if self.fake._capture(name)["status"] == "PENDING":
                self.fake.settle(name)
        self.fake.refund_does = "pending"

    def take_back(self, reference: str, random: Random) -> None:
        if self.fake._capture(reference)["status"] != "COMPLETED":
            return
        dispute = self.fake.open_dispute(reference)
        outcomes = ("RESOLVED_BUYER_FAVOUR", "RESOLVED_SELLER_FAVOUR", "")
        if outcome := random.choice(outcomes):
            self.fake.close_dispute(dispute, outcome)

    def end_refunds(self, random: Random) -> None:
        for name, row in self.fake.refunds.items():
            if row["status"] == "PENDING":
                self.fake.finish_refund(name, random.choice(("COMPLETED", "COMPLETED", "FAILED")))


class Life:
    """One seller, its customers, and what happens to them."""

    def __init__(self, shop: Shop, world: Debits | Wallets, seed: int) -> None:  # noqa: F811
        self.shop, self.world, self.random = shop, world, Random(seed)
        self.fake: Any = world.fake
        self.now = NOW
        self.fake.read_now = lambda: self.now

    def trouble(self, route: str) -> None:
        if self.random.random() < 0.5:
            self.fake.fail(self.random.choice(list(Trouble)), route, seconds=PATIENCE * 1.5)

    def charge(self, method: Any, invoice: Invoice) -> None:
        self.trouble(self.random.choice(self.world.charge_routes))
        charge_method(
            account=method.account,
            method=method,
            amount_minor=invoice.open_minor,
            invoices=[invoice.public_id],
            now=self.now,
        )
        self.fake.heal()

    def refund(self, payment: Payment) -> None:
        self.trouble(self.world.refund_route)
        amount = self.random.randint(1, payment.amount_minor)
        # It may be disputed, or given back already.
        with suppress(BillingError):
            refund_by_gateway(
                payment=payment, amount_minor=amount, reopen=True, today=DAY, now=self.now
            )
        self.fake.heal()

    def hear(self, lost: float) -> None:
        """Webhooks: some never come, some twice, all in any order."""
        calls = [one for one in self.fake.collect() if self.random.random() >= lost]
        calls += self.random.sample(calls, len(calls) // 3)
        self.random.shuffle(calls)
        gateway = open_gateway_of(self.shop.seller, self.world.code)
        for headers, body in calls:
            news = gateway.parse_event(headers, body, self.now)
            store_events(seller=self.shop.seller, gateway=self.world.code, news=news, now=self.now)

    def work(self, days: int) -> None:
        """The ordinary jobs, every few hours."""
        until = self.now + timedelta(days=days)
        while self.now < until:
            process_events(now=self.now)
            for attempt in iterate_asked():
                look_up(attempt, self.now)
            for refund in iterate_open():
                look_up_refund(refund, today=DAY, now=self.now)
            self.now += timedelta(hours=8)

    def sweep(self) -> None:
        self.now += timedelta(minutes=1)
        sweep_gateway(seller=self.shop.seller, gateway=self.world.code, now=self.now)
        self.work(3)


@pytest.fixture(params=[Debits, Wallets], ids=["gocardless", "paypal"])
def world(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Debits | Wallets]:
    monkeypatch.setattr(gocardless_api, "SECONDS", (1.0, PATIENCE))
    monkeypatch.setattr(paypal_api, "SECONDS", (PATIENCE, 1.0))
    one: Debits | Wallets = request.param()
    monkeypatch.setenv("B_TOKEN", FakeGoCardless.token)
    monkeypatch.setenv("B_SECRET", one.fake.secret)
    with one.fake:
        yield one


@pytest.mark.parametrize("seed", [3])
def test_money_there_and_in_the_book_agree(
    shop: Shop,  # noqa: F811
    world: Debits | Wallets,
    seed: int,
) -> None:
    Brand.objects.create(seller=shop.seller, data={"gateways": {world.code: world.settings()}})
    life = Life(shop, world, seed)
    methods = [
        keep_method(
            account=shop.open_account(f"C{number}"),
            gateway=world.code,
            kept=world.keep(number),
            now=life.now,
        )
        for number in range(5)
    ]
    for method in methods:
        for amount in (5000, 7000):
            shop.charge(amount, account=method.account)
            shop.bill()
    for method in methods:
        for invoice in Invoice.objects.filter(account=method.account).order_by("id"):
            life.charge(method, invoice)
    life.hear(lost=0.4)
    life.work(1)
    world.settle()
    life.hear(lost=0.4)
    life.work(1)
    for payment in Payment.objects.order_by("id"):
        if life.random.random() < 0.4:
            life.refund(payment)
        elif life.random.random() < 0.4:
            world.take_back(payment.reference, life.random)
    world.end_refunds(life.random)
    life.hear(lost=0.4)
    life.work(1)
    # Some were only asked for by the jobs.
    world.end_refunds(life.random)
    life.sweep()
    prove_books()
    assert not list(iterate_asked())
    assert not list(iterate_open())
    moved = Counter(one.key for one in life.fake.movements if one.kind == "payment")
    assert moved
    assert set(moved.values()) == {1}, "something was charged twice"
    recorded = PaymentAttempt.objects.filter(payment__isnull=False)
    assert {one.public_id for one in recorded} == set(moved)
    back = Counter(one.key for one in life.fake.movements if one.kind == "refund")
    assert set(back.values()) <= {1}, "something was given back twice"
    clearing = f"assets:clearing:{world.code}"
    assert ledger().get(clearing, 0) == life.fake.total()
    if isinstance(world, Wallets):
        # All that PayPal holds is paid out, and every cent of it is known.
        world.fake.pay_out()
        life.sweep()
        assert sum(one.gross_minor for one in PayoutItem.objects.all()) == life.fake.total()
