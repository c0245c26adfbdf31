"""Events are stored once, acted on once, wait for what they need, and end with people at last."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quarterday.core.errors import BillingError
from quarterday.ports.outcomes import (
    AttemptNews,
    DeclineCode,
    Declined,
    KeptMethod,
    MethodNews,
    News,
    PayoutNews,
    PayoutPart,
    PayoutState,
    Succeeded,
)
from quarterday.services.errors import Conflict
from quarterday.services.gateway_events.assign_event import assign_event
from quarterday.services.gateway_events.ignore_event import ignore_event
from quarterday.services.gateway_events.process_events import WAITS, process_event, process_events
from quarterday.services.gateway_events.store_events import store_events
from quarterday.services.gateway_events.tidy_events import tidy_events
from quarterday.store.models import (
    CreditGrant,
    Event,
    GatewayEvent,
    Invoice,
    Payment,
    PaymentMethod,
    Payout,
    PayoutItem,
    Refund,
)
from quarterday.store.queries.inbox import find_item, list_inbox
from quarterday.store.queries.matches import find_payout_fee
from tests.services.paid import begin, disputed, hear, offer, pay, refunded
from tests.services.till import DAY, NOW, Shop, together

OVER = sum(WAITS, timedelta())


def wait_out(shop: Shop) -> str:
    """All waits pass; what became of the only event."""
    now = NOW
    for _ in range(len(WAITS) + 1):
        now += timedelta(days=1)
        process_events(now=now)
    return GatewayEvent.objects.get().status


def test_two_at_once_act_once(open_shop: Shop) -> None:
    offer(open_shop)
    attempt = begin(open_shop.invoice(10000))
    news = [
        AttemptNews(f"e{n}", Succeeded(attempt.gateway_reference), attempt.public_id)
        for n in range(3)
    ]
    together(
        *[
            lambda: store_events(seller=open_shop.seller, gateway="sandbox", news=news, now=NOW)
            for _ in range(3)
        ]
    )
    assert GatewayEvent.objects.count() == 3
    ended = together(*[lambda: process_events(now=NOW)] * 4)
    while GatewayEvent.objects.exclude(status="processed").exists():
        # Whoever lost the race for the account on the way was told to come again.
        process_events(now=NOW + timedelta(hours=1))
    assert not [one for one in ended if isinstance(one, BillingError)]
    assert (Payment.objects.count(), Payment.objects.get().amount_minor) == (1, 11900)
    assert Event.objects.filter(kind="payment.recorded").count() == 1


def test_what_only_knocks_is_looked_up(shop: Shop) -> None:
    offer(shop)
    attempt = begin(shop.invoice(10000))
    assert hear(shop, AttemptNews("e1", None, attempt.public_id)) == ["processed"]
    assert Payment.objects.get().amount_minor == 11900


def test_one_that_breaks_is_tried_again_and_holds_up_nobody(shop: Shop) -> None:
    offer(shop)
    bad = GatewayEvent.objects.create(
        seller=shop.seller, gateway="sandbox", event_id="x", received_at=NOW, news={"is": "riddle"}
    )
    attempt = begin(shop.invoice(10000))
    hear(shop, AttemptNews("e1", Succeeded(attempt.gateway_reference), attempt.public_id))
    bad.refresh_from_db()
    assert (bad.status, bad.next_at) == ("failed", NOW + timedelta(minutes=1))
    assert "riddle" in bad.error
    assert Payment.objects.count() == 1
    assert process_events(now=NOW) == {}
    bad.tries = 20
    bad.save()
    assert process_event(bad, now=NOW) == "unmatched"


def test_a_refund_waits_for_its_payment(shop: Shop) -> None:
    offer(shop)
    attempt = begin(shop.invoice(10000))
    payment = Payment(reference=attempt.gateway_reference)
    assert hear(shop, refunded(payment, 5000, Succeeded("re_1"), "e1")) == ["received"]
    hear(shop, AttemptNews("e2", Succeeded(attempt.gateway_reference), attempt.public_id))
    process_events(now=NOW)
    assert Refund.objects.get().amount_minor == 5000


def test_a_refund_whose_payment_was_never_told_is_looked_up(shop: Shop) -> None:
    offer(shop)
    attempt = begin(shop.invoice(10000))
    payment = Payment(reference=attempt.gateway_reference)
    hear(shop, refunded(payment, 5000, Succeeded("re_1"), "e1"))
    process_events(now=NOW + timedelta(minutes=1))
    assert (Payment.objects.count(), Refund.objects.get().amount_minor) == (1, 5000)


def test_what_moved_no_money_is_nobodys_business(shop: Shop) -> None:
    offer(shop)
    hear(shop, AttemptNews("e1", Declined(DeclineCode.REFUSED), reference="pi_9"))
    assert wait_out(shop) == "processed"


def test_a_way_to_pay_that_is_gone_does_not_come_back(shop: Shop) -> None:
    offer(shop)
    attempt = begin(shop.invoice(10000))
    kept = KeptMethod("tok", "card", "Visa 4242")
    assert hear(shop, MethodNews("e1", "tok", None)) == ["received"]
    outcome = Succeeded(attempt.gateway_reference, method=kept)
    hear(shop, AttemptNews("e2", outcome, attempt.public_id))
    process_events(now=NOW + timedelta(hours=1))
    assert PaymentMethod.objects.get().removed_at is not None


def test_money_of_nobody_is_given_to_somebody_once(shop: Shop) -> None:
    offer(shop)
    invoice = shop.invoice(10000)
    body = f'{{"description": "{invoice.label} of anna"}}'
    news: list[News] = [AttemptNews("e1", Succeeded("pi_9", amount_minor=11900), reference="pi_9")]
    news.append(disputed(Payment(reference="pi_9", amount_minor=5000), "opened"))
    store_events(seller=shop.seller, gateway="sandbox", news=news, body=body, now=NOW)
    for day in range(9):
        process_events(now=NOW + timedelta(days=day))
    assert [one.amount_minor for one in list_inbox(seller=shop.seller)] == [11900, 5000]
    event = GatewayEvent.objects.earliest("id")
    suggestion = find_item(event.public_id).suggestion
    assert suggestion is not None
    assert (suggestion.account, suggestion.invoice) == ("A1", invoice.label)
    assert suggestion.percent > 70
    terms = {"event": event, "account": shop.account, "invoices": [invoice]}
    found = [assign_event(**terms, today=DAY, now=NOW) for _ in range(2)]  # type: ignore[arg-type]
    assert len({one.id for one in found}) == Payment.objects.count() == 1
    with pytest.raises(Conflict, match="already"):
        assign_event(event=event, account=shop.open_account("A2"), today=DAY, now=NOW)
    process_events(now=NOW)
    # What else was said of it has found it by itself.
    assert list_inbox() == []
    assert Invoice.objects.get().open_minor == 5000


def test_a_refund_of_a_payment_from_elsewhere_is_given_to_it(shop: Shop) -> None:
    offer(shop)
    shop.invoice(10000)
    payment = shop.pay(11900)
    hear(shop, refunded(Payment(reference="ch_1"), 5000, Succeeded("re_1"), "e1"))
    assert wait_out(shop) == "unmatched"
    event = GatewayEvent.objects.get()
    with pytest.raises(BillingError, match="which payment"):
        assign_event(event=event, account=shop.account, today=DAY, now=NOW)
    assign_event(event=event, payment=payment, today=DAY, now=NOW)
    assert Refund.objects.get().payment == payment


def test_what_is_ignored_stays_so_and_is_emptied_at_last(shop: Shop) -> None:
    offer(shop)
    hear(shop, AttemptNews("e1", Succeeded("pi_9"), reference="pi_9"))
    assert wait_out(shop) == "unmatched"
    event = ignore_event(event=GatewayEvent.objects.get(), reason="Of our shop", now=NOW)
    assert (event.status, list_inbox()) == ("ignored", [])
    with pytest.raises(Conflict, match="ignored"):
        assign_event(event=event, account=shop.account, today=DAY, now=NOW)
    assert tidy_events(now=NOW + timedelta(days=89)) == 0
    assert [tidy_events(now=NOW + timedelta(days=91)) for _ in range(2)] == [1, 0]
    assert (GatewayEvent.objects.get().news, GatewayEvent.objects.get().body) == ({}, "")
    assert not CreditGrant.objects.exists()


def test_a_payout_is_the_sum_of_its_parts(shop: Shop) -> None:
    offer(shop)
    payment = pay(shop.invoice(10000))
    hear(shop, disputed(payment, "opened", amount_minor=5000))
    parts = (
        PayoutPart("payment", payment.reference, 11900, 300),
        PayoutPart("dispute", "dp_1", -5000, 1500),
        PayoutPart("refund", "re_unknown", -1000),
    )
    terms = ("po_1", PayoutState.ARRIVED, "EUR", 5800, 1800, 4000, DAY)
    hear(shop, PayoutNews("p2", *terms, parts))
    hear(shop, PayoutNews("p1", "po_1", PayoutState.ANNOUNCED, *terms[2:]))
    payout = Payout.objects.get()
    # What the dispute cost was booked with it.
    assert (payout.status, find_payout_fee(payout)) == ("arrived", 300)
    items = PayoutItem.objects.order_by("position")
    # What the parts do not explain stands as a part of its own.
    assert [(one.kind, one.gross_minor) for one in items][-1] == ("other", -100)
    linked = [one.payment_id or one.refund_id or one.dispute_id for one in items]
    assert [one is not None for one in linked] == [True, True, False, False]
    assert Event.objects.filter(kind="payout.differs").count() == 1
