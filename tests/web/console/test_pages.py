"""Pages of staff, approvals, the audit log, lists and the search: what they show, and how fast."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.services.accounts.open_account import open_account
from quarterday.services.approvals.do_or_ask import ask_approval
from quarterday.services.approvals.wish import wish_credit
from quarterday.services.sellers.open_seller import open_seller
from quarterday.services.users.record_sign_in import record_sign_in
from quarterday.store.models import Approval, CreditGrant, Event, Invoice, Payment, StaffMember
from quarterday.store.queries.raw import fetch
from quarterday.store.queries.search import OF_REST
from quarterday.web.console.lists.people import AccountList
from quarterday.web.console.lists.site import site
from tests.services.till import NOW, Shop
from tests.web.console.staffer import Staffer, hire
from tests.web.portal.visitor import make_member, make_user

pytestmark = pytest.mark.django_db
LISTS = sorted(one.slug for one in site._registry.values())


def test_an_owner_lets_somebody_in_changes_and_lets_go(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    assert "already" not in staffer.see("/console/staff/add/")
    answer = staffer.client.post(
        "/console/staff/add/", {"email": "sam@example.com", "name": "Sam", "role": "support"}
    )
    assert "/l/" in answer.content.decode()
    row = StaffMember.objects.get(user__email="sam@example.com")
    assert (row.seller, row.role, row.actor) == (shop.seller, "support", staffer.user.public_id)
    url = f"/console/staff/{row.public_id}/"
    assert "Sam works here as finance" in staffer.send(url, role="finance")
    assert "does not work here any more" in staffer.send(url, end="1")
    staffer.see(url, 404)
    own = StaffMember.objects.get(user=staffer.user)
    assert "only owner" in staffer.send(f"/console/staff/{own.public_id}/", end="1")


def test_no_link_signs_an_owner_in_as_somebody_who_is_there_already(shop: Shop) -> None:
    north = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    hire(north, "owner", "nora")
    hire(None, "owner", "everywhere")
    make_member(open_account(seller=north, name="Far away", country="DE", now=NOW))
    make_user("kim@staff.example")
    staffer = Staffer(hire(shop.seller))
    for name in ("nora@staff", "everywhere@staff", "ada", "kim@staff"):
        email = f"{name}.example" if "@" in name else f"{name}@example.com"
        answer = staffer.client.post("/console/staff/add/", {"email": email, "role": "cashier"})
        page = answer.content.decode()
        said = "would lose some of that here" if name[0] == "e" else "sign in as before"
        assert said in page and "/l/" not in page, email
    assert not Event.objects.filter(kind="user.link_printed").exists()


def test_who_owns_one_seller_decides_about_no_other(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    north = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    hire(None, "auditor", "everywhere")
    hire(north, "owner", "nora")
    for row in StaffMember.objects.exclude(user=staffer.user):
        staffer.see(f"/console/staff/{row.public_id}/", 404)
        staffer.refuse(f"/console/staff/{row.public_id}/", 404, role="owner")


def test_an_approval_is_decided_by_somebody_else(shop: Shop) -> None:
    finn, olga = Staffer(hire(shop.seller, "finance", "finn")), Staffer(hire(shop.seller))
    wish = wish_credit(account=shop.account, amount_minor=2500, reason="Two days of silence")
    row = ask_approval(wish, user=finn.user, key="k", now=NOW)
    page = finn.see("/console/staff/approvals/")
    assert "Two days of silence" in page and "25.00 €" in page
    url = f"/console/staff/approvals/{row.public_id}/"
    assert "Approve credit" not in finn.see(url)
    assert "who asked cannot decide" in finn.send(url + "decide/", decision="approve").lower()
    assert "gets 25.00 € of goodwill credit" in olga.see(url)
    assert "Approved and done" in olga.send(url + "decide/", decision="approve")
    assert CreditGrant.objects.get().public_id in olga.see(url)
    olga.refuse(url + "decide/", 404, decision="eat")
    other = ask_approval(wish, user=finn.user, key="l", now=NOW)
    assert "Taken back" in finn.send(
        f"/console/staff/approvals/{other.public_id}/decide/", decision="withdraw"
    )
    assert Approval.objects.filter(status="withdrawn").count() == 1


def test_the_audit_log_filters_and_is_written_into_a_file(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    shop.invoice(10000)
    page = staffer.see("/console/staff/audit/")
    assert "Frozen" in page and "staff: added" not in page.split("<tbody")[0]
    for query, there in (
        ("system=on&what=invoice", True),
        ("what=invoice", False),
        ("system=on&what=invoice.issued&account=A1", True),
        ("system=on&what=invoice&first=2030-01-01", False),
        ("system=on&what=invoice&first=2026-03-02&last=2026-03-02", True),
        ("system=on&what=invoice&who=owner@staff.example", False),
    ):
        found = "invoice: issued" in staffer.see(f"/console/staff/audit/?{query}")
        assert found == there, query
    staffer.see("/console/staff/audit/?account=nobody", 422)
    staffer.see("/console/staff/audit/?before=99999999999999999999&first=0001-01-01")
    answer = staffer.client.get("/console/staff/audit.csv?system=on")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == Event.objects.filter(seller=shop.seller).count()
    assert {"at", "kind", "actor"} <= rows[0].keys()


def test_lists_ask_as_much_however_long_they_are(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    shop.subscribe(shop.meter(), "first.example")

    def measure() -> dict[str, int]:
        found = {}
        for slug in LISTS:
            with CaptureQueriesContext(connection) as queries:
                page = staffer.see(f"/console/lists/{slug}/?show=all")
            assert "<h1>" in page
            assert not any("COUNT(" in one["sql"] for one in queries), slug
            found[slug] = len(queries)
        return found

    shop.pay(shop.invoice(10000).total_minor)
    staffer.see("/console/")
    few = measure()
    for number in range(3):
        account = shop.open_account(f"B{number}")
        shop.charge(10000, account=account)
        shop.pay(500, account=account)
    shop.bill()
    assert measure() == few


def test_lists_show_what_is_the_sellers_and_lead_on(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    invoice = shop.invoice(10000)
    assert invoice.label not in staffer.see("/console/lists/invoices/?show=paid")
    page = staffer.see(f"/console/lists/invoices/?show=open&q={invoice.label}")
    assert f"/console/accounts/{invoice.account.public_id}/invoices/{invoice.public_id}/" in page
    assert f"/console/accounts/{shop.account.public_id}/" in page
    assert "A charge" in staffer.see(f"/console/lists/invoices/{invoice.public_id}/")
    entry = staffer.see("/console/lists/journal/").partition("/console/lists/journal/")[2]
    staffer.see("/console/lists/journal/" + entry.partition('"')[0])
    north = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    stranger = Staffer(hire(north, "owner", "nora"))
    assert invoice.label not in stranger.see("/console/lists/invoices/?show=all")
    stranger.see(f"/console/lists/invoices/{invoice.public_id}/", 404)
    for bad in ("x" * 50, "%00", "9" * 30):
        staffer.see(f"/console/lists/journal/{bad}/", 404 if bad != "%00" else 400)
    # No other column can be asked for.
    answer = staffer.client.get("/console/lists/invoices/?account__name__startswith=E")
    assert answer.status_code in (302, 400)


def test_no_page_shows_how_to_be_somebody_else(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    session = SessionStore()
    session.create()
    key = session.session_key or ""
    row = record_sign_in(user=staffer.user, session_key=key, method="link", device="", now=NOW)
    for url in ("/console/lists/sign-ins/", f"/console/lists/sign-ins/{row.public_id}/"):
        page = staffer.see(url)
        assert "owner@staff.example" in page or "Method" in page
        assert key not in page


def test_pages_of_a_list_hold_each_row_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    staffer = Staffer(hire(shop.seller))
    for number in range(7):
        shop.open_account(f"C{number}")
    monkeypatch.setattr(AccountList, "list_per_page", 3)
    pages, url = [], "?"
    while url:
        found: Any = staffer.client.get(f"/console/lists/accounts/{url}").context["cl"]
        pages.append([row.pk for row in found.result_list])
        url = found.pages["next_url"]
    assert [len(one) for one in pages] == [3, 3, 2]
    flat = [key for one in pages for key in one]
    assert flat == sorted(set(flat), reverse=True)
    back: Any = staffer.client.get(f"/console/lists/accounts/{found.pages['previous_url']}")
    assert [row.pk for row in back.context["cl"].result_list] == pages[1]


INDEXES = ("invoice_of_total", "payment_of_amount", "invoice_of_rest")


def test_amounts_are_found_however_old_they_are(shop: Shop) -> None:
    invoice, payment = shop.invoice(10000), shop.pay(1900)
    for table in ("store_invoice", "store_payment"):
        # As if a million had been made since.
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("UPDATE sqlite_sequence SET seq = 1000000 WHERE name = %s", [table])
            else:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), 1000000)", [table])
    assert shop.invoice(1).id > shop.pay(1).id - 10 > 900_000
    staffer = Staffer(hire(shop.seller))
    for text, wanted in (("119.00", invoice), ("99.99", invoice), ("19.00", payment)):
        assert wanted.public_id in staffer.see(f"/console/search/?q={text}"), text
    if connection.vendor == "sqlite":
        of_total = Invoice.objects.filter(seller=shop.seller, currency="EUR", total_minor=1)
        of_amount = Payment.objects.filter(currency="EUR", amount_minor=1)
        plans = [rows.order_by("-id").explain() for rows in (of_total, of_amount)]
        plans += [str(fetch(f"EXPLAIN QUERY PLAN {OF_REST}", [shop.seller.id, 1, "EUR", 9]))]
        for index, plan in zip(INDEXES, plans, strict=True):
            assert index in plan
        assert not any("TEMP" in plan for plan in plans), "nothing is sorted"


def test_one_box_finds_everything(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    invoice = shop.invoice(10000)
    shop.account.contacts.create(email="anna@customer.example")
    payment = shop.pay(11900, reference="RF18 5390 0754")
    subscription = shop.subscribe(shop.meter(), "green.example")
    for text, wanted in (
        (shop.account.name[:9], shop.account.public_id),
        ("A1", shop.account.public_id),
        ("anna@", shop.account.public_id),
        ("@customer.example", shop.account.public_id),
        (invoice.label, invoice.public_id),
        (invoice.public_id, invoice.public_id),
        ("119.00", invoice.public_id),
        ("119,00 €", payment.public_id),
        ("EUR 119", payment.public_id),
        ("RF18", payment.public_id),
        (payment.public_id[:20], payment.public_id),
        ("green", subscription.public_id),
    ):
        for url in ("/console/search/", "/console/search/found/"):
            page = staffer.client.get(url, {"q": text}).content.decode()
            assert wanted in page, (text, url)
    assert "Nothing is called" in staffer.see("/console/search/found/?q=zzzzzz")
    staffer.see("/console/search/?q=%25%27%22\\")
    north = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    stranger = Staffer(hire(north, "owner", "nora"))
    for text in (shop.account.name, invoice.label, "119.00", "RF18", "green", payment.public_id):
        page = stranger.client.get("/console/search/", {"q": text}).content.decode()
        assert "Nothing found" in page, text
    cashier = Staffer(hire(shop.seller, "cashier"))
    page = cashier.see(f"/console/search/?q={shop.account.name[:9]}")
    assert shop.account.name in page and "/console/accounts/" not in page
    assert payment.public_id not in cashier.client.get("/console/search/?q=RF18").content.decode()
