"""Do what happens on a day of the sample's year, by the services that everybody uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from quarterday.core.lifecycle import InvoiceState
from quarterday.core.money import currency
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.demo.habits import UPGRADES, Action, Kind
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.invoicing.void_invoice import void_invoice
from quarterday.services.invoicing.write_off_invoice import write_off_invoice
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.services.subscriptions.change_quantity import change_quantity
from quarterday.services.subscriptions.pause_subscription import pause_subscription
from quarterday.services.subscriptions.resume_subscription import resume_subscription
from quarterday.services.subscriptions.undo_cancel import undo_cancel
from quarterday.store.models import Account, Invoice, Plan, Subscription, SubscriptionItem


class Moment(NamedTuple):
    """A day of the year, and an instant of it that is on that day for every seller."""

    today: date
    now: datetime


def act(action: Action, moment: Moment) -> bool:
    """Do it; False where there was nothing to do it to, such as no invoice to credit."""
    subscription = Subscription.objects.select_related("account__seller", "plan").get(
        account__external_id=action.account, external_id=action.subscription
    )
    return _ACTS[action.kind](action, subscription, moment)


def _deposit(action: Action, subscription: Subscription, moment: Moment) -> bool:
    """Enough for about half a year."""
    unit = currency(subscription.account.currency)
    amount = 18_000 if unit.exponent == 0 else 180 * unit.scale
    grant_credit(
        account=subscription.account,
        kind="deposit",
        amount_minor=amount,
        method="transfer",
        reason="deposit",
        external_id=f"{action.account}-deposit",
        **moment._asdict(),
    )
    return True


def _change_plan(action: Action, subscription: Subscription, moment: Moment) -> bool:
    product, _, code = UPGRADES[action.plan].partition("/")
    plan = Plan.objects.select_related("product").get(
        product__seller=subscription.account.seller_id, product__code=product, code=code
    )
    change_plan(subscription_id=subscription.id, plan=plan, **moment._asdict())
    return True


def _change_quantity(action: Action, subscription: Subscription, moment: Moment) -> bool:
    items = SubscriptionItem.objects.filter(subscription=subscription, role="base", end_on=None)
    quantity = items.get().quantity + Decimal(4)
    change_quantity(subscription_id=subscription.id, quantity=quantity, **moment._asdict())
    return True


def _pause(action: Action, subscription: Subscription, moment: Moment) -> bool:
    pause_subscription(subscription_id=subscription.id, **moment._asdict())
    return True


def _resume(action: Action, subscription: Subscription, moment: Moment) -> bool:
    resume_subscription(subscription_id=subscription.id, **moment._asdict())
    return True


def _cancel_now(action: Action, subscription: Subscription, moment: Moment) -> bool:
    reason = "no longer needed"
    cancel_subscription(subscription_id=subscription.id, reason=reason, **moment._asdict())
    return True


def _cancel_at_end(action: Action, subscription: Subscription, moment: Moment) -> bool:
    cancel_subscription(subscription_id=subscription.id, at_period_end=True, **moment._asdict())
    return True


def _undo_cancel(action: Action, subscription: Subscription, moment: Moment) -> bool:
    subscription.refresh_from_db()
    if subscription.status != "cancelling" or subscription.end_on == moment.today:
        return False
    undo_cancel(subscription_id=subscription.id, **moment._asdict())
    return True


def _goodwill(action: Action, subscription: Subscription, moment: Moment) -> bool:
    unit = currency(subscription.account.currency)
    grant_credit(
        account=subscription.account,
        kind="goodwill",
        amount_minor=10 * unit.scale,
        reason="for the trouble",
        external_id=f"{action.account}-goodwill",
        **moment._asdict(),
    )
    return True


def _charge(action: Action, subscription: Subscription, moment: Moment) -> bool:
    add_charge(
        account_id=subscription.account_id,
        product=subscription.plan.product,
        description="Help by hand, half an hour",
        amount_minor=35 * currency(subscription.account.currency).scale,
        external_id=f"{action.account}-help",
        **moment._asdict(),
    )
    return True


def _credit_line(action: Action, subscription: Subscription, moment: Moment) -> bool:
    """Half of the first line of the last invoice."""
    states = (InvoiceState.OPEN, InvoiceState.PAID)
    invoice = _last_invoice(subscription.account, status__in=states)
    line = None if invoice is None else invoice.lines.order_by("position").first()
    if invoice is None or line is None or line.net_minor < 2 or invoice.credit_notes.exists():
        return False
    lines = {line.position: line.net_minor // 2}
    credit_invoice(invoice=invoice, lines=lines, reason="service was poor", **moment._asdict())
    return True


def _void(action: Action, subscription: Subscription, moment: Moment) -> bool:
    invoice = _last_invoice(subscription.account, status=InvoiceState.OPEN)
    if invoice is None or invoice.open_minor != invoice.total_minor:
        return False
    void_invoice(invoice=invoice, reason="sent in error", **moment._asdict())
    return True


def _write_off(action: Action, subscription: Subscription, moment: Moment) -> bool:
    rows = Invoice.objects.filter(account=subscription.account, status=InvoiceState.OPEN)
    oldest = rows.order_by("due_on", "id").first()
    if oldest is None or oldest.due_on > moment.today:
        return False
    write_off_invoice(invoice=oldest, reason="cannot be collected", **moment._asdict())
    return True


def _last_invoice(account: Account, **condition: object) -> Invoice | None:
    return Invoice.objects.filter(account=account, **condition).order_by("-id").first()


_ACTS: Mapping[Kind, Callable[[Action, Subscription, Moment], bool]] = {
    Kind.DEPOSIT: _deposit,
    Kind.CHANGE_PLAN: _change_plan,
    Kind.CHANGE_QUANTITY: _change_quantity,
    Kind.PAUSE: _pause,
    Kind.RESUME: _resume,
    Kind.CANCEL_NOW: _cancel_now,
    Kind.CANCEL_AT_END: _cancel_at_end,
    Kind.UNDO_CANCEL: _undo_cancel,
    Kind.GOODWILL: _goodwill,
    Kind.CHARGE: _charge,
    Kind.CREDIT_LINE: _credit_line,
    Kind.VOID: _void,
    Kind.WRITE_OFF: _write_off,
}
