"""Find what of ours an event is about."""

from __future__ import annotations

from quarterday.ports.outcomes import DisputeNews, News, RefundNews
from quarterday.services.gateway_events.not_yet import NotYet
from quarterday.services.payments.book_refund import find_most
from quarterday.store.models import Payment, PaymentAttempt, RefundAttempt, Seller
from quarterday.store.queries.refunds import list_same_money


def find_attempt(seller: Seller, gateway: str, news: News) -> PaymentAttempt | None:
    """The attempt that news is about: by our id, or by what the gateway calls it."""
    rows = PaymentAttempt.objects.select_related("account__seller__brand", "method", "payment")
    rows = rows.filter(gateway=gateway, account__seller=seller)
    if named := getattr(news, "attempt", ""):
        return rows.filter(public_id=named).first()
    reference = getattr(news, "reference", "")
    return rows.filter(gateway_reference=reference).order_by("id").first() if reference else None


def find_refund_attempt(seller: Seller, gateway: str, news: RefundNews) -> RefundAttempt | None:
    """The refund that news is about: by our id, or by what the gateway calls it."""
    rows = RefundAttempt.objects.filter(gateway=gateway, refund__account__seller=seller)
    if news.refund and (found := rows.filter(public_id=news.refund).first()):
        return found
    if not news.refund_reference:
        return None
    return rows.filter(gateway_reference=news.refund_reference).order_by("id").first()


def find_payment(seller: Seller, gateway: str, news: RefundNews | DisputeNews) -> Payment:
    """The payment whose money goes back. Raises `NotYet` while we do not know of it."""
    attempt = find_attempt(seller, gateway, news)
    if attempt is None:
        raise NotYet(f"no payment of ours is called {news.reference or 'so'} by the gateway")
    if attempt.payment is None:
        raise NotYet(f"the money of attempt {attempt.public_id} has not been reported")
    return attempt.payment


def choose_payment(payment: Payment, amount_minor: int) -> Payment:
    """Of all payments that are the same money, the one that has most of an amount left."""
    same = list_same_money(payment)
    return max(same, key=lambda one: (min(find_most(one), amount_minor), -one.id))
