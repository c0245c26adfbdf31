"""The inbox: each thing is decided where it stands, by who may, once, and taken back."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.ports.outcomes import AttemptNews, Succeeded
from quarterday.services.bank.match_lines import match_lines
from quarterday.services.gateway_events.process_events import process_events
from quarterday.services.gateway_events.store_events import store_events
from quarterday.services.messages.mark_address import mark_address
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import (
    AddressMark,
    Alert,
    BankMatch,
    BillingProblem,
    Dispute,
    Event,
    GatewayEvent,
    Invoice,
    Payment,
    ServiceState,
    TaxRate,
    WebhookDelivery,
    WebhookEndpoint,
)
from tests.services.bank.lines import make_bank, make_line
from tests.services.paid import disputed, hear, offer, pay
from tests.services.till import DAY, LATER, NOW, Shop
from tests.web.console.staffer import Staffer, hire

pytestmark = pytest.mark.django_db


def do(staffer: Staffer, url: str, **values: str) -> str:
    """As htmx sends it: the one thing changes."""
    answer = staffer.client.post(
        f"/console/inbox/{url}/do/", values, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200, answer.status_code
    return unescape(answer.content.decode())


def open_of(staffer: Staffer, kind: str) -> int:
    """How many the tab of a kind shows."""
    page = staffer.see("/console/inbox/")
    found = re.search(rf'\?kind={kind}"[^>]*>[^<]*(?:<span class="inbox-count">(\d+))?', page)
    assert found is not None
    return int(found[1] or 0)


def test_a_proposal_is_booked_and_taken_back(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller, "finance"))
    invoice, bank = shop.invoice(10000), make_bank(shop.seller)
    line = make_line(bank, 11900, on=LATER, name=shop.account.name)
    match_lines(bank_account=bank, today=LATER, now=NOW)
    match = BankMatch.objects.get()
    url = f"bank/{line.public_id}"
    page = staffer.see("/console/inbox/?kind=bank")
    assert f"Probably {shop.account.name}, {invoice.label}" in page
    page = staffer.see(f"/console/inbox/{url}/")
    assert f"It settles {invoice.label} with 119.00 €." in page
    said = do(staffer, url, deed="accept", match=match.public_id)
    assert "Booked" in said and "Take it back" in said and "hx-swap-oob" in said
    invoice.refresh_from_db()
    assert (invoice.status, Payment.objects.count(), open_of(staffer, "bank")) == ("paid", 1, 0)
    assert "nothing to accept" in do(staffer, url, deed="accept", match=match.public_id)
    assert "Take it back" in staffer.see(f"/console/inbox/{url}/")
    assert "open again" in do(staffer, url, deed="undo", match=match.public_id)
    invoice.refresh_from_db()
    assert (invoice.status, open_of(staffer, "bank")) == ("open", 1)
    actors = Event.objects.filter(kind__startswith="bank_match").values_list("actor", flat=True)
    assert set(actors) == {staffer.user.public_id}


def test_a_line_is_split_rejected_and_left_to_other_books(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    one, two = shop.account, shop.open_account("B2")
    first, bank = shop.invoice(10000), make_bank(shop.seller)
    other = make_line(bank, 11900, on=LATER, name=one.name)
    match_lines(bank_account=bank, today=LATER, now=NOW)
    match = BankMatch.objects.get().public_id
    said = do(staffer, f"bank/{other.public_id}", deed="reject", match=match)
    assert "not be proposed" in said and open_of(staffer, "bank") == 1
    line = make_line(bank, 20000, on=LATER, name="Somebody")
    url = f"bank/{line.public_id}"
    for values, said in (
        ({"account": "Example customer"}, "give the number"),
        ({"account": "nobody"}, "there is no account"),
        ({"account": ""}, "say which account"),
        ({"account": "A1", "amount": "300"}, "cannot be split"),
        ({"account": "A1", "amount": "a lot"}, "a lot"),
        ({"account": "B2", "invoices": first.label}, "has no invoice"),
    ):
        page = do(staffer, url, deed="split", **values)
        assert "nothing was changed" in page and said.lower() in page.lower(), values
    assert not Payment.objects.exists()
    page = do(staffer, url, deed="split", account="A1", amount="119,00", invoices=first.label)
    assert "81.00 € of the line is still open" in page
    page = do(staffer, url, deed="split", account="customer B2", amount="31.00")
    assert Payment.objects.get(account=two).amount_minor == 3100
    page = do(staffer, url, deed="ignore", reason="")
    assert "nothing was changed" in page
    page = do(staffer, url, deed="ignore", reason="rent of March")
    assert "Left to other books" in page and open_of(staffer, "bank") == 1
    first.refresh_from_db()
    assert first.status == "paid"
    options = staffer.see("/console/inbox/accounts/?account=customer")
    assert options.count("<option") == 2 and 'value="B2"' in options


def test_news_of_a_gateway_are_assigned_or_set_aside(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    offer(shop)
    invoice = shop.invoice(10000)
    for name, amount in (("pi_1", 11900), ("pi_2", 500)):
        news = AttemptNews(f"e {name}", Succeeded(name, amount_minor=amount), reference=name)
        store_events(seller=shop.seller, gateway="sandbox", news=[news], now=NOW)
    for later in range(20):
        process_events(now=NOW + timedelta(days=later))
    events = list(GatewayEvent.objects.filter(status="unmatched").order_by("id"))
    assert len(events) == open_of(staffer, "gateway") == 2
    page = staffer.see(f"/console/inbox/gateway/{events[0].public_id}/")
    assert "just that is open of invoice" in page and f'value="{shop.account}"' in page
    page = do(staffer, f"gateway/{events[0].public_id}", deed="assign", account="A1",
              invoices=invoice.label)  # fmt: skip
    assert "119.00 € recorded" in page
    page = do(staffer, f"gateway/{events[1].public_id}", deed="ignore", reason="a test")
    assert "Set aside" in page and open_of(staffer, "gateway") == 0
    invoice.refresh_from_db()
    assert invoice.status == "paid"


def test_services_are_tried_again_or_taken_as_done(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller, "support"))
    contract = shop.subscribe(shop.meter(), "first.example")
    service = ServiceState.objects.create(
        subscription=contract, account_id=shop.account.id, place="node", wanted="active",
        wanted_at=NOW, generation=1, status="failed", tries=30, error="it answered 500",
    )  # fmt: skip
    url = f"services/{service.public_id}"
    assert "it answered 500" in staffer.see("/console/inbox/?kind=services")
    assert "tried again" in do(staffer, url, deed="retry")
    ServiceState.objects.update(status="manual")
    assert "counts as active" in do(staffer, url, deed="done")
    service.refresh_from_db()
    assert (service.status, service.condition, open_of(staffer, "services")) == (
        "settled", "active", 0,
    )  # fmt: skip


def test_a_dispute_is_closed_by_hand(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    offer(shop)
    payment = pay(shop.invoice(10000))
    hear(shop, disputed(payment, "opened"))
    dispute = Dispute.objects.get()
    assert "disputes 119.00 €" in staffer.see("/console/inbox/")
    said = do(staffer, f"disputes/{dispute.public_id}", deed="won")
    assert "closed as won" in said
    assert Invoice.objects.get().status == "paid"


def test_addresses_are_cleared_or_changed_and_changed_back(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller, "support"))
    contacts = [shop.account.contacts.create(email=f"{n}@customer.example") for n in "ab"]
    for one in contacts:
        mark_address(address=one.email, reason="bounced", detail="550 no such user", now=NOW)
    assert open_of(staffer, "bounces") == 2
    assert "goes to a@customer.example again" in do(
        staffer, f"bounces/{contacts[0].public_id}", deed="clear"
    )
    assert not AddressMark.objects.get(address="a@customer.example").reason
    url = f"bounces/{contacts[1].public_id}"
    assert "nothing was changed" in do(staffer, url, deed="change", email="no address")
    said = do(staffer, url, deed="change", email="c@customer.example")
    assert "c@customer.example" in said and 'value="b@customer.example"' in said
    assert open_of(staffer, "bounces") == 0
    do(staffer, url, deed="undo", email="b@customer.example")
    assert open_of(staffer, "bounces") == 1


def test_billing_hooks_and_alerts(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    shop.charge(10000)
    BillingProblem.objects.create(
        account=shop.account, reason="no tax rate", first_on=DAY, last_on=DAY
    )
    endpoint = WebhookEndpoint.objects.create(
        seller=shop.seller, url="https://hooks.example", secret="env:X", created_at=NOW
    )
    for number in range(2):
        WebhookDelivery.objects.create(
            endpoint=endpoint, kind="invoice.paid", key=f"k{number}", status="failed",
            created_at=NOW, next_at=NOW, error="it answered 500",
        )  # fmt: skip
    Alert.objects.create(key="run late", kind="cycle", text="The run is late", raised_at=NOW)
    page = staffer.see("/console/inbox/")
    assert "did not take 2 messages" in page and "The run is late" in page
    url = f"billing/{shop.account.public_id}"
    rates = list(TaxRate.objects.all())
    said = do(staffer, url, deed="bill")
    assert "1 invoices were issued" in said and rates
    assert Invoice.objects.count() == 1
    assert "2 go out again" in do(staffer, f"hooks/{endpoint.public_id}", deed="again")
    assert WebhookDelivery.objects.filter(status="queued").count() == 2
    mine = Event.objects.filter(actor=staffer.user.public_id).order_by("id")
    assert list(mine.values_list("kind", "subject")) == [
        ("billing.asked", shop.account.public_id),
        ("webhook.replayed", endpoint.public_id),
    ]
    staffer.see("/console/inbox/alerts/run%20late/", 404)


def test_who_may_not_may_not_and_nobody_reaches_another_seller(shop: Shop) -> None:
    bank = make_bank(shop.seller)
    line = make_line(bank, 500)
    url = f"/console/inbox/bank/{line.public_id}/"
    auditor = Staffer(hire(shop.seller, "auditor"))
    assert "your role does not permit it" in auditor.see(url)
    for deed in ("ignore", "undo", "split", "nonsense"):
        auditor.refuse(f"{url}do/", 403, deed=deed, reason="x")
    north: Any = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    stranger = Staffer(hire(north, "owner", "nora"))
    assert line.public_id not in stranger.see("/console/inbox/?kind=bank")
    stranger.see(url, 404)
    stranger.refuse(f"{url}do/", 404, deed="ignore", reason="x")
    owner = Staffer(hire(shop.seller))
    for kind in ("bank", "gateway", "services", "disputes", "billing", "bounces", "hooks", "x"):
        owner.see(f"/console/inbox/{kind}/nothing/", 404)
        owner.refuse(f"/console/inbox/{kind}/nothing/do/", 404, deed="accept")
    owner.refuse(f"{url}do/", 404, deed="nonsense")
    # Without JavaScript, the same by pages.
    assert "Left to other books" in owner.send(f"{url}do/", deed="ignore", reason="rent")
    assert "The inbox is empty" in owner.see("/console/inbox/")


def test_it_asks_as_much_however_long_it_is(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    bank = make_bank(shop.seller)

    def add(number: int) -> None:
        account = shop.open_account(f"C{number}")
        account.contacts.create(email=f"{number}@customer.example")
        mark_address(address=f"{number}@customer.example", reason="bounced", detail="", now=NOW)
        BillingProblem.objects.create(account=account, reason="r", first_on=DAY, last_on=DAY)
        contract = shop.subscribe(plan, f"{number}.example", account=account)
        ServiceState.objects.create(
            subscription=contract, account_id=account.id, wanted_at=NOW, status="manual"
        )
        payment = shop.pay(100 + number, account=account)
        Dispute.objects.create(
            account=account, payment=payment, gateway="sandbox", reference=f"d{number}",
            status="opened", currency="EUR", amount_minor=100, opened_on=DAY,
            answer_by=date(2026, 4, 1),
        )  # fmt: skip
        make_line(bank, 700 + number, name=account.name)
        endpoint = WebhookEndpoint.objects.create(
            seller=shop.seller, url=f"https://{number}.example", secret="env:X", created_at=NOW
        )
        WebhookDelivery.objects.create(
            endpoint=endpoint, kind="k", key="k", status="failed", created_at=NOW, next_at=NOW
        )
        Alert.objects.create(key=f"k{number}", kind="cycle", text="late", raised_at=NOW)
        match_lines(bank_account=bank, today=LATER, now=NOW)

    def measure(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            staffer.see(url)
        return len(queries)

    plan = shop.meter()
    add(0)
    staffer.see("/console/inbox/")
    urls = ["/console/inbox/", "/console/inbox/?kind=bank", "/console/inbox/?kind=services"]
    few = [measure(url) for url in urls]
    for number in range(1, 5):
        add(number)
    assert [measure(url) for url in urls] == few
    assert max(few) <= 40
    # They were made up, and are no part of books that are proved.
    Dispute.objects.all().delete()
    ServiceState.objects.all().delete()
