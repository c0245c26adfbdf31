"""From a full cart to an order that is paid, with nothing to gain from tampering."""

from __future__ import annotations

from typing import Any

import pytest

from quarterday.services.accounts.open_account import open_account
from quarterday.services.catalog.retire_price import retire_price
from quarterday.services.payments.record_payment import record_payment
from quarterday.services.users.add_user import add_member, add_user
from quarterday.store.models import Account, Cart, Invoice, Order, Price, User
from tests.services.orders.storefront import DAY, NOW
from tests.web.order.visitor import Visitor, text_of

pytestmark = pytest.mark.django_db


def test_a_stranger_orders_and_goes_on_to_pay(visitor: Visitor) -> None:
    visitor.add()
    answer = visitor.check_out()
    order = visitor.order
    assert answer.headers["Location"] == f"{visitor.shop}orders/{order.public_id}/pay/"
    assert (order.terms_version, order.account.name) == ("2026-01", "Example Bakery")
    assert order.account.address == {
        "line1": "Example Street 1",
        "postcode": "00001",
        "city": "Sampleton",
    }
    page = visitor.get(f"orders/{order.public_id}/pay/")
    assert "29.74 €" in text_of(page)
    text = text_of(visitor.get(f"orders/{order.public_id}/"))
    assert "waits for its payment" in text
    assert "Pay 29.74 €" in text


def test_once_paid_it_is_complete(visitor: Visitor) -> None:
    visitor.add()
    visitor.check_out()
    order = visitor.order
    record_payment(account=order.account, amount_minor=2974, method="card", today=DAY, now=NOW)
    text = text_of(visitor.get(f"orders/{order.public_id}/"))
    assert "your order is complete" in text
    assert visitor.get(f"orders/{order.public_id}/pay/").status_code == 302


def test_with_nothing_to_pay_it_is_done_at_once(visitor: Visitor) -> None:
    visitor.add("trial/month")
    page = text_of(visitor.get("check-out/"))
    assert "Order and pay from 16 March 2026" in page
    answer = visitor.check_out()
    assert answer.headers["Location"] == f"{visitor.shop}orders/{visitor.order.public_id}/"
    assert "On trial" in text_of(visitor.client.get(answer.headers["Location"]))


def test_on_invoice_where_the_offer_allows(visitor: Visitor) -> None:
    visitor.add("seats/month")
    answer = visitor.check_out(pay="invoice")
    assert answer.headers["Location"].endswith(f"{visitor.order.public_id}/")
    assert visitor.order.data["pay_later"]
    other = Visitor(visitor.front)
    other.add("web/month")
    other.check_out(pay="invoice")
    assert not other.order.data["pay_later"]


