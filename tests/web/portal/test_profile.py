"""Billing details: checked for their country, and what they change for the tax is said first."""

from __future__ import annotations

import re
from typing import Any

import pytest

from quarterday.ports.clock import VARIABLE
from quarterday.services.accounts.change_account import change_account
from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
from quarterday.store.models import Account
from tests.services.till import NOW, Shop
from tests.web.portal.customer import CLOCK, Customer, plain

pytestmark = pytest.mark.django_db

DETAILS = {
    "name": "Atelier Exemple",
    "country": "DE",
    "line1": "Musterallee 12",
    "line2": "",
    "postcode": "12345",
    "city": "Beispielstadt",
    "tax_id": "",
    "language": "de",
}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def send(customer: Customer, **details: str) -> Any:
    return customer.client.post("/profile/details/", DETAILS | details)


def text(answer: Any) -> str:
    return plain(answer.content.decode())


def test_details_are_shown_and_changed(shop: Shop) -> None:
    customer = Customer(shop.account, "billing")
    assert "Example customer A1" in customer.see("/profile/")
    assert send(customer).status_code == 302
    page = customer.see("/profile/")
    for part in ("Atelier Exemple", "12345 Beispielstadt", "Germany", "VAT 19 %", "Deutsch"):
        assert part in page
    account = Account.objects.get(id=shop.account.id)
    assert account.address == {
        "line1": "Musterallee 12", "postcode": "12345", "city": "Beispielstadt",
    }  # fmt: skip


def test_fields_follow_the_country(shop: Shop) -> None:
    customer = Customer(shop.account)
    german = customer.see("/profile/details/")
    american = customer.see("/profile/details/?country=US")
    assert german.index('name="postcode"') < german.index('name="city"')
    assert american.index('name="city"') < american.index('name="postcode"')
    assert "ZIP code" in american and "Such as 10001" in american
    assert 'name="region"' not in american
    publish_tax_rate(
        seller=shop.seller, code="az", name="Tax", percent=5, country="US", region="AZ", now=NOW
    )
    assert 'name="region"' in customer.see("/profile/details/?country=US")
    assert "Germany" in customer.see("/profile/details/?country=<script>")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"postcode": "123"}, "Write it like 12345"),
        ({"postcode": ""}, "Please fill this in."),
        ({"line1": " "}, "Please fill this in."),
        ({"name": "a\x01b"}, "cannot be printed"),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"tax_id": "DE136695977"}, "no VAT number of this country"),
        ({"tax_id": "ATU99999999"}, "no VAT number of this country"),
        ({"country": "XX"}, "Select a valid choice"),
        ({"language": "tlh"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    shop: Shop, wrong: dict[str, str], said: str
) -> None:
    customer = Customer(shop.account)
    answer = send(customer, **wrong)
    assert answer.status_code == 422
    assert said in text(answer)
    assert Account.objects.get(id=shop.account.id).name == "Example customer A1"


def test_another_country_says_what_it_does_to_the_tax_first(shop: Shop) -> None:
    customer = Customer(shop.account)
    french = {"country": "FR", "postcode": "75001", "tax_id": "FR40303265045"}
    answer = send(customer, **french)
    assert answer.status_code == 200
    page = text(answer)
    assert "This changes your tax" in page and "VAT 19 %" in page
    assert "No VAT on our invoices (reverse charge)" in page
    assert "keep their tax and your old details" in page
    assert Account.objects.get(id=shop.account.id).country == "DE"
    fields = dict(re.findall(r'name="([a-z0-9_]+)" value="([^"]*)"', page))
    fields.pop("csrfmiddlewaretoken", None)
    assert customer.client.post("/profile/details/", fields).status_code == 302
    account = Account.objects.get(id=shop.account.id)
    assert (account.country, account.tax_id) == ("FR", "FR40303265045")
    page = customer.see("/profile/")
    assert "checked on 5 March 2026" in page and "It was not looked up in a register." in page


def test_what_was_confirmed_stays_until_the_number_changes(shop: Shop) -> None:
    evidence = {"valid": True, "source": "register", "checked_at": "2026-02-01T09:00:00+00:00"}
    change_account(
        account_id=shop.account.id, country="FR", tax_id="FR40303265045",
        tax_id_evidence=evidence, now=NOW,
    )  # fmt: skip
    customer = Customer(shop.account)
    french = {"country": "FR", "postcode": "75001"}
    send(customer, **french, tax_id="FR 40 303265045")
    account = Account.objects.get(id=shop.account.id)
    assert (account.name, account.tax_id_evidence) == ("Atelier Exemple", evidence)
    assert "Confirmed on 1 February 2026." in customer.see("/profile/")
    send(customer, **french, tax_id="", agreed="1")
    account = Account.objects.get(id=shop.account.id)
    assert (account.tax_id, account.tax_id_evidence) == ("", {})


def test_a_place_that_cannot_be_billed_is_refused(shop: Shop) -> None:
    publish_tax_rate(
        seller=shop.seller, code="qc", name="TVQ", percent=9, country="CA", region="QC", now=NOW
    )
    customer = Customer(shop.account)
    answer = send(customer, country="CA", postcode="k1a 0b1", region="")
    assert answer.status_code == 422 and "We cannot bill to this place yet" in text(answer)


def test_issued_documents_keep_the_old_details(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    send(Customer(shop.account))
    invoice.refresh_from_db()
    assert invoice.account_snapshot.data["name"] == "Example customer A1"


@pytest.mark.parametrize(
    ("role", "edits", "contacts"),
    [("owner", 200, 200), ("billing", 200, 200), ("technical", 403, 403), ("read_only", 403, 403)],
)
def test_roles(shop: Shop, role: str, edits: int, contacts: int) -> None:
    customer = Customer(shop.account, role)
    page = customer.see("/profile/")
    assert ("Add a contact" in page) == (contacts == 200)
    assert customer.fetch("/profile/details/").status_code == edits
    assert customer.fetch("/profile/contacts/add/").status_code == contacts
