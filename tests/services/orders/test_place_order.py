"""An order makes account, contracts and invoice together, or nothing; once, whoever asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from quarterday.core.cart import BadCart
from quarterday.services.carts.change_cart import attach_account
from quarterday.services.carts.expire_carts import expire_carts
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.retire_price import retire_price
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.messages.preview_message import preview_message
from quarterday.services.orders.place_order import Buyer, Terms, place_order
from quarterday.store.models import (
    Account,
    Cart,
    Event,
    Invoice,
    Message,
    Order,
    Price,
    Subscription,
    User,
)
from tests.services.orders.storefront import BUYER, DAY, NOW, Storefront

pytestmark = pytest.mark.django_db


def nothing_stands() -> bool:
    return not any(
        model.objects.exists() for model in (Account, User, Order, Subscription, Invoice, Message)
    )


def test_it_makes_everything_together(front: Storefront) -> None:
    order = front.order(
        {"plan": "web/month", "quantity": 2, "addons": {"backup": 50}}, promotion="SPRING"
    )
    account = order.account
    assert (account.name, account.country, account.address["city"]) == (
        "Example Bakery",
        "DE",
        "Sampleton",
    )
    assert account.contacts.get().email == "ada@bakery.example"
    member = account.memberships.get()
    assert (member.role, member.user.email) == ("owner", "ada@bakery.example")
    assert not member.user.has_usable_password()
    assert order.label == "O-000001"
    assert (order.terms_version, order.terms_accepted_at) == ("2026-01", NOW)
    contracts = Subscription.objects.filter(account=account)
    assert sorted(order.subscriptions) == sorted(one.public_id for one in contracts)
    assert [one.discounts.get().discount.code for one in contracts] == ["SPRING", "SPRING"]
    assert order.invoice == Invoice.objects.get()
    kinds = set(Event.objects.filter(account_id=account.id).values_list("kind", flat=True))
    assert {"order.placed", "account.opened", "subscription.started", "invoice.issued"} <= kinds
    told = set(Message.objects.filter(account=account).values_list("kind", flat=True))
    assert {"welcome", "order_confirmation", "invoice_issued"} <= told


def test_its_confirmation_adds_up_over_all_its_invoices() -> None:
    front = Storefront(grouping="separate")
    order = front.order("web/month", "gross/month")
    assert Invoice.objects.count() == 2
    told = preview_message(
        seller=front.seller,
        kind="order_confirmation",
        now=NOW,
        account=order.account,
        subject=order.public_id,
    ).text.replace("\u00a0", " ")
    for said in ("9.99 €", "15.00 €", "5.00 €", "29.99 €", "5.70 €", "35.69 €"):
        assert said in told


def test_submitted_twice_it_is_one_order(front: Storefront) -> None:
    cart = front.cart("web/month")
    first = place_order(cart=cart, buyer=BUYER, terms=Terms(), today=DAY, now=NOW)
    again = place_order(cart=cart, buyer=BUYER, terms=Terms(), today=DAY, now=NOW)
    assert first == again
    assert (Order.objects.count(), Invoice.objects.count(), Account.objects.count()) == (1, 1, 1)


def test_a_total_that_was_not_shown_orders_nothing(front: Storefront) -> None:
    cart = front.cart("web/month")
    with pytest.raises(BadCart, match="price has changed"):
        place_order(cart=cart, buyer=BUYER, terms=Terms(total_minor=1), today=DAY, now=NOW)
    assert nothing_stands()
    assert Cart.objects.get().status == "open"


def test_a_retired_price_orders_nothing(front: Storefront) -> None:
    cart = front.cart("web/month")
    retire_price(price=Price.objects.get(plan=front.plans["web/month"]), on=DAY, now=NOW)
    with pytest.raises(BadCart, match="no longer offered"):
        place_order(cart=cart, buyer=BUYER, terms=Terms(), today=DAY, now=NOW)
    assert nothing_stands()


@pytest.mark.parametrize(
    "buyer",
    [None, replace(BUYER, email="nobody"), replace(BUYER, name=" ", company=" ")],
)
def test_who_does_not_say_who_they_are_orders_nothing(
    front: Storefront, buyer: Buyer | None
) -> None:
    cart = front.cart("web/month")
    with pytest.raises(ValueError, match=r"mail address|email|name"):
        place_order(cart=cart, buyer=buyer, terms=Terms(), today=DAY, now=NOW)
    assert nothing_stands()


def test_an_empty_cart_and_an_expired_one_order_nothing(front: Storefront) -> None:
    empty, late = front.cart(), front.cart("web/month")
    with pytest.raises(BadCart, match="nothing in the cart"):
        place_order(cart=empty, buyer=BUYER, terms=Terms(), today=DAY, now=NOW)
    later = NOW + timedelta(days=15)
    with pytest.raises(BadCart, match="expired"):
        place_order(cart=late, buyer=BUYER, terms=Terms(), today=DAY, now=later)
    assert expire_carts(now=later) == 2
    assert expire_carts(now=later) == 0
    assert expire_carts(now=later + timedelta(days=31)) == 0
    assert not Cart.objects.exists()
    assert nothing_stands()


def test_only_what_may_be_paid_later_is_ordered_on_invoice(front: Storefront) -> None:
    with pytest.raises(BadCart, match="paid when it is ordered"):
        front.order("web/month", "seats/month", terms=Terms(pay_later=True))
    order = front.order("seats/month", terms=Terms(pay_later=True))
    assert order.data["pay_later"]


def test_a_known_address_gets_a_new_account_and_nobody_is_told(front: Storefront) -> None:
    first, second = front.order("web/month"), front.order("web/year")
    assert first.account != second.account
    assert User.objects.count() == 1
    assert User.objects.get().memberships.count() == 2


def test_an_account_orders_for_itself_and_what_else_is_due_comes_apart(front: Storefront) -> None:
    first = front.order({"plan": "seats/month", "quantity": 2})
    month = NOW + timedelta(days=31)
    later = (DAY + timedelta(days=31), month)
    cart = front.cart("gross/month")
    Cart.objects.update(expires_at=month + timedelta(days=1))
    cart = attach_account(cart=cart, account=first.account, now=month)
    terms = Terms(total_minor=595)
    order = place_order(cart=cart, terms=terms, today=later[0], now=later[1])
    assert order.account == first.account
    assert order.invoice is not None
    assert order.invoice.total_minor == 595
    assert Account.objects.count() == 1
    assert Invoice.objects.filter(account=order.account).count() == 3
    assert not run_billing(first=later[0], last=later[0], now=month).invoices


def test_every_price_of_a_plan_comes_with_it(front: Storefront) -> None:
    publish_price(
        plan=front.plans["gross/month"],
        code="extra",
        currency="EUR",
        model={"model": "flat", "amount": "1.00"},
        tax_inclusive=True,
        now=NOW,
    )
    order = front.order("gross/month")
    assert order.invoice is not None
    assert order.invoice.total_minor == 695
