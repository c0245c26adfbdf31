"""Cancel orders that wait: by hand, or since nobody paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.period import local_date
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.invoicing.void_invoice import void_invoice
from quarterday.services.orders.take_promotion import give_promotions_back
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.store.models import Invoice, InvoiceLine, Order, OrderStatus, Subscription

# How long an order waits for its payment.
UNPAID_DAYS = 14


def cancel_order(
    *, order: Order, today: date, now: datetime, reason: str, actor: str = "system"
) -> Order:
    """Cancel an order that waits: its contracts never began, and all that was billed for them is
    void, or credited in full where it was paid. The uses of its promotion codes are free again.

    Cancelling again changes nothing. Raises `Conflict` for an order whose service runs, and
    `BillingError` when a part of an invoice was paid: credit that first.
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
        contracts = Subscription.objects.filter(account=account, public_id__in=order.subscriptions)
        for invoice in _find_invoices(order, [one.id for one in contracts]):
            if invoice.status == InvoiceState.OPEN and not _used_credit_only(invoice):
                void_invoice(invoice=invoice, today=today, now=now, reason=reason, actor=actor)
            else:
                credit_invoice(invoice=invoice, today=today, now=now, reason=reason, actor=actor)
        for one in contracts:
            cancel_subscription(
                subscription_id=one.id,
                on=one.start_on,
                today=today,
                now=now,
                reason=reason,
                actor=actor,
            )
        # After the numbers of credit notes, as orders take them.
        give_promotions_back(order=order)
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


def _find_invoices(order: Order, contracts: Sequence[int]) -> list[Invoice]:
    """What to take back: the invoices of the order, and those of its contracts alone that came
    while it waited. What shares an invoice with something else is credited on the next one.
    """
    rows = Invoice.objects.filter(account=order.account_id, total_minor__gt=0)
    rows = rows.filter(status__in=(InvoiceState.OPEN, InvoiceState.PAID))
    own = Q(public_id__in=order.data.get("invoices", []))
    lines = InvoiceLine.objects.filter(invoice=OuterRef("id"))
    others = lines.exclude(subscription_id__in=contracts) | lines.filter(subscription_id=None)
    later = Exists(lines.filter(subscription_id__in=contracts)) & ~Exists(others)
    found = rows.filter(own | later).annotate(credited=Sum("credit_notes__total_minor", default=0))
    return [one for one in found.order_by("id") if one.credited < one.total_minor]


def _used_credit_only(invoice: Invoice) -> bool:
    """Whether a part of an invoice was settled, and nobody paid for it: then the credit returns."""
    is_settled = invoice.open_minor != invoice.total_minor
    return is_settled and not invoice.allocations.exclude(payment=None).exists()


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
