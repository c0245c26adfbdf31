"""A life with Stripe where much goes wrong: in the end its money and our book are the same.

Answers are lost, slow or errors; webhooks come twice, in any order, late or never; cards decline,
debits come back, payers object, refunds fail. Only the ordinary jobs mend it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import pytest

from quarterday.core.errors import BillingError
from quarterday.gateways import stripe_api
from quarterday.jobs.look_up_attempts import look_up
from quarterday.ports.outcomes import KeptMethod
from quarterday.services.collection.charge_method import charge_method
from quarterday.services.gateway_events.process_events import process_events
from quarterday.services.gateway_events.store_events import store_events
from quarterday.services.gateway_events.sweep_gateway import sweep_gateway
from quarterday.services.payments.keep_method import keep_method
from quarterday.services.payments.refund_by_gateway import look_up_refund, refund_by_gateway
from quarterday.store.models import (
    Account,
    Brand,
    Dispute,
    Invoice,
    Payment,
    PaymentAttempt,
    PaymentMethod,
    PayoutItem,
    RefundAttempt,
)
from quarterday.store.queries.open_attempts import iterate_asked
from quarterday.store.queries.paying import open_gateway_of
from quarterday.store.queries.refunds import iterate_open
from tests.fakes.base import Trouble
from tests.fakes.stripe import FakeStripe
from tests.services.conftest import shop  # noqa: F401
from tests.services.till import DAY, NOW, Shop, ledger, prove_books

pytestmark = pytest.mark.django_db
NUMBERS = (
    "4242424242424242",
    "4242424242424242",
    "4000000000009995",
    "4000002760003184",
    "4000000000000259",
    "4000000000007726",
    "DE89370400440532013000",
    "DE62370400440532013001",
    "DE35370400440532013002",
)


class Life:
    """One seller, its customers, and what happens to them."""

    def __init__(self, shop: Shop, stripe: FakeStripe, seed: int) -> None:  # noqa: F811
        self.shop, self.stripe, self.random = shop, stripe, Random(seed)
        self.now = NOW
        stripe.read_now = lambda: self.now
        self.seen: Counter[str] = Counter()

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def open(self, name: str, number: str) -> PaymentMethod:
        account = self.shop.open_account(name)
        found = self.stripe.make_method(number)
        kind = "card" if number.isdigit() else "sepa_debit"
        data = {"customer": found["customer"], "type": kind}
        kept = KeptMethod(found["method"], kind, number[-4:], data=data)
        return keep_method(account=account, gateway="stripe", kept=kept, now=self.now)

    def trouble(self, route: str) -> None:
        if self.random.random() < 0.5:
            kind = self.random.choice(list(Trouble))
            # Twice: the gateway asks again once by itself.
            self.stripe.fail(kind, route, times=self.random.choice((1, 2)), seconds=0.15)

    def charge(self, method: PaymentMethod, invoice: Invoice) -> None:
        self.trouble("POST /v1/payment_intents$")
        attempt = charge_method(
            account=method.account,
            method=method,
            amount_minor=invoice.open_minor,
            invoices=[invoice.public_id],
            now=self.now,
        )
        self.seen[attempt.status] += 1
        self.stripe.heal()

    def refund(self, payment: Payment) -> None:
        # Stripe refuses one of what is disputed, and we may not have heard of the dispute.
        self.trouble("POST /v1/refunds$")
        amount = self.random.randint(1, payment.amount_minor)
        try:
            made = refund_by_gateway(
                payment=payment, amount_minor=amount, reopen=True, today=DAY, now=self.now
            )
            self.seen[f"refund {made.status}"] += 1
        except BillingError:
            # It is disputed, or given back already.
            self.seen["refund refused"] += 1
        self.stripe.heal()

    def dispute(self, reference: str) -> None:
        charge = self.stripe.get(self.stripe.get(reference)["latest_charge"])
        if charge["disputed"] or charge["refunded"]:
            return
        name = self.stripe.open_dispute(reference)
        if self.random.random() < 0.7 and self.stripe.get(name)["status"] != "lost":
            self.stripe.close_dispute(name, is_won=self.random.random() < 0.5)
        self.seen["dispute"] += 1

    def hear(self, lost: float) -> None:
        """Webhooks: some never come, some twice, all in any order."""
        calls = [one for one in self.stripe.collect() if self.random.random() >= lost]
        calls += self.random.sample(calls, len(calls) // 3)
        self.random.shuffle(calls)
        gateway = open_gateway_of(self.shop.seller, "stripe")
        for headers, body in calls:
            news = gateway.parse_event(headers, body, self.now)
            store_events(seller=self.shop.seller, gateway="stripe", news=news, now=self.now)

    def work(self, until: datetime) -> None:
        """The ordinary jobs, every few hours."""
        while self.now < until:
            process_events(now=self.now)
            for attempt in iterate_asked():
                look_up(attempt, self.now)
            for refund in iterate_open():
                look_up_refund(refund, today=DAY, now=self.now)
            self.later(hours=8)


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    monkeypatch.setattr(stripe_api, "SECONDS", (1.0, 0.1))
    monkeypatch.setenv("STRIPE_KEY", FakeStripe.key)
    monkeypatch.setenv("STRIPE_HOOK", FakeStripe.secret)
    with FakeStripe() as one:
        yield one


@pytest.mark.parametrize("seed", range(2))
def test_money_at_stripe_and_in_the_book_agree(
    shop: Shop,  # noqa: F811
    stripe: FakeStripe,
    seed: int,
) -> None:
    settings = {"secret_key": "env:STRIPE_KEY", "hook_secret": "env:STRIPE_HOOK"}
    settings |= {"methods": "card,sepa_debit", "api_url": stripe.url}
    Brand.objects.create(seller=shop.seller, data={"gateways": {"stripe": settings}})
    life = Life(shop, stripe, seed)
    methods = [life.open(f"C{n}", number) for n, number in enumerate(NUMBERS)]
    for method in methods:
        for amount in (5000, 7000):
            shop.charge(amount, account=method.account)
            shop.bill()
    for method in methods:
        for invoice in Invoice.objects.filter(account=method.account).order_by("id"):
            life.charge(method, invoice)
    life.hear(lost=0.4)
    life.work(life.now + timedelta(days=1))
    stripe.settle()
    life.hear(lost=0.4)
    life.work(life.now + timedelta(days=1))
    for payment in Payment.objects.order_by("id"):
        if life.random.random() < 0.4:
            life.refund(payment)
        elif life.random.random() < 0.3 and payment.reference.startswith("pi_"):
            life.dispute(payment.reference)
    _end_refunds(life)
    life.hear(lost=0.4)
    life.work(life.now + timedelta(days=1))
    # Some were only asked for by the jobs.
    _end_refunds(life)
    life.later(minutes=1)
    sweep_gateway(seller=shop.seller, gateway="stripe", now=life.now)
    life.work(life.now + timedelta(days=3))
    _prove(life)
    # What Stripe pays out is made of our payments, refunds and disputes.
    net = stripe.get(stripe.pay_out())["amount"]
    life.later(minutes=1)
    sweep_gateway(seller=shop.seller, gateway="stripe", now=life.now)
    life.work(life.now + timedelta(hours=9))
    items = list(PayoutItem.objects.all())
    assert sum(one.gross_minor - one.fee_minor for one in items) == net
    assert sum(one.gross_minor for one in items) == stripe.total()
    assert not [one for one in items if not (one.payment or one.refund or one.dispute)]


def _end_refunds(life: Life) -> None:
    for name in [one for one in life.stripe.objects if one.startswith("re_")]:
        refund = life.stripe.get(name)
        is_new = refund["status"] == "succeeded" and life.random.random() < 0.2
        if refund["status"] == "pending" or is_new:
            life.stripe.finish_refund(name, is_ok=life.random.random() < 0.6)


def _prove(life: Life) -> None:
    prove_books()
    assert not list(iterate_asked())
    assert not list(iterate_open())
    moved = Counter(
        one.key for one in life.stripe.movements if one.kind == "payment" and one.amount_minor
    )
    assert set(moved.values()) == {1}, "something was charged twice"
    recorded = PaymentAttempt.objects.filter(payment__isnull=False)
    assert {one.public_id for one in recorded} == set(moved)
    refunds = Counter(one.key for one in life.stripe.movements if one.kind == "refund")
    assert set(refunds.values()) <= {1}, "something was given back twice"
    assert set(refunds) <= {one.public_id for one in RefundAttempt.objects.all()}
    assert Dispute.objects.count() == len([n for n in life.stripe.objects if n.startswith("dp_")])
    assert ledger().get("assets:clearing:stripe", 0) == life.stripe.total()
    assert Account.objects.count() > len(NUMBERS)
