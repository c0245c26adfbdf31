"""Offers, orders and quotes for people to look at, each with a fixed number of queries."""

from __future__ import annotations

from django.db.models import Q

from quarterday.core.errors import BillingError
from quarterday.store.models import Account, Invoice, Offer, Order, Quote, Seller, Subscription


def list_offers(*, seller: Seller | None = None, limit: int = 0) -> list[Offer]:
    """Offers as they stand in the catalogue; 0 is no limit, here and below."""
    rows = Offer.objects.select_related("product__seller", "group")
    if seller is not None:
        rows = rows.filter(product__seller=seller)
    rows = rows.order_by("product__seller_id", "group__position", "group_id", "position", "id")
    return list(rows[:limit] if limit else rows)


def list_orders(
    *,
    account: Account | None = None,
    seller: Seller | None = None,
    status: str | None = None,
    limit: int = 0,
) -> list[Order]:
    """Orders, the newest first."""
    rows = Order.objects.select_related("account", "seller", "invoice").order_by("-id")
    if account is not None:
        rows = rows.filter(account=account)
    if seller is not None:
        rows = rows.filter(seller=seller)
    if status is not None:
        rows = rows.filter(status=status)
    return list(rows[:limit] if limit else rows)


def find_order(name: str, seller: Seller | None = None) -> Order:
    """An order by number or public id; raises `BillingError`."""
    rows = Order.objects.select_related("account", "seller", "invoice")
    if seller is not None:
        rows = rows.filter(seller=seller)
    found = list(rows.filter(Q(public_id=name) | Q(label=name)).order_by("id")[:2])
    if len(found) == 1:
        return found[0]
    if not found:
        raise BillingError(f"there is no order {name!r}")
    raise BillingError(f"order {name!r} could be several; tell by --seller")


def list_order_parts(order: Order) -> tuple[list[Subscription], list[Invoice]]:
    """The contracts and the invoices that an order made."""
    contracts = Subscription.objects.filter(
        account_id=order.account_id, public_id__in=order.subscriptions
    ).select_related("plan__product", "account__seller")
    wanted = order.data.get("invoices", [])
    invoices = Invoice.objects.filter(account_id=order.account_id, public_id__in=wanted)
    return (
        list(contracts.order_by("id")),
        list(invoices.select_related("account", "seller").order_by("id")),
    )


def list_quotes(
    *,
    account: Account | None = None,
    seller: Seller | None = None,
    status: str | None = None,
    limit: int = 0,
) -> list[Quote]:
    """Quotes, the newest first."""
    rows = Quote.objects.select_related("account", "seller", "order").order_by("-id")
    if account is not None:
        rows = rows.filter(account=account)
    if seller is not None:
        rows = rows.filter(seller=seller)
    if status is not None:
        rows = rows.filter(status=status)
    return list(rows[:limit] if limit else rows)


def find_quote(name: str, seller: Seller | None = None) -> Quote:
    """A quote by number or public id; raises `BillingError`."""
    rows = Quote.objects.select_related("account__seller", "seller", "order")
    if seller is not None:
        rows = rows.filter(seller=seller)
    found = list(rows.filter(Q(public_id=name) | Q(label=name)).order_by("id")[:2])
    if len(found) == 1:
        return found[0]
    if not found:
        raise BillingError(f"there is no quote {name!r}")
    raise BillingError(f"quote {name!r} could be several; tell by --seller")
