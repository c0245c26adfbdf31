"""Start the services of an order: when it is placed, when it is paid, or by hand."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.lifecycle import InvoiceState, SubscriptionState
from quarterday.core.period import Period, local_date
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.provisioning.set_wanted import set_wanted
from quarterday.services.subscriptions.credit_unused import credit_unused, find_billed
from quarterday.services.subscriptions.move_subscription import move_subscription
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import Account, Invoice, Order, OrderStatus, Subscription

_EVENTS = {"start_trial": "subscription.trial_started", "activate": "subscription.activated"}


def activate_order(*, order: Order, today: date, now: datetime, actor: str = "system") -> Order:
    """Start what was ordered, once: doing it again changes nothing.

    Days that were billed and passed while the order waited are credited on the next invoice.
    Raises `Conflict` for an order that was cancelled.
    """
    with transaction.atomic():
        account, order = claim_row(order)
        waiting = Order.objects.filter(id=order.id, status=OrderStatus.PENDING)
        if waiting.update(status=OrderStatus.ACTIVE, activated_at=now) != 1:
            if order.status == OrderStatus.CANCELLED:
                raise Conflict(f"order {order.label} was cancelled; place a new one")
            return order
        order.status, order.activated_at = OrderStatus.ACTIVE, now
        for subscription in Subscription.objects.filter(
            account=account, public_id__in=order.subscriptions, status=SubscriptionState.PENDING
        ).select_related("account", "plan"):
            _start(subscription, account, today, now, actor)
        record_event(
            kind="order.activated",
            subject=order.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"label": order.label, "subscriptions": order.subscriptions},
        )
    return order


def activate_paid(invoice: Invoice, *, now: datetime) -> None:
    """Start the orders that waited for an invoice which was paid just now.

    Called in the transaction that settles it, so that money and service go together.
    """
    rows = Order.objects.filter(account_id=invoice.account_id, status=OrderStatus.PENDING)
    for order in rows.filter(activation="on_payment").order_by("id"):
        wanted = order.data.get("invoices", [])
        if invoice.public_id in wanted and not _still_open(wanted):
            today = local_date(now, order.seller.time_zone)
            activate_order(order=order, today=today, now=now, actor="payment")


def _still_open(invoices: list[str]) -> bool:
    rows = Invoice.objects.filter(public_id__in=invoices)
    return rows.exclude(status=InvoiceState.PAID).exists()


def _start(
    subscription: Subscription, account: Account, today: date, now: datetime, actor: str
) -> None:
    """Move a contract on, and give back the days on which it waited."""
    if subscription.start_on > today:
        return
    on_trial = subscription.trial_end is not None and subscription.trial_end > today
    verb = "start_trial" if on_trial else "activate"
    move_subscription(subscription, verb)
    record_event(
        kind=_EVENTS[verb],
        subject=subscription.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
    )
    set_wanted(subscription=subscription, today=today, now=now, actor=actor)
    if subscription.start_on == today:
        return
    waited = Period(subscription.start_on, today)
    for item in subscription.items.select_related("price"):
        lines = [
            line
            for line in find_billed(item, waited.start)
            if line.invoice.status != InvoiceState.VOID
        ]
        credit_unused(item, lines, waited, today)
    set_due(account.id)
