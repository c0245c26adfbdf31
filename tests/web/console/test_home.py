"""Home: what needs somebody first, then figures that are those of the documents."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.services.figures.refresh_figures import refresh_figures
from quarterday.services.messages.mark_address import mark_address
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import Alert, BillingProblem, Cycle, CycleStep
from quarterday.web.kit.clock import read_now, read_today
from tests.services.bank.lines import make_bank, make_line
from tests.services.till import Shop
from tests.web.console.staffer import Staffer, hire

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_march(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDAY_NOW", "2026-03-20T12:00+01:00")
    # The sign-in would be over long before.
    monkeypatch.setattr("quarterday.web.console.door.keep_alive", lambda request: None)


def refresh(shop: Shop) -> None:
    refresh_figures(seller=shop.seller, now=read_now(), is_whole=True)


def test_it_says_that_nothing_waits_and_how_the_month_goes(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    assert "have not been added up yet" in staffer.see("/console/")
    shop.subscribe(shop.meter(), "first.example")
    shop.invoice(10000)
    shop.pay(5000)
    refresh(shop)
    page = staffer.see("/console/")
    assert "Nothing needs you now" in page
    for told in ("50.00 €", "119.00 €", "69.00 €", "from 1 to 20 Feb 2026"):
        assert told in page, told
    assert "just now" in page
    march = "from=2026-03-01&to=2026-03-20&currency=EUR"
    assert f"/console/lists/payments/?show=received&{march}" in page
    assert "/console/lists/invoices/?show=open&by=due&from=2026-02-18&to=2026-03-19" in page
    assert page.count("<svg") >= 4


def test_it_names_what_waits_the_worst_first(shop: Shop) -> None:
    user = hire(shop.seller)
    staffer, now, today = Staffer(user), read_now(), read_today(shop.seller)
    make_line(make_bank(shop.seller), 5000)
    for address in ("a@customer.example", "b@customer.example"):
        shop.account.contacts.create(email=address)
        mark_address(address=address, reason="bounced", detail="", now=now)
    BillingProblem.objects.create(
        account=shop.account, reason="no tax rate", first_on=today, last_on=today
    )
    Alert.objects.create(key="k", kind="cycle", text="The run is late", raised_at=now)
    open_task(seller=shop.seller, key="t", kind="call", title="Call", due_on=today, now=now)
    cycle = Cycle.objects.create(day=today - timedelta(days=1), status="failed")
    summary = {"parts": {"check": {"proofs": 31, "offences": 2}}}
    CycleStep.objects.create(cycle=cycle, name="check", position=8, status="done", summary=summary)
    CycleStep.objects.create(cycle=cycle, name="collect", position=4, status="failed", error="no")
    page = staffer.see("/console/")
    assert "6 things need you now" in page
    counts = re.findall(r'notice-(\w+)" href="([^"]+)"><span class="notice-count">(\d+)', page)
    assert [tone for tone, _, _ in counts] == ["bad", "bad", "due", "due", "due"]
    for told in ("The run is late", "account could not be billed", "contacts get no mail"):
        assert told in page, told
    assert "2 offences" in page
    assert "trouble in collect" in page
    for _, url, _ in counts:
        staffer.see(url)


def test_currencies_stand_apart(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    shop.invoice(10000)
    francs = shop.open_account("CH1", currency="CHF")
    shop.charge(7000, account=francs)
    shop.bill()
    refresh(shop)
    page = staffer.see("/console/")
    assert "?currency=CHF" in page and "119.00 €" in page and "189" not in page
    page = staffer.see("/console/?currency=CHF")
    assert "83.30 CHF" in page and "119.00 €" not in page
    staffer.see("/console/?currency=XXX")


def test_who_may_not_see_money_sees_none(shop: Shop) -> None:
    shop.invoice(10000)
    refresh(shop)
    page = Staffer(hire(shop.seller, "cashier")).see("/console/")
    assert "119.00" not in page and "<svg" not in page


def test_it_asks_as_much_however_much_there_is(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    bank = make_bank(shop.seller)

    def measure() -> int:
        refresh(shop)
        staffer.see("/console/")
        with CaptureQueriesContext(connection) as queries:
            staffer.see("/console/")
        return len(queries)

    def add(number: int) -> None:
        account: Any = shop.open_account(f"B{number}")
        account.contacts.create(email=f"{number}@customer.example")
        mark_address(
            address=f"{number}@customer.example", reason="bounced", detail="", now=read_now()
        )
        make_line(bank, 100 + number)
        shop.charge(1000, account=account)
        shop.bill()
        shop.pay(300, account=account)

    add(0)
    few = measure()
    for number in range(1, 5):
        add(number)
    assert measure() == few <= 40
