"""Place an order: account, contracts, invoice and the order itself together, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from quarterday.core.access import Role
from quarterday.core.cart import BadCart, read_items
from quarterday.core.lifecycle import InvoiceState, SubscriptionState
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.accounts.open_account import open_account
from quarterday.services.carts.claim_cart import check_open, claim_cart
from quarterday.services.carts.price_cart import cart_account, usable_discounts
from quarterday.services.catalog.publish_offer import Activation
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.invoicing.bill_account import bill_account
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.orders.activate_order import activate_order
from quarterday.services.orders.choose_items import Chosen, choose_items
from quarterday.services.orders.start_contracts import start_contracts
from quarterday.services.orders.take_order_number import take_customer_number, take_order_number
from quarterday.services.orders.take_promotion import take_promotion
from quarterday.services.provisioning.set_wanted import set_wanted
from quarterday.services.users.add_user import add_member, add_user, check_email
from quarterday.store.models import (
    Account,
    Cart,
    CartStatus,
    Discount,
    Invoice,
    Order,
    Quote,
    Subscription,
)
from quarterday.store.queries.catalogue import load_catalogue


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who orders for the first time. ``company`` is who owes, where there is one."""

    email: str
    name: str
    company: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    language: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the buyer agreed to: the version of the terms, and the total that they saw.

    ``pay_later`` asks for the invoice instead of paying now. A total of None was not shown.
    """

    version: str = ""
    total_minor: int | None = None
    pay_later: bool = False


def place_order(
    *,
    cart: Cart,
    today: date,
    now: datetime,
    terms: Terms,
    buyer: Buyer | None = None,
    actor: str = "buyer",
) -> Order:
    """Order what is in a cart, for its account or for the buyer, who becomes a new one.

    A cart becomes one order: placed again, or by two at once, it is the order that it became.
    A known mail address changes nothing that the buyer could see: the order has a new account,
    which the person with that address finds beside the others after signing in. Nobody is signed
    in by ordering. Raises `BadCart` when something cannot be ordered any more or costs other than
    was shown, and `BillingError` for bad input; then nothing of it stands.
    """
    with transaction.atomic():
        cart = claim_cart(cart.id)
        known = Order.objects.filter(cart=cart).select_related("account", "invoice").first()
        if known is not None:
            return known
        check_open(cart, now)
        catalogue = load_catalogue(cart.seller, cart.currency, today)
        chosen = choose_items(catalogue, read_items(cart.items))
        discounts, problem = usable_discounts(cart, chosen, today)
        if problem is not None:
            raise problem
        account = _choose_account(cart, buyer, now)
        order = write_order(
            account=account,
            chosen=chosen,
            discounts=discounts,
            terms=terms,
            today=today,
            now=now,
            actor=actor,
            cart=cart,
        )
        for one in sorted(discounts, key=lambda each: each.id):
            take_promotion(order=order, discount=one)
        rows = Cart.objects.filter(id=cart.id, status=CartStatus.OPEN)
        if rows.update(status=CartStatus.ORDERED, buyer={}, account=account) != 1:
            raise Conflict("this cart was ordered by somebody else just now; look again")
    return order


def write_order(
    *,
    account: Account,
    chosen: Sequence[Chosen],
    discounts: Sequence[Discount],
    terms: Terms,
    today: date,
    now: datetime,
    actor: str,
    cart: Cart | None = None,
    quote: Quote | None = None,
) -> Order:
    """Contracts, invoice and order for an account, within the transaction that is open.

    What the account is due anyway is billed first and apart, so that the invoice of the order is
    what was shown. Raises `BadCart` and `BillingError`.
    """
    if not chosen:
        raise BadCart("there is nothing in the cart; choose something first", "empty")
    if terms.pay_later and not all(one.offer.on_invoice for one in chosen):
        raise BadCart("this has to be paid when it is ordered", "pay_now")
    account = claim_account(account.id)
    bill_account(account_id=account.id, today=today, now=now)
    contracts = start_contracts(account, chosen, discounts, today=today, now=now, actor=actor)
    invoices = bill_account(account_id=account.id, today=today, now=now)
    total = sum(one.total_minor for one in invoices)
    if terms.total_minor is not None and terms.total_minor != total:
        raise BadCart("the price has changed since you saw it", "changed")
    order = Order.objects.create(
        seller=account.seller,
        account=account,
        cart=cart,
        invoice=invoices[0] if invoices else None,
        label=take_order_number(account.seller_id),
        activation=_activation(chosen),
        placed_at=now,
        terms_version=terms.version,
        terms_accepted_at=now if terms.version else None,
        subscriptions=[one.public_id for one in contracts],
        data=_order_data(cart, quote, discounts, terms, invoices, total),
    )
    record_event(
        kind="order.placed",
        subject=order.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data={"label": order.label, "total_minor": total, "currency": account.currency},
    )
    queue_message(kind="order_confirmation", account=account, subject=order.public_id, now=now)
    if _starts_now(order, invoices):
        activate_order(order=order, today=today, now=now, actor=actor)
        for one in contracts:
            set_wanted(subscription=one, today=today, now=now, actor=actor)
    else:
        _hold(contracts)
    return order


def _choose_account(cart: Cart, buyer: Buyer | None, now: datetime) -> Account:
    """The account of the cart, or a new one with its owner and contact."""
    if cart.account is not None:
        return cart.account
    if buyer is None:
        raise BadCart("say who orders: name and mail address", "buyer")
    email, planned = check_email(buyer.email), cart_account(cart, now)
    account = open_account(
        seller=cart.seller,
        external_id=take_customer_number(cart.seller_id),
        name=check_text(buyer.company or buyer.name, "name"),
        country=planned.country,
        currency=planned.currency,
        region=planned.region,
        language=(buyer.language or cart.language)[:16] or None,
        address={key: text for key, text in buyer.address.items() if text},
        tax_id=planned.tax_id,
        tax_id_evidence=planned.tax_id_evidence,
        now=now,
        actor="buyer",
    )
    user = add_user(email=email, name=buyer.name, language=account.language)
    add_member(account_id=account.id, user=user, role=Role.OWNER, now=now, actor="buyer")
    add_contact(
        account_id=account.id, email=email, name=buyer.name.strip()[:200], now=now, actor="buyer"
    )
    queue_message(
        kind="welcome", account=account, subject=account.public_id, recipient=email, now=now
    )
    return account


def _activation(chosen: Sequence[Chosen]) -> str:
    """When the order starts: when the most careful of its offers allows."""
    order = [Activation.ON_ORDER, Activation.ON_PAYMENT, Activation.BY_HAND]
    return max((Activation(one.offer.activation) for one in chosen), key=order.index)


def _starts_now(order: Order, invoices: Sequence[Invoice]) -> bool:
    if order.activation == Activation.ON_PAYMENT:
        return all(one.status == InvoiceState.PAID for one in invoices)
    return order.activation == Activation.ON_ORDER


def _hold(contracts: Sequence[Subscription]) -> None:
    """Contracts wait until the order starts; the daily run leaves them alone until then."""
    keys = [one.id for one in contracts]
    Subscription.objects.filter(id__in=keys).update(status=SubscriptionState.PENDING)


def _order_data(
    cart: Cart | None,
    quote: Quote | None,
    discounts: Sequence[Discount],
    terms: Terms,
    invoices: Sequence[Invoice],
    total: int,
) -> dict[str, Any]:
    """What is kept of how it was ordered."""
    return {
        "items": cart.items if cart else quote.items if quote else [],
        "promotions": [one.code for one in discounts],
        "invoices": [one.public_id for one in invoices],
        "pay_later": terms.pay_later,
        "total_minor": total,
    }
