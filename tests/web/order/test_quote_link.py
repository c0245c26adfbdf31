"""A quote is accepted, declined and paid by its link; looking at it changes nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from quarterday.services.accounts.open_account import open_account
from quarterday.services.catalog.end_tax_rate import end_tax_rate
from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
from quarterday.services.links.make_link import make_link
from quarterday.services.messages.preview_message import preview_message
from quarterday.services.quotes.make_quote import make_quote
from quarterday.services.quotes.quote_items import QuoteItem
from quarterday.store.models import Invoice, LinkPurpose, Order, Quote, TaxRate
from tests.services.orders.storefront import DAY, NOW
from tests.web.order.visitor import Visitor, text_of

pytestmark = pytest.mark.django_db


def quote_path(visitor: Visitor, *plans: str) -> str:
    seller = visitor.front.seller
    account = open_account(seller=seller, name="Example Cinema", country="DE", now=NOW)
    quote = make_quote(
        account=account,
        items=[QuoteItem(visitor.front.plans[one]) for one in plans or ("web/month",)],
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
    wish = {"do": "accept", "total": "2974"}
    assert client.post(path, wish).status_code == 422
    assert client.post(path, {**wish, "terms": "1"}).status_code == 302
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


def test_its_lines_and_taxes_add_up_to_what_is_paid(visitor: Visitor) -> None:
    path = quote_path(visitor, "web/month", "gross/month")
    page, quote = text_of(Client().get(path)), Quote.objects.get()
    # 9.99 and 15.00 come without tax, 5.95 with it inside.
    sums = ("9.99 €", "15.00 €", "5.00 €", "5.70 €", "35.69 €")
    assert all(one in page for one in sums)
    told = preview_message(
        seller=quote.seller, kind="quote", now=NOW, account=quote.account, subject=quote.public_id
    )
    assert all(one in told.text.replace("\u00a0", " ") for one in (*sums, "29.99 €"))


def test_only_the_total_that_was_shown_is_ordered(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, client = quote_path(visitor), Client()
    later = DAY + timedelta(days=2)
    end_tax_rate(rate=TaxRate.objects.get(), on=later, now=NOW)
    publish_tax_rate(
        seller=visitor.front.seller,
        code="vat21",
        name="VAT",
        percent=21,
        country="DE",
        valid_from=later,
        now=NOW,
    )
    monkeypatch.setenv("QUARTERDAY_NOW", f"{later}T12:00:00+00:00")
    wish = {"do": "accept", "terms": "1"}
    for stale in ({}, {"total": "2974"}, {"total": "x"}):
        answer = client.post(path, {**wish, **stale})
        assert answer.status_code == 422
        assert "The total has changed" in text_of(answer)
    page = client.get(path).content.decode()
    shown = re.search(r'name="total" value="(\d+)"', page)
    assert shown is not None
    assert client.post(path, {**wish, "total": shown[1]}).status_code == 302
    assert Invoice.objects.get().total_minor == int(shown[1]) == 3024
    page = text_of(client.get(path))
    assert page.count("30.24 €") == 3 and "29.74 €" not in page and "VAT 21 %" in page
