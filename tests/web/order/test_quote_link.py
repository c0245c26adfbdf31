"""A quote is accepted, declined and paid by its link; looking at it changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from quarterday.services.accounts.open_account import open_account
from quarterday.services.links.make_link import make_link
from quarterday.services.quotes.make_quote import make_quote
from quarterday.services.quotes.quote_items import QuoteItem
from quarterday.store.models import LinkPurpose, Order, Quote
from tests.services.orders.storefront import DAY, NOW
from tests.web.order.visitor import Visitor, text_of

pytestmark = pytest.mark.django_db


def quote_path(visitor: Visitor) -> str:
    seller = visitor.front.seller
    account = open_account(seller=seller, name="Example Cinema", country="DE", now=NOW)
    quote = make_quote(
        account=account,
        items=[QuoteItem(visitor.front.plans["web/month"])],
        valid_through=DAY + timedelta(days=9),
        today=DAY,
        now=NOW,
    )
    made = make_link(
        seller=seller,
        purpose=LinkPurpose.QUOTE,
        now=NOW,
        account_id=account.id,
        subject=quote.public_id,
        expires_at=NOW + timedelta(days=9),
    )
    return "/l/" + made.url.rpartition("/l/")[2]


def test_it_is_read_accepted_and_paid(visitor: Visitor) -> None:
    path, client = quote_path(visitor), Client()
    page = client.get(path)
    assert "29.74 €" in text_of(page)
    assert Quote.objects.get().status == "open"
    assert client.post(path, {"do": "accept"}).status_code == 422
    assert client.post(path, {"do": "accept", "terms": "1"}).status_code == 302
    assert Order.objects.get().terms_version == "2026-01"
    client.post(path, {"do": "accept", "terms": "1"})
    assert Order.objects.count() == 1
    assert "Pay 29.74 €" in text_of(client.get(path))
    assert client.get(path, {"pay": "1"}).status_code == 200


def test_it_is_declined(visitor: Visitor) -> None:
    path, client = quote_path(visitor), Client()
    assert client.post(path, {"do": "decline"}).status_code == 302
    assert "You declined it" in text_of(client.get(path))
    assert client.post(path, {"do": "accept", "terms": "1"}).status_code == 422
    assert not Order.objects.exists()
