"""Act on what a gateway reports by itself, once for each event."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from quarterday.ports.outcomes import AttemptNews, DisputeNews, MethodNews, News, RefundNews
from quarterday.services.events.record_event import record_event
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.keep_method import keep_method
from quarterday.services.payments.remove_method import remove_method
from quarterday.store.models import (
    GatewayEvent,
    GatewayEventStatus,
    PaymentAttempt,
    PaymentMethod,
    Seller,
)

_LONGEST = 200


def receive_news(
    *, seller: Seller, gateway: str, news: News, body: str, today: date, now: datetime
) -> bool:
    """Keep an event as it came and do what follows from it, in one transaction; whether it was new.

    So an event that was answered was also acted on, and one that a crash interrupted is acted on
    when the gateway sends it again. What is not of this seller is kept, and nothing follows.
    """
    # Every seller names its own events: nobody can use up the name of another seller's event.
    key = f"{seller.public_id} {news.event_id}"
    if len(key) > _LONGEST:
        key = sha256(key.encode()).hexdigest()
    with transaction.atomic():
        _, is_new = GatewayEvent.objects.get_or_create(
            gateway=gateway,
            event_id=key,
            defaults={
                "seller": seller,
                "status": GatewayEventStatus.PROCESSED,
                "received_at": now,
                "processed_at": now,
                "body": body,
            },
        )
        if is_new:
            _act(seller, gateway, news, today, now)
    return is_new


def find_attempt(seller: Seller, gateway: str, news: News) -> PaymentAttempt | None:
    """The attempt that news is about: by our id, or by what the gateway calls it."""
    rows = PaymentAttempt.objects.select_related("account__seller", "method").filter(
        gateway=gateway, account__seller=seller
    )
    named = getattr(news, "attempt", "")
    if named:
        return rows.filter(public_id=named).first()
    reference = getattr(news, "reference", "")
    return rows.filter(gateway_reference=reference).first() if reference else None


def _act(seller: Seller, gateway: str, news: News, today: date, now: datetime) -> None:
    match news:
        case AttemptNews(outcome=outcome) if outcome is not None:
            if attempt := find_attempt(seller, gateway, news):
                finish_attempt(attempt=attempt, outcome=outcome, today=today, now=now)
        case MethodNews():
            _change_methods(seller, gateway, news, now)
        case RefundNews() | DisputeNews():
            _tell(seller, gateway, news, now)


def _change_methods(seller: Seller, gateway: str, news: MethodNews, now: datetime) -> None:
    rows = PaymentMethod.objects.select_related("account").filter(
        gateway=gateway, token=news.token, account__seller=seller, removed_at=None
    )
    for row in rows:
        if news.method is None:
            remove_method(method=row, now=now)
        else:
            keep_method(account=row.account, gateway=gateway, kept=news.method, now=now)


def _tell(seller: Seller, gateway: str, news: RefundNews | DisputeNews, now: datetime) -> None:
    """Write it into the log of events, where people and outgoing hooks find it."""
    attempt = find_attempt(seller, gateway, news)
    if attempt is None:
        return
    is_refund = isinstance(news, RefundNews)
    record_event(
        kind="payment.refund_reported" if is_refund else "payment.dispute_reported",
        subject=attempt.payment.public_id if attempt.payment else attempt.public_id,
        seller_id=seller.id,
        account_id=attempt.account_id,
        actor=gateway,
        now=now,
        data={
            "amount_minor": news.amount_minor,
            "currency": attempt.currency,
            **({} if isinstance(news, RefundNews) else {"state": str(news.state)}),
        },
    )
