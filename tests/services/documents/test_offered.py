"""Papers about what is not billed yet: quotes, and pro forma invoices of orders."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from quarterday.services.accounts.open_account import open_account
from quarterday.services.documents.get_document import get_document
from quarterday.services.quotes.make_quote import make_quote
from quarterday.services.quotes.quote_items import QuoteItem
from quarterday.store.models import DocumentKind
from tests.documents.pdf import check_archive, read_codes, read_text
from tests.services.orders.storefront import DAY, NOW, Storefront

pytestmark = pytest.mark.django_db


@pytest.fixture
def front(db: None) -> Storefront:
    return Storefront()


def test_a_quote_says_what_accepting_it_costs(front: Storefront) -> None:
    account = open_account(seller=front.seller, name="Example Cinema", country="DE", now=NOW)
    items = [
        QuoteItem(front.plans["seats/month"], Decimal(10)),
        QuoteItem(front.plans["web/month"]),
    ]
    quote = make_quote(
        account=account,
        items=items,
        valid_through=DAY + timedelta(days=30),
        intro="As we spoke about on the phone.",
        today=DAY,
        now=NOW,
    )
    made = get_document(kind=DocumentKind.QUOTE, subject=quote.public_id, now=NOW)
    check_archive(bytes(made.content))
    text = read_text(bytes(made.content))
    for words in (
        f"Quote {quote.label}",
        "As we spoke about on the phone.",
        "You can accept this quote until",
        f"Total {quote.total_minor / 100:,.2f} €",
        f"Total without tax {quote.net_minor / 100:,.2f} €",
    ):
        assert words in text
    assert read_codes(bytes(made.content)) == []


def test_an_order_that_waits_has_a_pro_forma_that_can_be_paid(front: Storefront) -> None:
    order = front.order("web/month")
    assert order.invoice is not None
    made = get_document(kind=DocumentKind.PRO_FORMA, subject=order.public_id, now=NOW)
    text = read_text(bytes(made.content))
    assert "Pro forma invoice" in text and "Example Hosting GmbH" in text
    assert f"Total {order.invoice.total_minor / 100:,.2f} €" in text
    (link,) = read_codes(bytes(made.content))
    assert "/l/" in link
