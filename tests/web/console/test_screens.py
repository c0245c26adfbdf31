"""What staff do on the pages: that each leads to the next, filled in with what is known."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from quarterday.ports.clock import VARIABLE
from tests.services.dunning.debtor import Debtor
from tests.services.till import DAY, NOW, Shop
from tests.web.console.staffer import Staffer, hire
from tests.web.portal.customer import plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, NOW.isoformat())


def links(page: str, text: str) -> list[str]:
    """Where links of a text lead."""
    parts = page.split(f">{text}</a>")[:-1]
    return [unescape(part.rpartition('href="')[2].partition('"')[0]) for part in parts]


def test_a_transfer_is_recorded_from_the_invoice_that_it_pays(shop: Shop) -> None:
    staffer, invoice = Staffer(hire(shop.seller)), shop.invoice(10000)
    found = staffer.see(f"/console/search/?q={invoice.label}")
    page = f"/console/accounts/{shop.account.public_id}/invoices/{invoice.public_id}/"
    assert page in found
    (url,) = links(staffer.see(page), "Record a payment")
    known = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    form = staffer.see(url)
    assert f'value="{known["amount"]}"' in form and f'value="{invoice.label}"' in form
    given = known | {"method": "bank_transfer", "received_on": DAY.isoformat()}
    seen = unescape(staffer.client.post(url, given).content.decode())
    assert f"Invoice {invoice.label}" in seen or invoice.label in seen
    auditor = Staffer(hire(shop.seller, "auditor"))
    assert not links(auditor.see(page), "Record a payment")


def test_what_comes_is_called_by_its_consequence(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe()
    invoice = shop.bill()
    debtor.look(-12)
    staffer = Staffer(hire(shop.seller))
    page = f"/console/accounts/{shop.account.public_id}/"
    said = staffer.see(f"{page}invoices/{invoice.public_id}/")
    assert "To come: suspension of the service" in said and "To come: end of the service" in said
    assert "1 day after it was due" in said and "3 days after it was due" in said


def test_what_a_cancellation_gives_back_adds_up(shop: Shop) -> None:
    row = shop.subscribe(plan_of(shop), "S1", start_on=DAY - timedelta(days=9), today=DAY)
    shop.bill()
    page = f"/console/accounts/{shop.account.public_id}/subscriptions/{row.public_id}/change/"
    said = unescape(Staffer(hire(shop.seller)).see(f"{page}?verb=cancel&when=now"))
    assert "Credit note today" in said
    block = said.partition("Credit note today")[2].partition("</section>")[0]
    assert ">Tax<" in block and "−" not in block


def test_nobody_is_led_to_what_is_closed_to_them(shop: Shop) -> None:
    finance = Staffer(hire(shop.seller, "finance"))
    assert "New policy" not in finance.see("/console/edit/")
    assert "New policy" in Staffer(hire(shop.seller)).see("/console/edit/")
    assert 'href="/console/"' in finance.see("/console/accounts/acc_nobody/", 404)
    assert 'href="/console/"' not in finance.see("/nowhere/", 404)


def test_an_empty_list_offers_more_only_where_there_may_be_more(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    said = staffer.see("/console/lists/refunds/")
    assert "Nothing yet" in said and "Show all" not in said
    assert "Show all" in staffer.see("/console/lists/refunds/?show=failed")
    assert "Show all" in staffer.see("/console/lists/invoices/?show=all&q=none")
    assert "Show all" in staffer.see("/console/lists/refunds/?from=2026-01-01&to=2026-01-31")


def test_a_refusal_calls_the_field_as_the_page_does(shop: Shop) -> None:
    page = f"/console/accounts/{shop.account.public_id}/do/edit-details/"
    given = {"name": "Example Ltd", "country": "DE", "city": "Berlin", "language": "en"}
    said = Staffer(hire(shop.seller)).client.post(page, given).content.decode()
    assert "Street and number is empty" in said and "Line1" not in said
