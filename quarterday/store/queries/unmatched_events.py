"""Events of gateways that match nothing."""

from __future__ import annotations

from quarterday.core.errors import BillingError
from quarterday.ports.news_data import read_news
from quarterday.ports.outcomes import (
    AttemptNews,
    DisputeNews,
    News,
    PayoutNews,
    RefundNews,
    Succeeded,
)
from quarterday.store.models import GatewayEvent, GatewayEventStatus, Seller
from quarterday.store.queries.inbox_item import InboxItem
from quarterday.store.queries.open_events import list_unmatched_keys
from quarterday.store.queries.references import NotThere
from quarterday.store.queries.suggestions import suggest


def list_unmatched(seller: Seller | None, limit: int) -> list[InboxItem]:
    """The oldest first, without suggestions, which take a look at each one."""
    rows = GatewayEvent.objects.select_related("seller").filter(id__in=list_unmatched_keys())
    if seller is not None:
        rows = rows.filter(seller=seller)
    rows = rows.order_by("received_at", "id")
    return [_show(row, is_alone=False) for row in (rows[:limit] if limit else rows)]


def find_unmatched(public_id: str) -> InboxItem | None:
    """One of them, with a suggestion and all that was said."""
    rows = GatewayEvent.objects.select_related("seller")
    row = rows.filter(public_id=public_id, status=GatewayEventStatus.UNMATCHED).first()
    return _show(row, is_alone=True) if row and row.seller else None


def find_event(public_id: str) -> GatewayEvent:
    """An event by its public id, whatever became of it. Raises `NotThere`."""
    rows = GatewayEvent.objects.select_related("seller__brand")
    row = rows.filter(public_id=public_id, seller__isnull=False).first()
    if row is None:
        raise NotThere(f"there is no event {public_id!r}; `inbox list` shows those in the inbox")
    return row


def read_money(news: News) -> tuple[str, int | None]:
    """What the gateway calls the payment, and how much it is about."""
    match news:
        case AttemptNews(outcome=Succeeded(reference=reference, amount_minor=amount)):
            return news.reference or reference, amount
        case AttemptNews():
            return news.reference, None
        case RefundNews() | DisputeNews():
            return news.reference, news.amount_minor
        case PayoutNews():
            return news.reference, news.net_minor
        case _:
            return "", None


def describe(news: News) -> str:
    """One line about what happened, for people."""
    match news:
        case AttemptNews():
            came = isinstance(news.outcome, Succeeded)
            return "a payment succeeded" if came else "something happened to a payment"
        case RefundNews():
            return f"refund {news.refund_reference}"
        case DisputeNews():
            return f"dispute {news.dispute_reference} ({news.state})"
        case PayoutNews():
            return f"payout ({news.state})"
        case _:
            return "a way to pay was changed"


def _find_currency(news: News) -> str:
    """As far as the gateway says it."""
    told = news.outcome if isinstance(news, AttemptNews) else news
    return str(getattr(told, "currency", ""))


def _show(row: GatewayEvent, *, is_alone: bool) -> InboxItem:
    assert row.seller is not None, "only those of sellers are asked for"
    try:
        news = read_news(row.news)
    except BillingError:
        return InboxItem(
            row.public_id, "gateway", row.seller.code, row.received_at, row.kind, "", row.error
        )
    reference, amount = read_money(news)
    return InboxItem(
        id=row.public_id,
        source="gateway",
        seller=row.seller.code,
        at=row.received_at,
        what=f"{row.gateway}: {describe(news)}",
        reference=reference,
        problem=row.error,
        amount_minor=amount,
        currency=_find_currency(news) or row.seller.currency,
        suggestion=suggest(row.seller, row, reference, amount) if is_alone else None,
        data=row.news if is_alone else {},
    )
