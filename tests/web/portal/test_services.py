"""Services as their owners see them: state, usage, what comes, and nobody else's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.ports.clock import VARIABLE
from quarterday.services.catalog.publish_discount import publish_discount
from quarterday.services.provisioning.hold_service import hold_service
from quarterday.services.provisioning.release_service import release_service
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.services.subscriptions.pause_subscription import pause_subscription
from quarterday.store.models import Subscription
from tests.services.till import NOW, Shop
from tests.web.portal.contract import START, Shelves, quantity
from tests.web.portal.customer import CLOCK, TODAY, Customer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def asked(subscription: Subscription) -> dict[str, object]:
    return {"subscription_id": subscription.id, "today": TODAY, "now": NOW}


def test_the_list_says_what_each_service_costs_next_and_when(shop: Shop) -> None:
    shelves = Shelves(shop)
    shelves.sell(shelves.pro, data={"name": "example.com"})
    shelves.sell(shelves.seats, **quantity(3))
    page = Customer(shop.account, "technical").see("/services/")
    assert "You have 2 services." in page
    assert "example.com" in page and "Web Pro" in page and "Desk seats · 3 ×" in page
    assert 'Next charge <span class="strong"><span class="money">36.89 €</span></span>' in page
    assert "1 April 2026" in page and "Running since 1 March 2026" in page


def test_states_are_told_with_their_day(shop: Shop) -> None:
    shelves = Shelves(shop)
    ending = shelves.sell(shelves.pro)
    cancel_subscription(subscription_id=ending.id, today=TODAY, now=NOW, at_period_end=True)
    paused = shelves.sell(shelves.start)
    pause_subscription(subscription_id=paused.id, today=TODAY, now=NOW)
    shelves.sell(shelves.start, start_on=date(2026, 4, 9))
    shelves.sell(shelves.start, trial_days=20)
    gone = shelves.sell(shelves.start)
    cancel_subscription(subscription_id=gone.id, today=TODAY, now=NOW)
    customer = Customer(shop.account)
    page = customer.see("/services/")
    for text in (
        "Runs until 31 March 2026",
        "Paused since 5 March 2026",
        "Starts on 9 April 2026",
        "Free trial until 20 March 2026",
    ):
        assert text in page, text
    assert "Ended on" not in page
    assert "Ended on 4 March 2026" in customer.see("/services/?state=over")
    assert "Nothing found" in customer.see("/services/?q=nonsense")


def test_an_account_without_services_is_told_what_will_be_here(shop: Shop) -> None:
    page = Customer(shop.account).see("/services/")
    assert "No services yet" in page and "it appears here" in page


def test_a_service_shows_parts_price_usage_and_what_comes(shop: Shop) -> None:
    shelves = Shelves(shop)
    shelves.measure(shelves.pro)
    third = publish_discount(
        seller=shop.seller, code="third", name="A third off", kind="percentage", value="33",
        duration="periods", periods=3, now=NOW,
    )  # fmt: skip
    row = shelves.sell(shelves.pro, discounts=[third])
    add_addon(price=shelves.backup.prices.get(), **asked(row))
    shelves.use(row, 2, "4")
    shelves.use(row, 4, "9")
    page = Customer(shop.account).see(f"/services/{row.public_id}/")
    assert "31.00 € per month" in page and "0.50 € for each GB" in page
    assert "10 GB are included in each period" in page
    assert "Daily backup" in page and "3.10 € per month" in page
    assert "A third off" in page and "33 % off" in page and "for 2 more periods" in page
    assert "13 GB" in page and "of 10 GB included" in page
    assert "1.50 €</span> so far for 3 GB above what is included" in page
    assert "at most 9 GB a day" in page and page.count("<rect") == 31
    assert "1 Mar 2026</time> to <time" in page and "31 Mar 2026" in page
    assert "Daily backup added from 5 March 2026" in page


def test_a_planned_change_is_shown_with_the_way_back(shop: Shop) -> None:
    shelves = Shelves(shop)
    row = shelves.sell(shelves.start)
    change_plan(plan=shelves.pro, on=date(2026, 4, 1), **asked(row))
    page = Customer(shop.account).see(f"/services/{row.public_id}/")
    assert "Web Pro begins on" in page and "?verb=keep" in page
    assert "<h3>Web Start</h3>" in page


@pytest.mark.parametrize(
    ("role", "changes", "cancels"),
    [("owner", 1, 1), ("technical", 1, 0), ("billing", 0, 0), ("read_only", 0, 0)],
)
def test_roles_see_what_they_may_do(shop: Shop, role: str, changes: int, cancels: int) -> None:
    shelves = Shelves(shop)
    row = shelves.sell(shelves.start)
    customer, url = Customer(shop.account, role), f"/services/{row.public_id}/"
    page = customer.see(url)
    assert ("Change plan" in page, "Cancel this service" in page) == (changes, cancels)
    assert ("Billed last" in page) == (role != "technical")
    for path, allowed in (("change", changes), ("add", changes), ("cancel", cancels)):
        assert customer.fetch(f"{url}{path}/").status_code == (200 if allowed else 403)
    confirm = customer.client.post(f"{url}cancel/confirm/", {"verb": "cancel", "seen": "x"})
    assert confirm.status_code == (409 if cancels else 403)


def test_nothing_of_another_account_is_there(shop: Shop) -> None:
    shelves = Shelves(shop)
    other = shop.open_account("A2")
    row = shelves.sell(shelves.start, other)
    customer = Customer(shop.account)
    url = f"/services/{row.public_id}/"
    for path in ("", "change/", "add/", "confirm/?verb=remove", "cancel/", "cancel/confirm/"):
        assert customer.fetch(url + path).status_code == 404, path
    sent = {"verb": "cancel", "when": "now", "seen": "0" * 32}
    assert customer.client.post(f"{url}cancel/confirm/", sent).status_code == 404
    row.refresh_from_db()
    assert row.status == "active"


@pytest.mark.parametrize("start", ["/services/", "/services/ID/", "/services/ID/change/"])
def test_pages_cost_the_same_however_much_there_is(shop: Shop, start: str) -> None:
    shelves = Shelves(shop)
    counts = []
    for name, size in (("small", 1), ("large", 25)):
        account = shop.open_account(name)
        for number in range(size):
            days = timedelta(days=number % 20)
            row = shelves.sell(shelves.pro, account, start_on=START - days)
            for price in (shelves.backup.prices.get(), shelves.boxes.prices.get()):
                add_addon(price=price, **asked(row))
        customer = Customer(account)
        url = start.replace("ID", row.public_id)
        customer.see(url)
        with CaptureQueriesContext(
            connection,
        ) as found:
            customer.see(url)
        counts.append(len(found))
    assert counts[0] == counts[1] <= 30


def test_a_service_that_is_held_says_why_and_how_to_end_it(shop: Shop) -> None:
    shelves = Shelves(shop)
    rows = [shelves.sell(shelves.pro) for _ in range(3)]
    invoice = shop.bill(START)
    hold_service(subscription=rows[0], cause="unpaid", subject=invoice.public_id, now=NOW)
    hold_service(subscription=rows[1], cause="staff", level="restricted", now=NOW)
    customer = Customer(shop.account)
    page = customer.see(f"/services/{rows[0].public_id}/")
    assert "Suspended since 2 March 2026" in page and f"{invoice.label} is unpaid" in page
    assert f"/invoices/pay/?invoice={invoice.public_id}" in page and "Held back" in page
    page = customer.see(f"/services/{rows[1].public_id}/")
    assert "Runs with less since 2 March 2026" in page and "Write to us" in page
    assert "Suspended" not in customer.see(f"/services/{rows[2].public_id}/")
    page = customer.see("/services/")
    assert page.count("Nothing was deleted") == 2
    home = customer.see("/")
    assert "Suspended" in home and "Restricted" in home, "the home page says the same"
    looking = Customer(shop.account, "technical").see(f"/services/{rows[0].public_id}/")
    assert "is unpaid" in looking and "/invoices/pay/" not in looking, "they may not pay"
    release_service(account=shop.account, cause="unpaid", subject=invoice.public_id, now=NOW)
    assert "Suspended" not in customer.see(f"/services/{rows[0].public_id}/")