def test_the_button_pressed_twice_is_one_order(visitor: Visitor) -> None:
    visitor.add()
    page = visitor.check_out()
    again = visitor.post("check-out/", email="ada@bakery.example")
    assert again.headers["Location"] == page.headers["Location"].removesuffix("pay/")
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "nobody"}, "Enter a valid email address"),
        ({"name": ""}, "Please fill this in"),
        ({"terms": ""}, "Accept the terms"),
        ({"tax_id": "DE1"}, "no tax number of that country"),
        ({"country": "XX"}, "Please look at this again"),
        ({"total": "1"}, "The total has changed"),
        ({"total": "0"}, "The total has changed"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_what_was_typed_is_kept(
    visitor: Visitor, changes: dict[str, str], said: str
) -> None:
    visitor.add()
    answer = visitor.check_out(**changes)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "Sampleton" in answer.content.decode()
    assert not any(model.objects.exists() for model in (Order, Account, User, Invoice))


def test_a_known_address_gets_the_same_answer_as_a_new_one(visitor: Visitor) -> None:
    visitor.add()
    first = visitor.check_out()
    other = Visitor(visitor.front)
    other.add()
    second = other.check_out()
    assert first.status_code == second.status_code == 302
    pages = [
        text_of(one.client.get(answer.headers["Location"].removesuffix("pay/")))
        for one, answer in ((visitor, first), (other, second))
    ]
    labels = [one.label for one in Order.objects.order_by("id")]
    invoices = [one.label for one in Invoice.objects.order_by("id")]
    assert pages[0].replace(labels[0], "").replace(invoices[0], "") == pages[1].replace(
        labels[1], ""
    ).replace(invoices[1], "")
    assert "sessionid" in visitor.client.cookies
    assert "_auth_user_id" not in visitor.client.session


def test_orders_are_seen_by_those_who_placed_them(visitor: Visitor) -> None:
    visitor.add()
    visitor.check_out()
    public_id = visitor.order.public_id
    stranger = Visitor(visitor.front)
    for path in (f"orders/{public_id}/", f"orders/{public_id}/pay/", "orders/ord_none/"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"orders/{public_id}/pay/", way="card").status_code == 404


def test_tax_of_another_country_is_what_is_billed(visitor: Visitor) -> None:
    visitor.add("seats/month")
    place = {"country": "FR", "tax_id": "FR 40 303 265 045"}
    look = visitor.post("check-out/", look="1", **place)
    assert look.status_code == 200
    assert "Due today 3.33 €" in text_of(look)
    assert "Please look at this again" not in text_of(look)
    visitor.check_out(**place)
    assert visitor.order.data["total_minor"] == 333
    assert visitor.order.account.tax_id == "FR40303265045"
    assert visitor.order.account.tax_id_evidence["valid"]


def test_a_total_for_another_country_is_not_ordered_unseen(visitor: Visitor) -> None:
    visitor.add("seats/month")
    answer = visitor.check_out(country="US")
    assert answer.status_code == 422
    assert "The total has changed" in text_of(answer)
    visitor.check_out(country="US")
    assert visitor.order.data["total_minor"] == 333


def test_a_price_that_ended_meanwhile_leads_back_to_the_cart(visitor: Visitor) -> None:
    visitor.add()
    page = visitor.get("check-out/")
    assert page.status_code == 200
    price = Price.objects.get(plan=visitor.front.plans["web/month"])
    retire_price(price=price, on=DAY, now=NOW)
    answer = visitor.post("check-out/", email="a@b.example", country="DE")
    assert answer.status_code == 302
    assert not Order.objects.exists()
    assert visitor.get("check-out/").headers["Location"] == f"{visitor.shop}cart/"


def test_who_is_signed_in_orders_for_their_account(visitor: Visitor) -> None:
    account = open_account(
        seller=visitor.front.seller, name="Example Cinema", country="DE", now=NOW
    )
    owner, clerk = (add_user(email=f"{name}@cinema.example") for name in ("owner", "clerk"))
    add_member(account_id=account.id, user=owner, role="owner", now=NOW)
    add_member(account_id=account.id, user=clerk, role="read_only", now=NOW)
    visitor.add("gross/month")
    visitor.client.force_login(owner)
    page = text_of(visitor.get("check-out/"))
    assert "Example Cinema" in page
    assert "Mail address" not in page
    visitor.check_out()
    assert visitor.order.account == account
    assert visitor.order.terms_version == "2026-01"
    reader = Visitor(visitor.front)
    reader.client.force_login(clerk)
    reader.add()
    assert "Mail address" in text_of(reader.get("check-out/"))


def test_a_cart_of_an_account_is_not_left_behind_for_others(visitor: Visitor) -> None:
    account = open_account(
        seller=visitor.front.seller, name="Example Cinema", country="DE", now=NOW
    )
    owner = add_user(email="owner@cinema.example")
    add_member(account_id=account.id, user=owner, role="owner", now=NOW)
    visitor.client.force_login(owner)
    visitor.add()
    assert Cart.objects.get().account == account
    key = visitor.client.session["carts"]
    visitor.client.logout()
    session: Any = visitor.client.session
    session["carts"] = key
    session.save()
    assert "Your cart is empty" in text_of(visitor.get("cart/"))


def test_without_terms_there_is_nothing_to_accept(visitor: Visitor) -> None:
    from quarterday.services.sellers.change_brand import change_brand

    change_brand(seller=visitor.front.seller, data={}, now=NOW)
    visitor.add()
    assert "terms of service" not in text_of(visitor.get("check-out/"))
    visitor.check_out(terms="")
    assert (visitor.order.terms_version, visitor.order.terms_accepted_at) == ("", None)


def test_forms_need_their_token(visitor: Visitor) -> None:
    from django.test import Client

    visitor.client = Client(enforce_csrf_checks=True)
    assert visitor.add().status_code == 403
    assert not Cart.objects.exists()


def test_nobody_orders_by_the_hundred(visitor: Visitor) -> None:
    for _ in range(31):
        visitor.add("seats/month")
        answer = visitor.check_out(total="1")
    assert answer.status_code == 429
    assert not Order.objects.exists()


def test_behind_a_proxy_each_visitor_counts_alone(visitor: Visitor, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(31):
        visitor.client.defaults["HTTP_X_FORWARDED_FOR"] = f"10.{number}.0.1"
        visitor.add("seats/month")
        answer = visitor.check_out(total="1")
    assert answer.status_code == 422
