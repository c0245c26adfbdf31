"""The page of one customer: what it tells, how few reads it costs, and to whom it is closed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from quarterday.ports.clock import VARIABLE
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.accounts.add_note import add_note
from quarterday.services.accounts.open_account import open_account
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.links.make_link import make_link
from quarterday.services.messages.prepare_parcel import pack_content
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import (
    Account,
    Click,
    CreditNote,
    Delivery,
    Event,
    Invoice,
    LinkPurpose,
    Message,
    Payment,
    Subscription,
)
from quarterday.store.queries.account.timeline import Sort, page_timeline, read_mark
from tests.services.till import DAY, NOW, Shop
from tests.web.console.staffer import Staffer, hire
from tests.web.portal.customer import CLOCK, live_through, plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def page_of(account: Account) -> str:
    return f"/console/accounts/{account.public_id}/"


def live(shop: Shop) -> Invoice:
    """A little of everything that a customer can have."""
    add_contact(account_id=shop.account.id, email="ann@example.com", name="Ann", now=NOW)
    shop.subscribe(plan_of(shop), "S1", start_on=DAY, today=DAY)
    invoice = shop.invoice(1000)
    shop.pay(500)
    credit_invoice(invoice=invoice, lines={1: 100}, reason="Late", today=DAY, now=NOW)
    grant_credit(
        account=shop.account, kind="goodwill", amount_minor=300, today=DAY, now=NOW, reason="Sorry"
    )
    add_note(account=shop.account, text="Calls before nine.", is_pinned=True, now=NOW)
    return invoice


def deliver(account: Account, text: str) -> Delivery:
    message = Message.objects.filter(account=account).first()
    assert message is not None
    return Delivery.objects.create(
        message=message, address="ann@example.com", status="bounced", next_at=NOW, sent_at=NOW,
        message_key="key@example.com", title="Your invoice", content=pack_content(text),
        error="no such mailbox",
    )  # fmt: skip


def test_it_tells_everything_about_a_customer(shop: Shop) -> None:
    invoice = live(shop)
    delivery = deliver(shop.account, "Dear Ann, <b>pay</b> by https://x.example/l/pay-secret")
    made = make_link(
        seller=shop.seller, purpose=LinkPurpose.PAY, account_id=shop.account.id,
        subject=invoice.public_id, delivery_id=delivery.id, now=NOW,
    )  # fmt: skip
    Click.objects.create(link=made.link, at=NOW, device="phone")
    staffer = Staffer(hire(shop.seller))
    page = " ".join(staffer.see(page_of(shop.account)).replace("\u00a0", " ").split())
    for said in (
        "A1", "Calls before nine.", "ann@example.com", "Hosting, Web space", "Next invoice",
        f"Invoice {invoice.label} of", "Payment of 5.00 € received", "no such mailbox",
        "Opened a link to pay", "3.00 € of credit given", "Bounced", "VAT 19 %",
    ):  # fmt: skip
        assert said in page, said
    text = staffer.see(f"{page_of(shop.account)}messages/{delivery.public_id}/")
    assert "Dear Ann, <b>pay</b> by" in text
    assert (
        "&lt;b&gt;pay"
        in staffer.client.get(
            f"{page_of(shop.account)}messages/{delivery.public_id}/"
        ).content.decode()
    )
    inside = staffer.see(f"{page_of(shop.account)}invoices/{invoice.public_id}/")
    assert "How this came to be" in inside and "Credit note" in inside
    for sort in Sort:
        assert 'aria-current="true"' in staffer.see(f"{page_of(shop.account)}?show={sort}")
    part = staffer.client.get(
        f"{page_of(shop.account)}?show=notes", headers={"HX-Request": "1", "HX-Target": "timeline"}
    ).content.decode()
    assert "Calls before nine." in part and "<html" not in part


def test_figures_open_what_they_sum(shop: Shop) -> None:
    live(shop)
    staffer, page = Staffer(hire(shop.seller)), page_of(shop.account)
    owed = " ".join(staffer.see(f"{page}invoices/?state=open").split())
    balance = sum(Invoice.objects.values_list("open_minor", flat=True))
    assert f"{balance / 100:.2f} € altogether" in owed
    assert "There is no such invoice." in staffer.see(f"{page}invoices/?state=overdue")
    assert "Sorry" in staffer.see(f"{page}credit/")
    assert "bank" in staffer.see(f"{page}payments/")
    assert "Late" in staffer.see(f"{page}credit-notes/")
    note = CreditNote.objects.get()
    assert "Became" not in staffer.see(f"{page}credit-notes/{note.public_id}/")
    pdf = staffer.client.get(f"{page}files/credit_note/{note.public_id}/")
    assert pdf.headers["Content-Type"] == "application/pdf"


def test_the_reads_do_not_grow_with_the_customer(shop: Shop) -> None:
    small, big = shop.open_account("B1"), shop.open_account("B2")
    live_through(shop, small, 8, date(2026, 2, 20))
    live_through(shop, big, 45, date(2026, 1, 15))
    for one in (small, big):
        add_contact(account_id=one.id, email="ann@example.com", now=NOW)
    staffer = Staffer(hire(shop.seller))
    for path in ("", "?show=documents", "invoices/", "payments/", "credit/"):
        counts = [count(staffer, page_of(one) + path) for one in (small, big)]
        assert counts[0] == counts[1] <= 66, (path, counts)


def count(staffer: Staffer, url: str) -> int:
    staffer.see(url)
    with CaptureQueriesContext(connection) as seen:
        staffer.see(url)
    return len(seen)


def test_the_timeline_is_read_page_by_page_without_a_gap(shop: Shop) -> None:
    account = shop.open_account("B1")
    add_contact(account_id=account.id, email="ann@example.com", now=NOW)
    live_through(shop, account, 12, date(2026, 2, 20))
    add_note(account=account, text="Calls before nine.", now=NOW)
    whole = page_timeline(account, limit=1000)
    assert whole.older is None
    # Most of it happened at one instant, so order rests on tables and keys.
    assert len({entry.at for entry in whole.entries}) < len(whole.entries) / 2
    found: list[Any] = []
    mark = None
    for _ in range(100):
        page = page_timeline(account, after=mark, limit=7)
        found += page.entries
        if page.older is None:
            break
        mark = read_mark(str(page.older))
    assert [(one.source, one.row.pk) for one in found] == [
        (one.source, one.row.pk) for one in whole.entries
    ]
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert {str(read_mark(text)) for text in ("", "x~1~2", "2026-03-02~1~2", "~~")} == {"None"}


def test_another_sellers_customer_is_nowhere(shop: Shop) -> None:
    invoice = live(shop)
    north = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    mine = open_account(seller=north, name="Mine", country="DE", now=NOW)
    thief = Staffer(hire(north))
    names = {
        "invoices": invoice.public_id,
        "payments": Payment.objects.earliest("id").public_id,
        "subscriptions": Subscription.objects.earliest("id").public_id,
        "credit-notes": CreditNote.objects.earliest("id").public_id,
        "messages": deliver(shop.account, "x").public_id,
        "files/invoice": invoice.public_id,
    }
    own, other = page_of(shop.account), page_of(mine)
    thief.see(other)
    urls = [own, f"{own}invoices/", f"{own}credit/", f"{own}export/", f"{own}do/add-note/"]
    for place, name in names.items():
        urls += [f"{own}{place}/{name}/", f"{other}{place}/{name}/"]
    urls += [f"{other}do/write-off/?of={invoice.public_id}", f"{other}do/write-off/"]
    urls += [f"{other}invoices/{invoice.public_id}/link/"]
    for url in urls:
        thief.see(url, 404)
        thief.refuse(url, 404 if resolves_post(url) else 405, reason="x", seen="x", key="k")
    assert invoice.__class__.objects.get(id=invoice.id).status == "open"
    assert not Event.objects.filter(actor=thief.user.public_id, account_id=shop.account.id)


def resolves_post(url: str) -> bool:
    name = resolve(url.partition("?")[0]).url_name
    return name in ("act", "account_export", "account_link", "account_change")


def test_a_new_customer_is_opened_once(shop: Shop) -> None:
    staffer, plan = Staffer(hire(shop.seller, "support")), plan_of(shop)
    form = staffer.see("/console/accounts/new/")
    (key,) = re.findall(r'name="key" value="([^"]+)"', form)
    given = {
        "name": "Example Mill", "email": "mill@example.com", "country": "DE", "currency": "EUR",
        "line1": "Weg 1", "postcode": "10115", "city": "Berlin", "plan": plan.public_id,
        "key": key,
    }  # fmt: skip
    text = staffer.refuse("/console/accounts/new/", 422, **{**given, "postcode": "9"})
    assert 'id="id_postcode_error"' in text
    assert not Account.objects.filter(name="Example Mill").exists()
    for _ in range(2):
        assert "Example Mill" in staffer.send("/console/accounts/new/", **given)
    account = Account.objects.get(name="Example Mill")
    assert account.contacts.get().email == "mill@example.com"
    assert account.subscriptions.get().start_on == date(2026, 3, 5)
    Staffer(hire(shop.seller, "finance")).see("/console/accounts/new/", 403)


def test_a_pay_link_is_shown_once_and_the_data_are_handed_out(shop: Shop) -> None:
    invoice = live(shop)
    staffer, page = Staffer(hire(shop.seller)), page_of(shop.account)
    url = f"{page}invoices/{invoice.public_id}/link/"
    assert "and nothing else" in staffer.see(url)
    answer = staffer.client.post(url).content.decode()
    (link,) = set(re.findall(r"https?://[^\"<\s]+/l/[\w.-]+", answer))
    assert Event.objects.get(kind="link.printed").actor == staffer.user.public_id
    visitor = Staffer(staffer.user, factor=False)
    assert visitor.client.get("/l/" + link.partition("/l/")[2]).status_code in (200, 302)
    data: Any = staffer.client.post(f"{page}export/")
    assert b"".join(data.streaming_content).startswith(b"PK")
    assert Event.objects.get(kind="account.exported").actor == staffer.user.public_id
