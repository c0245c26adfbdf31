"""Pages cost the same however long somebody has been a customer: queries, and time."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.ports.clock import VARIABLE
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.store.models import Account, Invoice
from tests.services.till import DAY, NOW, Shop
from tests.web.portal.customer import CLOCK, TODAY, Customer, live_through, offer_sandbox

pytestmark = pytest.mark.django_db

PAGES = (
    "/",
    "/next-invoice/",
    "/invoices/",
    "/invoices/?state=all",
    "/invoices/?state=all&q=space+1.19",
    "/invoices/list.csv?state=all",
    "/invoices/INVOICE/",
    "/credit/",
    "/credit/add/",
    "/credit/top-up/",
    "/credit/back/",
    "/credit/list.csv",
    "/payments/PAYMENT/",
    "/payment-methods/",
    "/documents/",
    "/documents/2026/",
)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def fill(shop: Shop, account: Account, days: int) -> Customer:
    """A customer of so many days with an invoice each, credit and a credit note."""
    for number in range(max(1, days // 5)):
        grant_credit(
            account=account, kind="goodwill", amount_minor=1, today=date(2024, 1, 1), now=NOW,
            reason=f"number {number}",
        )  # fmt: skip
    live_through(shop, account, days, TODAY - timedelta(days=days))
    shop.pay(300, account=account)
    first = Invoice.objects.filter(account=account).earliest("id")
    credit_invoice(invoice=first, today=DAY, now=NOW, reason="late")
    return Customer(account)


def fill_in(page: str, customer: Customer) -> str:
    """An address with the ids of the customer's own papers."""
    payment = customer.account.payments.latest("id")
    invoice = customer.account.invoices.latest("id")
    return page.replace("INVOICE", invoice.public_id).replace("PAYMENT", payment.public_id)


def count(customer: Customer, url: str) -> int:
    customer.download(url)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        customer.download(url)
    return len(queries)


def test_no_page_needs_more_queries_for_a_large_account(shop: Shop) -> None:
    offer_sandbox(shop)
    small, large = fill(shop, shop.account, 8), fill(shop, shop.open_account("A2"), 500)
    assert large.account.invoices.count() == 500
    counts = {}
    for page in PAGES:
        few, many = (count(one, fill_in(page, one)) for one in (small, large))
        counts[page] = (few, many)
    assert {page: pair for page, pair in counts.items() if pair[0] != pair[1]} == {}
    assert max(few for few, _ in counts.values()) <= 40, counts


def test_search_leads_to_the_same_page_by_part_and_whole(shop: Shop) -> None:
    """The page's script takes one part out of the whole page, so nothing else has to be there."""
    live_through(shop, shop.account, 8, date(2026, 2, 1))
    page = Customer(shop.account).see("/invoices/?state=all&q=space")
    assert re.search(r'data-live="found"', page) and 'id="found"' in page
