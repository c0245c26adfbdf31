"""Changing a service: the shown figures are the billed ones, and nothing else can be had."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from quarterday.ports.clock import VARIABLE
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.change_quantity import change_quantity
from quarterday.store.models import CreditNote, Event, Invoice, Subscription
from tests.services.till import NOW, Shop
from tests.web.portal.contract import Shelves, hidden, quantity
from tests.web.portal.customer import CLOCK, TODAY, Customer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def confirm(customer: Customer, row: Subscription, **asked: Any) -> tuple[str, Any]:
    """The sheet of a change, and the answer to its button."""
    end = "cancel/confirm" if asked["verb"] in ("cancel", "undo_cancel") else "confirm"
    url = f"/services/{row.public_id}/{end}/"
    sheet = customer.client.post(url, asked)
    assert sheet.status_code == 200, sheet.headers
    page = sheet.content.decode()
    return " ".join(page.replace("\u00a0", " ").split()), customer.client.post(url, hidden(page))


def explained(page: str) -> list[str]:
    """The sentences about how the lines came to be, in order."""
    found = re.findall(r'<details class="explain">.*?<ul>(.*?)</ul>', unescape(page))
    return [text for one in found for text in re.findall(r"<li>(.*?)</li>", one)]


def services(row: Subscription) -> list[tuple[str, date, date | None]]:
    items = row.items.order_by("id").select_related("price__plan")
    return [(one.price.plan.name, one.start_on, one.end_on) for one in items]


def test_an_upgrade_bills_what_was_shown(shop: Shop) -> None:
    shelves = Shelves(shop)
    row = shelves.sell(shelves.start)
    customer = Customer(shop.account, "technical")
    choose = customer.see(f"/services/{row.public_id}/change/")
    assert "You have this" in choose and "Web Pro" in choose and "Server Large" in choose
    assert "Secret" not in choose and "Desk" not in choose
    page, done = confirm(customer, row, verb="plan", plan=shelves.pro.public_id, when="now")
    # 27 of 31 days of 31.00 less 27 of 31 days of 10.00, and 19 % of that.
    assert "Web Pro takes the place of Web Start from today, Thursday, 5 March 2026." in page
    assert "21.77 € is billed for it today, to be paid by Thursday, 19 March 2026." in page
    assert "27.00 €" in page and "−8.71 €" in page and "27 of 31 days" in page
    assert "Change for 21.77 €" in page and "36.89 €" in page
    assert done.status_code == 302
    invoice = Invoice.objects.latest("id")
    assert (invoice.total_minor, invoice.issued_on) == (2177, TODAY)
    assert [line.net_minor for line in invoice.lines.order_by("net_minor")] == [-871, 2700]
    assert "An invoice of 21.77 € was issued." in customer.see(f"/services/{row.public_id}/")
    paper = Customer(shop.account, "owner").see(f"/invoices/{invoice.public_id}/")
    told = explained(page)
    assert len(told) >= 4 and told == explained(paper)
    assert Event.objects.get(kind="subscription.plan_changed").actor == customer.user.public_id
    shop.bill(date(2026, 4, 1))
    assert Invoice.objects.latest("id").total_minor == 3689


def test_a_downgrade_gives_back_and_may_wait(shop: Shop) -> None:
    shelves = Shelves(shop)
    row = shelves.sell(shelves.pro)
    customer = Customer(shop.account)
    page, _ = confirm(customer, row, verb="plan", plan=shelves.start.public_id, when="period_end")
    assert "from Wednesday, 1 April 2026. Until then nothing changes." in page
    assert "Nothing is billed and nothing is given back today." in page
    assert "Change from 1 April 2026" in page and "11.90 €" in page
    page, _ = confirm(customer, row, verb="keep")
    assert "Keep Web Pro?" in page
    page, _ = confirm(customer, row, verb="plan", plan=shelves.start.public_id, when="now")
    assert "Change and get 21.77 € back" in page
    # What is charged for the days that are left stands on an invoice of its own.
    assert "Billed today" in page and "Given back today" in page
    assert CreditNote.objects.get().total_minor - Invoice.objects.latest("id").total_minor == 2177


def test_the_sheet_that_is_old_shows_the_new_figures_and_does_nothing(shop: Shop) -> None:
    shelves = Shelves(shop)
    row = shelves.sell(shelves.seats, **quantity(2))
    customer, url = Customer(shop.account), f"/services/{row.public_id}/confirm/"
    asked = {"verb": "quantity", "quantity": "5", "when": "now"}
    old = hidden(customer.client.get(url, asked).content.decode())
    change_quantity(subscription_id=row.id, quantity=quantity(3)["quantity"], today=TODAY, now=NOW)
    invoices = Invoice.objects.count()
    answer = customer.client.post(url, old)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "nothing was done" in page and hidden(page)["seen"] != old["seen"]
    assert Invoice.objects.count() == invoices
    assert customer.client.post(url, hidden(page)).status_code == 302
    again = customer.client.post(url, hidden(page))
    assert again.status_code == 302
    assert "It was done already." in customer.see(again.headers["Location"])


def test_addons_are_added_changed_and_removed(shop: Shop) -> None:
    shelves = Shelves(shop)
    row = shelves.sell(shelves.start)
    customer = Customer(shop.account)
    add = customer.see(f"/services/{row.public_id}/add/")
    assert "Daily backup" in add and "Mailboxes" in add and "16 GB memory" in add
    box = shelves.boxes.public_id
    page, _ = confirm(customer, row, verb="add", addon=box, quantity="5")
    assert "Add Mailboxes?" in page and "Add for 20.73 €" in page
    page, _ = confirm(customer, row, verb="quantity", addon=box, quantity="20")
    assert "You have 20 instead of 5 from today" in page
    page, done = confirm(customer, row, verb="remove", addon=box, when="period_end")
    assert "Mailboxes runs until Tuesday, 31 March 2026." in page
    assert "Remove at 31 March 2026" in page and done.status_code == 302
    assert "Keep it" in customer.see(f"/services/{row.public_id}/")
    page, _ = confirm(customer, row, verb="keep", addon=box)
    assert services(row)[-1] == ("Mailboxes", TODAY, None)


def test_an_option_is_swapped_in_one_step(shop: Shop) -> None:
    shelves = Shelves(shop)
    row = shelves.sell(shelves.start)
    add_addon(subscription_id=row.id, price=shelves.small.prices.get(), today=TODAY, now=NOW)
    customer = Customer(shop.account)
    page, _ = confirm(customer, row, verb="swap", choice=shelves.big.public_id)
    assert "16 GB memory takes the place of 8 GB memory from today" in page
    names = [name for name, _, end in services(row) if end is None]
    assert names == ["Web Start", "16 GB memory"]


def test_cancelling_says_the_day_and_can_be_undone(shop: Shop) -> None:
    shelves = Shelves(shop)
    row = shelves.sell(shelves.pro, data={"name": "example.com"})
    customer = Customer(shop.account)
    choose = customer.see(f"/services/{row.public_id}/cancel/")
    assert "It runs until" in choose and "32.13 € of unused time is given back." in choose
    page, _ = confirm(customer, row, verb="cancel", when="period_end", reason="too expensive")
    assert "Cancel example.com?" in page and "Cancel at 31 March 2026" in page
    assert "You can undo this until 31 March 2026." in page
    row.refresh_from_db()
    assert (row.status, row.cancel_reason) == ("cancelling", "too expensive")
    assert "Undo the cancellation" in customer.see(f"/services/{row.public_id}/")
    page, _ = confirm(customer, row, verb="undo_cancel")
    row.refresh_from_db()
    assert row.status == "active" and "Undo the cancellation" in page


def test_cancelling_now_credits_the_rest(shop: Shop) -> None:
    shelves = Shelves(shop)
    row = shelves.sell(shelves.pro)
    customer = Customer(shop.account)
    page, _ = confirm(customer, row, verb="cancel", when="now", words="<b>bye</b>\x00")
    assert "It stops today, Thursday, 5 March 2026." in page
    assert "32.13 € of time that you paid for and do not use is given back today." in page
    assert "This cannot be undone." in page and "Cancel today" in page
    row.refresh_from_db()
    assert (row.status, row.cancel_reason) == ("cancelled", "<b>bye</b>")
    assert CreditNote.objects.get().total_minor == 3213
    gone = customer.client.get(f"/services/{row.public_id}/cancel/")
    assert gone.status_code == 302


HOSTILE = (
    ({"verb": "explode"}, 404),
    ({"verb": "plan", "plan": "SECRET"}, 302),
    ({"verb": "plan", "plan": "' OR 1=1 --"}, 302),
    ({"verb": "plan"}, 302),
    ({"verb": "quantity", "quantity": "10"}, 302),
    ({"verb": "quantity", "quantity": "-1"}, 302),
    ({"verb": "quantity", "quantity": "1e9"}, 302),
    ({"verb": "quantity", "quantity": "٣"}, 302),
    ({"verb": "quantity", "quantity": "2", "when": "yesterday"}, 302),
    ({"verb": "quantity", "quantity": "2", "addon": "prc_x"}, 404),
    ({"verb": "add", "addon": "SECRET"}, 302),
    ({"verb": "remove", "addon": "SECRET"}, 302),
    ({"verb": "remove"}, 302),
    ({"verb": "swap", "choice": "SECRET"}, 302),
    ({"verb": "keep"}, 302),
    ({"verb": "cancel"}, 404),
    ({"verb": "undo_cancel"}, 404),
)


@pytest.mark.parametrize(("asked", "status"), HOSTILE)
def test_what_is_not_offered_cannot_be_had(shop: Shop, asked: dict[str, str], status: int) -> None:
    shelves = Shelves(shop)
    row = shelves.sell(shelves.seats, **quantity(2))
    before = services(row)
    customer, url = Customer(shop.account), f"/services/{row.public_id}/confirm/"
    sent = {
        name: value.replace("SECRET", shelves.secret.public_id) for name, value in asked.items()
    }
    assert customer.client.get(url, sent).status_code == status
    answer = customer.client.post(url, sent | {"seen": "0" * 32})
    assert answer.status_code == status
    assert services(row) == before
    if status == 302:
        assert customer.client.get(answer.headers["Location"]).status_code == 200


def test_a_service_that_is_paused_is_not_changed(shop: Shop) -> None:
    from quarterday.services.subscriptions.pause_subscription import pause_subscription

    shelves = Shelves(shop)
    row = shelves.sell(shelves.start)
    pause_subscription(subscription_id=row.id, today=TODAY, now=NOW)
    customer = Customer(shop.account)
    answer = customer.client.get(f"/services/{row.public_id}/change/", follow=True)
    assert "cannot be changed in its present state" in answer.content.decode()
    asked = {"verb": "plan", "plan": shelves.pro.public_id}
    answer = customer.client.get(f"/services/{row.public_id}/confirm/", asked, follow=True)
    assert "Nothing was changed" in answer.content.decode()
