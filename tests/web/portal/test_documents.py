"""Statements, years and everything that an account may take with it."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest

from quarterday.ports.clock import VARIABLE
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.store.models import (
    CreditNote,
    Event,
    Invoice,
    PaymentMethod,
    UsageEvent,
)
from quarterday.store.queries.portal.years import list_years
from quarterday.web.kit.archive import stream_zip
from tests.services.till import DAY, NOW, Shop
from tests.web.portal.customer import CLOCK, TODAY, Customer, live_through

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def open_zip(content: bytes) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return archive


def test_years_are_summed_without_a_gap(shop: Shop) -> None:
    old = shop.invoice(1000, on=date(2023, 12, 31))
    shop.pay(1190, on=date(2024, 1, 2))
    credit_invoice(invoice=old, lines={1: 100}, today=date(2026, 3, 1), now=NOW, reason="late")
    shop.charge(1000, product=shop.books)
    shop.bill()
    years = list_years(shop.account, TODAY)
    assert [one.year for one in years] == [2026, 2025, 2024, 2023]
    assert [one.billed_minor for one in years] == [1070 - 119, 0, 0, 1190]
    assert [one.tax_minor for one in years] == [70 - 19, 0, 0, 190]
    assert [one.paid_minor for one in years] == [0, 0, 1190, 0]
    page = Customer(shop.account).see("/documents/")
    assert re.findall(r'href="/documents/(\d+)/">', page) == ["2026", "2025", "2024", "2023"]
    assert "/invoices/?state=all&year=2023" in page


def test_a_year_shows_what_its_sums_are_made_of(shop: Shop) -> None:
    shop.charge(1000)
    shop.charge(2000, product=shop.books)
    invoice = shop.bill()
    payment = shop.pay(5000)
    credit_invoice(invoice=invoice, lines={1: 100}, today=DAY, now=NOW, reason="late")
    refund_payment(payment=payment, amount_minor=300, today=DAY, now=NOW, reason="too much")
    note = CreditNote.objects.get()
    page = Customer(shop.account).see("/documents/2026/")
    for words in (
        "VAT 19 %", "9.00 €", "1.71 €", "VAT 7 %", "20.00 €", "1.40 €", "3.11 €", "33.30 €",
        "−1.19 €", "32.11 €", "50.00 €", "−3.00 €", "47.00 €", note.label, "too much",
        f"/payments/{payment.public_id}/", f"/invoices/{invoice.public_id}/",
        "/documents/2026/statement.pdf", "/documents/2026/documents.zip",
    ):  # fmt: skip
        assert words in page, words


def test_years_that_were_not_are_not_there(shop: Shop) -> None:
    shop.invoice(1000)
    customer = Customer(shop.account)
    assert "Nothing was billed" not in customer.see("/documents/2026/")
    for year in ("2025", "1", "99999", "2027"):
        customer.see(f"/documents/{year}/", status=404)
        customer.see(f"/documents/{year}/statement.pdf", status=404)
        customer.see(f"/documents/{year}/documents.zip", status=404)


def test_an_account_without_papers_is_told_what_will_appear(shop: Shop) -> None:
    assert "No documents yet" in Customer(shop.account).see("/documents/")


def test_the_papers_of_a_year_come_together(shop: Shop) -> None:
    one, two = shop.invoice(1000), shop.invoice(2000)
    shop.invoice(500, on=date(2025, 6, 1))
    credit_invoice(invoice=one, lines={1: 100}, today=DAY, now=NOW, reason="late")
    shop.invoice(1000, account=shop.open_account("A2"))
    content = Customer(shop.account).download("/documents/2026/documents.zip")
    archive = open_zip(content)
    labels = [one.label, two.label, CreditNote.objects.get().label]
    assert archive.namelist() == [f"{label}.pdf" for label in labels]
    assert all(archive.read(name).startswith(b"%PDF-") for name in archive.namelist())


def test_a_statement_is_a_pdf(shop: Shop) -> None:
    shop.invoice(1000)
    content = Customer(shop.account).download("/documents/2026/statement.pdf")
    assert content.startswith(b"%PDF-")


def test_on_new_years_day_the_year_has_no_statement_yet(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.invoice(1000, on=date(2025, 12, 31))
    monkeypatch.setenv(VARIABLE, "2026-01-01T12:00+01:00")
    customer = Customer(shop.account)
    page = customer.see("/documents/")
    assert "/documents/2025/statement.pdf" in page
    assert "/documents/2026/statement.pdf" not in page + customer.see("/documents/2026/")
    customer.see("/documents/2026/statement.pdf", status=404)


def read_export(customer: Customer) -> tuple[zipfile.ZipFile, dict[str, Any]]:
    archive = open_zip(customer.download("/documents/account.zip", go="1"))
    tables = {
        name.removesuffix(".json"): json.loads(archive.read(name))
        for name in archive.namelist()
        if name.endswith(".json")
    }
    return archive, tables


def test_the_export_has_all_of_the_account_and_nothing_of_others(shop: Shop) -> None:
    other = shop.open_account("A2")
    for account in (shop.account, other):
        invoice = shop.invoice(1000, account=account)
        shop.pay(5000, account=account)
        credit_invoice(invoice=invoice, today=DAY, now=NOW, reason=f"for {account}")
        plan = shop.meter(f"traffic-{account}")
        shop.subscribe(plan, f"S-{account}", account=account)
    stranger, owner = Customer(other), Customer(shop.account)
    owner.fetch(f"/invoices/{shop.account.invoices.get().public_id}/document.pdf")
    archive, tables = read_export(owner)
    assert tables["account"][0]["external_id"] == "A1"
    assert len(tables["invoices"]) == len(tables["payments"]) == len(tables["credit_notes"]) == 1
    assert tables["invoice_lines"][0]["description"] == "A charge"
    assert tables["people"] == [
        {
            "role": "owner",
            "user_email": owner.user.email,
            "user_language": "",
            "user_name": owner.user.name,
        }
    ]
    assert tables["credit"] and tables["allocations"] and tables["events"]
    assert tables["subscriptions"][0]["external_id"] == "S-A1"
    assert [name for name in archive.namelist() if name.startswith("documents/")]
    everything = b"".join(archive.read(name) for name in archive.namelist() if "json" in name)
    for secret in (b"A2", other.public_id.encode(), stranger.user.email.encode(), b"md5$"):
        assert secret not in everything


def test_the_export_holds_no_token_of_a_gateway(shop: Shop) -> None:
    PaymentMethod.objects.create(
        account=shop.account, gateway="sandbox", token="tok-secret", kind="visa",
        label="Visa •••• 4242", added_at=NOW, data={"customer": "cus-secret"},
    )  # fmt: skip
    _, tables = read_export(Customer(shop.account))
    assert tables["payment_methods"][0]["label"] == "Visa •••• 4242"
    assert "secret" not in json.dumps(tables)


def test_the_export_is_for_those_who_may_and_leaves_a_trace(shop: Shop) -> None:
    reader = Customer(shop.account, "read_only")
    assert "account.zip" not in reader.see("/documents/")
    assert reader.client.post("/documents/account.zip").status_code == 403
    owner = Customer(shop.account)
    assert owner.client.get("/documents/account.zip").status_code == 405
    read_export(owner)
    event = Event.objects.get(kind="account.exported")
    assert (event.subject, event.actor) == (shop.account.public_id, owner.user.public_id)


def test_the_export_knows_every_table_that_an_account_has(shop: Shop) -> None:
    """Whoever adds a table that belongs to accounts decides here whether it is handed out."""
    from django.apps import apps

    from quarterday.store.queries.portal.export import _TABLES

    # The codes of promotions stand in the orders that used them.
    kept_back = {
        "AccountNote", "Approval", "BankMatch", "BillingDue", "BillingHold", "BillingProblem", "Cart",
        "CreditNoteTax", "Dunning", "Foreseen", "JournalEntry", "LinkRevocation", "Posting", "PromotionUse",
        "ServiceCall", "Task", "WebhookDelivery",
    }  # fmt: skip
    exported = {model.__name__ for model, _, _ in _TABLES.values()}
    owning = {
        model.__name__
        for model in apps.get_app_config("store").get_models()
        if any(field.attname == "account_id" for field in model._meta.concrete_fields)
    }
    assert owning - exported - kept_back == set()


def test_memory_does_not_grow_with_what_is_exported(shop: Shop) -> None:
    sub = shop.subscribe(shop.meter(), "S1")
    customer = Customer(shop.account)

    def add(count: int) -> None:
        first = UsageEvent.objects.count()
        meter = sub.items.get().price.meter
        rows = [
            UsageEvent(
                meter=meter, event_id=f"e{first + number}", account=shop.account,
                subscription=sub, at=NOW - timedelta(minutes=number), on=DAY, value=1,
            )
            for number in range(count)
        ]  # fmt: skip
        UsageEvent.objects.bulk_create(rows, batch_size=500)

    def peak() -> int:
        answer: Any = customer.client.post("/documents/account.zip")
        tracemalloc.start()
        size = sum(len(piece) for piece in answer.streaming_content)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert size
        return found

    add(1000)
    peak()
    small = peak()
    add(9000)
    assert peak() < small + 2**20
    # Its sums are those of the billing run; nothing here was billed.
    UsageEvent.objects.all().delete()


def test_a_zip_is_made_while_it_is_sent() -> None:
    made: list[int] = []

    def pieces() -> Any:
        for number in range(100):
            made.append(number)
            yield bytes(f"{number:06d}" * 20000, "ascii")

    stream = stream_zip([("a.txt", pieces()), ("b.txt", [b"end"])], NOW)
    first = next(stream)
    assert first and len(made) < 10
    archive = open_zip(first + b"".join(stream))
    assert archive.read("b.txt") == b"end"
    assert len(archive.read("a.txt")) == 100 * 6 * 20000


def test_ten_years_are_listed(shop: Shop) -> None:
    live_through(shop, shop.account, 400, date(2025, 1, 30))
    page = Customer(shop.account).see("/documents/2025/")
    assert "336 invoices" in page
    for number in range(60):
        shop.pay(100 + number, on=date(2026, 3, 1))
    customer = Customer(shop.account, "billing")
    page = customer.see("/documents/2026/")
    rows = re.compile(r'href="(/payments/pay_\w+/)"')
    first = rows.findall(page)
    assert len(first) == 50
    older = re.search(r'rel="next" href="\?(after=[^#"]+)#payments"', page)
    page = customer.see(f"/documents/2026/?{older and older[1]}")
    second = rows.findall(page)
    assert len(first + second) == len({*first, *second}) == 61
    newer = re.search(r'rel="prev" href="\?(before=[^#"]+)#payments"', page)
    assert rows.findall(customer.see(f"/documents/2026/?{newer and newer[1]}")) == first
    assert Invoice.objects.filter(issued_on__year=2025).count() == 336
