"""Contacts: who gets what, addresses that bounce, and that somebody is always reached."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.ports.clock import VARIABLE
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.messages.mark_address import mark_address
from quarterday.store.models import AddressMark, Contact
from tests.services.till import NOW, Shop
from tests.web.portal.customer import CLOCK, Customer, plain

pytestmark = pytest.mark.django_db

ALL = ["invoices", "payments", "reminders", "services", "account"]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def make(shop: Shop, email: str = "ada@example.com", *kinds: str, **more: Any) -> Contact:
    account = more.pop("account", shop.account)
    return add_contact(account_id=account.id, email=email, kinds=kinds, now=NOW, **more)


def send(customer: Customer, url: str, kinds: list[str], **sent: str) -> Any:
    given = {"name": "", "email": "ada@example.com"} | sent | {"kinds": kinds}
    return customer.client.post(f"/profile/contacts/{url}/", given)


def kept(email: str = "ada@example.com") -> list[str]:
    return list(Contact.objects.get(email=email).kinds)


def test_contacts_are_added_with_what_they_get(shop: Shop) -> None:
    customer = Customer(shop.account, "billing")
    page = customer.see("/profile/")
    assert "There are no contacts yet." in page
    assert send(customer, "add", ALL, name="Ada").status_code == 302
    assert kept() == []
    answer = send(customer, "add", ["invoices", "receipt"], email="Books@Example.com")
    assert answer.status_code == 302
    assert kept("books@example.com") == ["invoices", "receipt"]
    page = customer.see("/profile/")
    assert "Everything except news" in page and "A receipt for a payment" in page


def test_all_kinds_of_a_topic_are_the_topic(shop: Shop) -> None:
    make(shop, "other@example.com")
    customer = Customer(shop.account)
    send(customer, "add", ["invoice_issued", "credit_note", "nonsense", "login_link"])
    assert kept() == ["invoices"]


def test_what_is_chosen_one_by_one_is_shown_so(shop: Shop) -> None:
    make(shop, "other@example.com")
    contact = make(shop, "ada@example.com", "receipt")
    customer = Customer(shop.account)
    page = customer.see(f"/profile/contacts/{contact.public_id}/")
    assert 'id="kind-receipt" checked' in page and 'id="topic-payments">' in page
    assert page.count('<details class="explain" open>') == 1
    send(customer, contact.public_id, ["news", *ALL], email="new@example.com")
    assert kept("new@example.com") == sorted(["news", *ALL])


def test_somebody_has_to_get_what_is_necessary(shop: Shop) -> None:
    contact = make(shop)
    customer = Customer(shop.account)
    answer = send(customer, contact.public_id, ["invoices", "services"])
    assert answer.status_code == 422
    assert "nobody would get messages about “Reminders”" in plain(answer.content.decode())
    assert kept() == []
    make(shop, "books@example.com", "news")
    page = customer.client.post(f"/profile/contacts/{contact.public_id}/remove/", follow=True)
    assert "nobody would get messages" in plain(page.content.decode())
    assert Contact.objects.count() == 2
    assert send(customer, contact.public_id, []).status_code == 422


def test_a_contact_is_removed_after_a_question(shop: Shop) -> None:
    contact = make(shop)
    customer, url = Customer(shop.account), f"/profile/contacts/{contact.public_id}/remove/"
    page = customer.see(url)
    assert "Remove ada@example.com?" in page and "the owners of this account" in page
    assert Contact.objects.count() == 1
    assert customer.client.post(url).status_code == 302
    assert Contact.objects.count() == 0
    assert customer.client.post(url).status_code == 404


def test_an_address_that_bounces_is_shown_with_the_remedy(shop: Shop) -> None:
    contact = make(shop)
    mark_address(address=contact.email, reason="bounced", detail="550 <b>gone</b>", now=NOW)
    customer = Customer(shop.account)
    page = customer.client.get("/profile/").content.decode()
    assert "Mail to this address comes back." in page and "550 &lt;b&gt;gone" in page
    assert "Send there again" in page and "Correct the address" in page
    retry = f"/profile/contacts/{contact.public_id}/retry/"
    assert customer.client.get(retry).status_code == 405
    assert customer.client.post(retry).status_code == 302
    assert AddressMark.objects.get().reason == ""
    assert customer.client.post(retry).status_code == 302
    mark_address(address=contact.email, reason="complained", detail="", now=NOW)
    assert "marked as unwanted" in customer.see("/profile/")
    customer.client.post(retry)
    assert AddressMark.objects.get().reason == "complained"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"email": "nobody"}, "Write an address such as"),
        ({"email": ""}, "Please fill this in."),
        ({"email": "books@example.com"}, "There is a contact with this address."),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
        ({"name": "a\x02b"}, "cannot be printed"),
        ({"email": f"{'x' * 250}@example.com"}, "at most 254 characters"),
    ],
)
def test_what_is_wrong_is_said(shop: Shop, sent: dict[str, str], said: str) -> None:
    make(shop, "books@example.com")
    answer = send(Customer(shop.account), "add", ALL, **sent)
    assert answer.status_code == 422 and said in plain(answer.content.decode())
    assert Contact.objects.count() == 1


def test_an_address_belongs_to_one_contact(shop: Shop) -> None:
    make(shop, "books@example.com")
    contact = make(shop)
    answer = send(Customer(shop.account), contact.public_id, ALL, email="books@example.com")
    assert answer.status_code == 422
    assert "Another contact has this address." in plain(answer.content.decode())


def test_contacts_of_others_are_not_there(shop: Shop) -> None:
    contact = make(shop, account=shop.open_account("A2"))
    customer, url = Customer(shop.account), f"/profile/contacts/{contact.public_id}/"
    for path in ("", "remove/"):
        assert customer.fetch(url + path).status_code == 404
        assert customer.client.post(url + path, {"kinds": ALL}).status_code == 404
    assert customer.client.post(f"{url}retry/").status_code == 404
    assert Contact.objects.count() == 1


def test_the_profile_costs_the_same_with_many_contacts(shop: Shop) -> None:
    customer = Customer(shop.account)
    customer.see("/profile/")
    counts = []
    for number in (1, 20):
        for n in range(number):
            make(shop, f"c{number}-{n}@example.com")
        with CaptureQueriesContext(connection) as found:
            customer.see("/profile/")
        counts.append(len(found))
    assert counts[0] == counts[1] <= 20
