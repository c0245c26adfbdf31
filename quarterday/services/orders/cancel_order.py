"""Cancel orders that wait: by hand, or since nobody paid."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.period import local_date
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.invoicing.void_invoice import void_invoice
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.store.models import Invoice, Order, OrderStatus, Subscription

# How long an order waits for its payment.
UNPAID_DAYS = 14


def cancel_order(
    *, order: Order, today: date, now: datetime, reason: str, actor: str = "system"
) -> Order:
    """Cancel an order that waits: its invoice is void and its contracts never began.

    Cancelling again changes nothing. Raises `Conflict` for an order whose service runs, and
    `BillingError` when a part of its invoice was paid: credit that first.
    """
    reason = check_text(reason, "reason", 500)
    with transaction.atomic():
        account, order = claim_row(order)
        waiting = Order.objects.filter(id=order.id, status=OrderStatus.PENDING)
        if waiting.update(status=OrderStatus.CANCELLED) != 1:
            if order.status == OrderStatus.CANCELLED:
                return order
            raise Conflict(f"order {order.label} has its service; cancel the subscription instead")
        order.status = OrderStatus.CANCELLED
        invoices = Invoice.objects.filter(public_id__in=order.data.get("invoices", []))
        for invoice in invoices.filter(account=account, status=InvoiceState.OPEN):
            void_invoice(invoice=invoice, today=today, now=now, reason=reason, actor=actor)
        for one in Subscription.objects.filter(account=account, public_id__in=order.subscriptions):
            cancel_subscription(
                subscription_id=one.id,
                on=one.start_on,
                today=today,
                now=now,
                reason=reason,
                actor=actor,
            )
        record_event(
            kind="order.cancelled",
            subject=order.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"label": order.label, "reason": reason},
        )
    return order


def cancel_unpaid(*, now: datetime, days: int = UNPAID_DAYS, actor: str = "system") -> int:
    """Cancel orders that have waited for their payment longer than some days; how many.

    Each is a transaction of its own; one that cannot be cancelled, since a part of it was paid,
    stays for somebody to look at.
    """
    rows = Order.objects.filter(status=OrderStatus.PENDING, activation="on_payment")
    late = rows.filter(placed_at__lt=now - timedelta(days=days)).select_related("seller")
    cancelled = 0
    for order in late.order_by("id").iterator(chunk_size=500):
        today = local_date(now, order.seller.time_zone)
        try:
            cancel_order(order=order, today=today, now=now, reason="not paid", actor=actor)
        except BillingError:
            continue
        cancelled += 1
    return cancelled
