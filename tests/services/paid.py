"""Payments by the sandbox, and news of what becomes of them."""

from __future__ import annotations

from typing import Any

from quarterday.ports.outcomes import (
    DisputeNews,
    DisputeState,
    News,
    Outcome,
    RefundNews,
    Succeeded,
)
from quarterday.services.gateway_events.process_events import process_events
from quarterday.services.gateway_events.store_events import store_events
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.store.models import Brand, GatewayEvent, Invoice, Payment, PaymentAttempt
from tests.services.till import DAY, NOW, Shop


def offer(shop: Shop, **policies: Any) -> None:
    """Let the shop take payments by the sandbox."""
    gateways = {"sandbox": {"is_enabled": True, "hook_secret": "only for tests"}}
    Brand.objects.create(seller=shop.seller, data={"gateways": gateways, **policies})


def begin(invoice: Invoice) -> PaymentAttempt:
    """An attempt that the gateway was told of, and calls by a name."""
    attempt = start_attempt(
        account=invoice.account,
        gateway="sandbox",
        choice="card",
        amount_minor=invoice.open_minor,
        invoices=[invoice.public_id],
        now=NOW,
    )
    attempt.gateway_reference = f"sbx.ok.visa.4242.203001.{attempt.public_id}"
    attempt.save(update_fields=["gateway_reference"])
    return attempt


def pay(invoice: Invoice) -> Payment:
    """The payment of an invoice by the sandbox."""
    attempt = begin(invoice)
    outcome = Succeeded(attempt.gateway_reference)
    payment = finish_attempt(attempt=attempt, outcome=outcome, today=DAY, now=NOW).payment
    assert payment is not None
    return payment


def disputed(payment: Payment, state: str, event: str = "", **more: Any) -> DisputeNews:
    """What the gateway says of a dispute of a payment."""
    terms = {"amount_minor": payment.amount_minor, "reason": "fraudulent", "fee_minor": 1500}
    name = event or f"evt_{state}"
    return DisputeNews(name, payment.reference, "dp_1", DisputeState(state), **{**terms, **more})


def refunded(payment: Payment, amount_minor: int, outcome: Outcome, event: str) -> RefundNews:
    """What the gateway says of a refund that somebody made there."""
    return RefundNews(event, payment.reference, "re_1", amount_minor, outcome)


def hear(shop: Shop, *news: News) -> list[str]:
    """Store news and act on them at once; what became of each."""
    store_events(seller=shop.seller, gateway="sandbox", news=news, now=NOW)
    process_events(now=NOW)
    return list(GatewayEvent.objects.order_by("id").values_list("status", flat=True))
