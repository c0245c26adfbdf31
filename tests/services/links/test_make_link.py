"""Links are made only for what belongs together, and lead only where the seller allows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from quarterday.core.errors import BillingError
from quarterday.services.errors import NotFound
from quarterday.services.links.base_url import base_url
from quarterday.services.links.make_link import LIFETIME, MadeLink, make_link
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Brand, Link, LinkPurpose
from tests.services.till import NOW, Shop

P = LinkPurpose


def make(shop: Shop, purpose: LinkPurpose, **terms: Any) -> MadeLink:
    terms.setdefault("account_id", shop.account.id)
    return make_link(seller=shop.seller, purpose=purpose, now=NOW, **terms)


def test_a_link_has_an_address_and_a_row_that_does_not_give_it_away(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    made = make(shop, P.PAY, subject=invoice.public_id, kind="invoice_issued", variant="b")
    token = made.url.removeprefix("http://localhost:8000/l/")
    assert len(token) == 112
    row = Link.objects.values().get()
    assert (row["subject"], row["kind"], row["variant"]) == (
        invoice.public_id,
        "invoice_issued",
        "b",
    )
    assert all(token not in str(value) for value in row.values())
    assert row["expires_at"] == NOW + LIFETIME[P.PAY]


def test_two_links_for_one_thing_have_nothing_in_common(shop: Shop) -> None:
    urls = {make(shop, P.PORTAL).url for _ in range(20)}
    assert len(urls) == 20
    # All begin with the name of the key, which is no secret.
    assert len({url[-108:-92] for url in urls}) == 20


def test_links_begin_with_the_domain_of_the_seller(shop: Shop) -> None:
    assert base_url(shop.seller) == "http://localhost:8000"
    Brand.objects.create(seller=shop.seller, domain="pay.example.net")
    with override_settings(PUBLIC_URL="https://billing.example.com"):
        assert base_url(shop.seller) == "https://pay.example.net"


def test_a_sign_in_link_is_good_for_one_use_and_a_short_time(shop: Shop) -> None:
    link = make(shop, P.SIGN_IN, subject="usr_1", single_use=False).link
    assert link.single_use
    assert link.expires_at <= NOW + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("purpose", "terms", "said"),
    [
        (P.PAY, {}, "subject is missing"),
        (P.PAY, {"account_id": None, "subject": "inv_1"}, "account_id is missing"),
        (P.SIGN_IN, {}, "subject is missing"),
        (P.UNSUBSCRIBE, {"address": " "}, "address is missing"),
        (P.PORTAL, {"expires_at": NOW}, "expires_at, .* is not later than now"),
        (P.PORTAL, {"parameters": {"a": "x" * 1000}}, "parameters have more than 1000 characters"),
        ("steal", {}, "purpose must be one of pay, view"),
    ],
)
def test_bad_input_names_the_field(shop: Shop, purpose: Any, terms: Any, said: str) -> None:
    with pytest.raises(BillingError, match=said):
        make(shop, purpose, **terms)


def test_the_invoice_of_another_account_is_not_there(shop: Shop) -> None:
    foreign = shop.invoice(1000, account=shop.open_account("A2"))
    for purpose in (P.PAY, P.VIEW):
        with pytest.raises(NotFound, match="has no invoice"):
            make(shop, purpose, subject=foreign.public_id)


def test_the_account_of_another_seller_is_not_there(shop: Shop) -> None:
    other = open_seller(
        code="other", name="Other", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    with pytest.raises(NotFound, match="has no account with the key"):
        make_link(seller=other, purpose=P.PORTAL, now=NOW, account_id=shop.account.id)


@pytest.mark.parametrize(
    "destination",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "/\t/evil.example",
        " https://shop.example.net/",
        "https://shop.example.net@evil.example/",
        "https://evil.example/https://shop.example.net",
        "https://evil.example#@shop.example.net",
        "https://shop.example.net.evil.example/",
        "https://notshop.example.net/",
        "https://shop.example.net:8443/",
        "http://shop.example.net/",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://shop.example.net/",
        "https://[::1",
        "https://shop.example.net/\r\nSet-Cookie: a=b",
        "/ok\r\nX-Injected: yes",
        "/\x00",
        "/l/another-token",
        "http://localhost:8000//evil.example",
        "",
        "/" + "x" * 2000,
    ],
)
def test_a_link_leads_to_trusted_hosts_only(shop: Shop, destination: str) -> None:
    Brand.objects.create(seller=shop.seller, data={"link_hosts": ["shop.example.net"]})
    with pytest.raises(BillingError, match="destination"):
        make(shop, P.CUSTOM, destination=destination)


@pytest.mark.parametrize(
    "destination",
    [
        "https://shop.example.net/offers?a=1#top",
        "https://SHOP.example.net/",
        "https://shop.example.net:443/",
        "/invoices/",
        "http://localhost:8000/order/",
    ],
)
def test_trusted_destinations(shop: Shop, destination: str) -> None:
    Brand.objects.create(seller=shop.seller, data={"link_hosts": ["Shop.Example.net"]})
    assert make(shop, P.CUSTOM, destination=destination).link.destination == destination


@pytest.mark.parametrize("destination", ["https://shop.example.net/", "//x.example", "invoices/"])
def test_a_page_of_the_portal_is_a_path(shop: Shop, destination: str) -> None:
    with pytest.raises(BillingError, match="must be a page of the portal"):
        make(shop, P.PORTAL, destination=destination)
