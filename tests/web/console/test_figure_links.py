"""Every figure opens the list behind it: exactly the rows that it counts, or that add up to it."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from quarterday.core.instalments import split_amount
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.collection.agree_instalments import agree_instalments
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.figures.refresh_figures import refresh_figures
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.messages.mark_address import mark_address
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.services.sellers.open_seller import open_seller
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import (
    BillingProblem,
    Delivery,
    GatewayEvent,
    Message,
    Payment,
    PaymentAttempt,
)
from quarterday.web.kit.clock import read_now, read_today
from tests.services.bank.lines import make_bank, make_line
from tests.services.till import DAY, LATER, NOW, Shop
from tests.web.console.staffer import Staffer, hire
from tests.web.console.test_lists import take

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a[^>]*href="(/console/[^"]+)"[^>]*>(.*?)</a>', re.S)
MONEY = re.compile(r"(-|−)?([\d,]+\.\d\d) €")
SUMS = {"show=overdue": "Open", "show=open": "Open"}


@pytest.fixture(autouse=True)
def in_march(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDAY_NOW", "2026-03-20T12:00+01:00")
    monkeypatch.setattr("quarterday.web.console.door.keep_alive", lambda request: None)


def busy_month(shop: Shop) -> None:
    """Some of everything that Home counts, beside what it must not count."""
    now, today = read_now(), read_today(shop.seller)
    last_month = DAY - timedelta(days=20)
    late = shop.open_account("L1")
    shop.charge(9900, on=last_month)
    shop.charge(5000, on=last_month, account=late)
    shop.bill(last_month)
    credited = shop.invoice(10000, 2500)
    credit_invoice(invoice=credited, today=LATER, now=NOW, reason="Twice")
    shop.charge(1700, on=LATER, account=late)
    shop.invoice(4000, on=LATER)
    francs = shop.open_account("CH1", currency="CHF")
    shop.charge(7000, account=francs)
    shop.bill()
    shop.pay(300, on=last_month)
    plan = publish_plan(product=shop.hosting, code="web", name="Web", now=NOW)
    price = {"model": "flat", "amount": "15.55"}
    publish_price(plan=plan, code="v1", currency="EUR", model=price, now=NOW)
    shop.subscribe(plan, "first.example", start_on=LATER, today=LATER)
    paid = shop.pay(20000)
    refund_payment(payment=paid, amount_minor=700, today=LATER, now=NOW)
    grant_credit(
        account=shop.account, kind="deposit", amount_minor=5000, method="cash", today=LATER, now=NOW
    )
    for number, (status, purpose) in enumerate(
        (("failed", "pay"), ("failed", "pay"), ("failed", "save"), ("succeeded", "pay"))
    ):
        PaymentAttempt.objects.create(
            account=shop.account, gateway="sandbox", amount_minor=1100 if purpose == "pay" else 0,
            currency="EUR", status=status, purpose=purpose, created_at=now, error=f"{number}",
        )  # fmt: skip
    message = Message.objects.create(
        seller=shop.seller, account=shop.account, kind="k", subject="s", created_at=now,
        send_at=now, status="addressed",
    )  # fmt: skip
    for status in ("bounced", "complained", "suppressed", "delivered", "queued"):
        Delivery.objects.create(
            message=message, address=f"{status}@customer.example", status=status,
            next_at=now, sent_at=now, message_key=status,
        )  # fmt: skip
    shop.account.contacts.create(email="a@customer.example")
    mark_address(address="a@customer.example", reason="bounced", detail="", now=now)
    BillingProblem.objects.create(
        account=shop.account, reason="no rate", first_on=today, last_on=today
    )
    bank = make_bank(shop.seller)
    make_line(bank, 5000)
    make_line(bank, 6000)
    for key, due in (("t", today), ("u", today + timedelta(days=9))):
        open_task(
            seller=shop.seller, key=key, kind="call", title=f"Call {key}", due_on=due, now=now
        )


def strip(text: str) -> str:
    return re.sub(r"<[^>]+>", " ", text).replace("\xa0", " ")


def shown(text: str) -> Decimal | None:
    found = MONEY.search(strip(text))
    return Decimal(found[2].replace(",", "")) if found else None


def add_up(staffer: Staffer, url: str) -> Decimal:
    column = next((name for show, name in SUMS.items() if show in url), "")
    rows = take(staffer, url)
    names = (column,) if column else ("Total", "Amount")
    return sum((Decimal(row[name]) for row in rows for name in names if name in row), Decimal(0))


def test_every_figure_of_home_opens_what_it_counts(shop: Shop) -> None:
    busy_month(shop)
    refresh_figures(seller=shop.seller, now=read_now(), is_whole=True)
    staffer = Staffer(hire(shop.seller))
    page = staffer.see("/console/")
    body = page[page.index('class="notices"') :]
    checked: dict[str, int] = {"money": 0, "count": 0, "report": 0}
    for url, text in LINK.findall(body):
        if "<title>" in text or url in ("/console/run/", "/console/system/"):
            continue  # A bar, whose figures stand in the table below; or a day, and no figure.
        said = strip(text)
        amount = shown(text)
        if url.startswith("/console/lists/") and amount is not None:
            assert add_up(staffer, url) == amount, (url, said)
            checked["money"] += 1
        elif url.startswith("/console/reports/") and amount is not None:
            assert f"{amount:,}" in staffer.see(url), (url, said)
            checked["report"] += 1
        elif "-count" in text or "figure-value" in text:
            found = re.search(r"\b(\d+)\b", said)
            assert found is not None, said
            assert count(staffer, url, staffer.see(url)) == int(found[1]), (url, said)
            checked["count"] += 1
    assert checked["money"] >= 9 and checked["count"] >= 6 and checked["report"] >= 1, checked
    # A net figure is not one list: each of its parts is.
    for told in ("in payments", "paid in by hand", "refunded", "in invoices", "in credit notes"):
        assert told in page, told
    # Some of it is late, some is not.
    assert len(re.findall(r"show=overdue", page)) == 1
    # All bars of lateness open what is due in their days.
    chart = body[body.index("How late is what we are owed") :]
    table = chart[chart.index("<tbody") : chart.index("</tbody>")]
    bars = re.findall(r"<tr>(.*?)</tr>", table, re.S)
    assert len(bars) == 5
    for bar in bars:
        url = LINK.search(bar)[1]  # type: ignore[index]
        values = [Decimal(one.replace(",", "")) for _, one in MONEY.findall(strip(bar))]
        assert add_up(staffer, url) == sum(values), url


def test_what_is_paid_in_parts_opens_what_counts_parts(shop: Shop) -> None:
    """Its due date says nothing of how late it is."""
    invoice = shop.invoice(10000, on=DAY - timedelta(days=60))
    parts = split_amount(invoice.open_minor, 2, DAY)
    agree_instalments(invoice=invoice, parts=parts, today=DAY, now=NOW)
    page = Staffer(hire(shop.seller)).see("/console/")
    assert "show=overdue" not in page and "/console/reports/receivables/?as_of=2026-03-20" in page
    tile = page[page.index('class="figure-label">Overdue') :]
    assert "59.50" in tile[: tile.index("</a>")]
    assert "/console/reports/open_invoices/?as_of=2026-03-20&currency=EUR&band=to_30" in page


def count(staffer: Staffer, url: str, page: str) -> int:
    """How many rows the page of a figure has."""
    if url.startswith("/console/lists/"):
        return len(take(staffer, url))
    return len(re.findall(r'<li class="item[ "]', page))


def test_what_waits_in_the_system_opens_its_rows_of_this_seller(shop: Shop) -> None:
    busy_month(shop)
    north = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    for seller, status in ((shop.seller, "unmatched"), (shop.seller, "failed"), (north, "failed")):
        GatewayEvent.objects.create(
            seller=seller, gateway="sandbox", event_id=f"{seller.code}{status}", status=status,
            received_at=NOW, body=b"{}",
        )  # fmt: skip
    staffer = Staffer(hire(None, "owner"))
    page = staffer.see("/console/system/?seller=shop")
    part = page[page.index("sys-queues") :]
    links = [(url, strip(text)) for url, text in LINK.findall(part[: part.index("</table>")])]
    assert len(links) >= 5
    for url, text in links:
        assert count(staffer, url, staffer.see(url)) == int(text), url


def test_money_that_came_back_is_told_apart(shop: Shop) -> None:
    paid = shop.pay(20000)
    refund_payment(payment=paid, amount_minor=700, today=LATER, now=NOW)
    Payment.objects.create(
        account=shop.account, kind="returned", status="succeeded", method="bank",
        received_on=LATER, currency="EUR", amount_minor=700, open_minor=700,
    )  # fmt: skip
    refresh_figures(seller=shop.seller, now=read_now(), is_whole=True)
    staffer = Staffer(hire(shop.seller))
    page: Any = staffer.see("/console/")
    tile = page[page.index("Collected this month") : page.index("Invoiced this month")]
    assert "200.00" in tile
    for url, text in LINK.findall(tile):
        assert add_up(staffer, url) == shown(text), url
    assert len(LINK.findall(tile)) == 3
    Payment.objects.filter(kind="returned").delete()
