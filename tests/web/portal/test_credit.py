"""Credit: the balance, how it came to be, and the limits of adding to it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from quarterday.ports.clock import VARIABLE
from quarterday.services.credit.deduct_credit import deduct_credit
from quarterday.services.credit.expire_credit import expire_credit
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.store.queries.portal.credit import page_credit
from tests.services.till import DAY, NOW, Shop
from tests.web.portal.customer import CLOCK, Customer, offer_sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def give(shop: Shop, amount_minor: int, on: date = DAY, **terms: object) -> None:
    given = {"kind": "goodwill", "reason": "sorry"} | terms
    grant_credit(account=shop.account, amount_minor=amount_minor, today=on, now=NOW, **given)


def test_the_history_has_each_move_and_what_was_left(shop: Shop) -> None:
    give(shop, 5000, date(2026, 2, 1))
    invoice = shop.invoice(1000, on=date(2026, 2, 10))
    payment = shop.pay(700, on=date(2026, 2, 20))
    deduct_credit(account=shop.account, amount_minor=100, today=DAY, now=NOW, reason="a mistake")
    moves = page_credit(shop.account.id).moves
    assert [(one.kind, one.amount_minor, one.balance_minor) for one in moves] == [
        ("deduction", -100, 4410),
        ("grant", 700, 4510),
        ("use", -1190, 3810),
        ("grant", 5000, 5000),
    ]
    page = Customer(shop.account).see("/credit/")
    page = page.replace('+<span class="money">', '<span class="money">+')
    for words in ("44.10 €", "−1.00 €", "+7.00 €", "−11.90 €", "+50.00 €", "a mistake", "sorry"):
        assert words in page
    assert f'<a href="/invoices/{invoice.public_id}/">{invoice.label}</a>' in page
    assert f'<a href="/payments/{payment.public_id}/">See the payment</a>' in page


def test_what_is_left_is_named_with_its_last_day(shop: Shop) -> None:
    give(shop, 1000, kind="promotional", expires_on=date(2026, 3, 31), reason="spring")
    give(shop, 2000, kind="promotional", expires_on=date(2026, 3, 4), reason="gone")
    page = Customer(shop.account).see("/credit/")
    left = page.partition("What it is made of")[2].partition("History")[0]
    assert "30 Mar" in left and "spring" in left
    # It has expired, though the job that takes it away has not run yet.
    assert "gone" not in left
    assert '<h1 class="answer"><span class="money">10.00 €' in page


def test_expired_credit_is_told(shop: Shop) -> None:
    give(shop, 1000, kind="promotional", expires_on=date(2026, 3, 3))
    expire_credit(today=date(2026, 3, 4), now=NOW)
    page = Customer(shop.account).see("/credit/")
    assert "Expired" in page and "−10.00 €" in page


def test_pages_lead_through_all_moves(shop: Shop) -> None:
    for day in range(1, 29):
        give(shop, 100, date(2026, 2, day))
        give(shop, 50, date(2026, 2, day))
    customer, url, balances, pages = Customer(shop.account), "/credit/", [], 0
    while url:
        page = customer.see(url)
        rows = re.findall(r'quiet left"[^>]*><span class="money">([\d.]+) €', page)
        balances += [float(one) for one in rows]
        found = re.search(r'rel="next" href="([^"]+)"', page)
        url, pages = found[1] if found else "", pages + 1
    assert pages == 3
    assert len(balances) == 56
    assert balances == sorted(balances, reverse=True)
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back and "See" not in customer.see(back[1]).partition("History")[0]


def test_an_account_without_credit_is_told_what_will_appear(shop: Shop) -> None:
    assert "No credit yet" in Customer(shop.account).see("/credit/?after=x")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("4.99", "At least 5.00 € can be added"),
        ("100.01", "At most 100.00 € can be added at a time"),
        ("no", "Write it as a number"),
        ("-20", "At least"),
        ("1" * 24, "At most"),
        ("", "Say how much to add"),
    ],
)
def test_amounts_out_of_bounds_are_refused_with_the_bound(
    shop: Shop, amount: str, words: str
) -> None:
    offer_sandbox(shop, min_minor=500, max_minor=10000, max_balance_minor=30000)
    page = Customer(shop.account).see(f"/credit/add/?amount={amount}")
    assert words in page
    assert "Please look at this again" in page


def test_the_balance_may_not_rise_above_its_limit(shop: Shop) -> None:
    offer_sandbox(shop, min_minor=500, max_minor=10000, max_balance_minor=30000)
    give(shop, 25000)
    customer = Customer(shop.account)
    assert "From 5.00 € to 50.00 €" in customer.see("/credit/add/")
    assert "At most 50.00 € can be added now" in customer.see("/credit/add/?amount=60")
    give(shop, 4900)
    assert "No more can be added now" in customer.see("/credit/add/")


def test_a_good_amount_leads_to_paying(shop: Shop) -> None:
    offer_sandbox(shop, min_minor=500, max_minor=10000, max_balance_minor=30000)
    page = Customer(shop.account).see("/credit/add/?amount=20,00")
    assert "Pay 20.00 €" in page
    assert "Test card" in page


def test_only_those_who_may_pay_may_add(shop: Shop) -> None:
    offer_sandbox(shop)
    reader = Customer(shop.account, "read_only")
    assert "/credit/add/" not in reader.see("/credit/")
    reader.see("/credit/add/?amount=20", status=403)


@pytest.mark.parametrize(
    ("use", "words"),
    [
        ("at_issue", "pays your next invoices by itself"),
        ("on_due_date", "by itself on the day they are due"),
        ("never", "when you ask us to"),
    ],
)
def test_it_says_when_credit_is_used(shop: Shop, use: str, words: str) -> None:
    account = shop.open_account("A2", settings={"credit_use": use})
    grant_credit(
        account=account, kind="goodwill", amount_minor=100, today=DAY, now=NOW, reason="sorry"
    )
    customer = Customer(account)
    for url in ("/", "/credit/", "/credit/add/"):
        assert words in customer.see(url)
