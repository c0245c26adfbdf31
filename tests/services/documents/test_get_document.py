"""A document becomes a file once; what it says agrees with the books to the cent."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from django.db import Error, transaction
from django.utils import translation

from quarterday.core.errors import BillingError
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.documents.find_source import find_source
from quarterday.services.documents.get_document import get_document
from quarterday.services.documents.make_documents import make_documents
from quarterday.services.documents.save_template import save_template
from quarterday.services.documents.verify_documents import verify_documents
from quarterday.services.errors import NotFound
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.invoicing.write_off_invoice import write_off_invoice
from quarterday.services.links.open_link import open_link
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.store.models import (
    Account,
    Brand,
    DocumentFile,
    DocumentKind,
    Event,
    Invoice,
    Link,
    Posting,
)
from tests.documents.pdf import check_archive, read_codes, read_pages, read_text
from tests.services.till import DAY, LATER, NOW, Shop

pytestmark = pytest.mark.django_db
EUROS = re.compile(r"−?[\d,]+\.\d\d")


@pytest.fixture
def branded(shop: Shop) -> Shop:
    bank = {"iban": "DE89370400440532013000", "bank": "Example"}
    Brand.objects.create(seller=shop.seller, accent="#0b6e4f", data=bank)
    return shop


def get(kind: str, subject: str, **more: Any) -> DocumentFile:
    return get_document(kind=DocumentKind(kind), subject=subject, now=more.get("now", NOW))


def page_of(kind: str, subject: str) -> dict[str, Any]:
    with translation.override("en"):
        return find_source(DocumentKind(kind), subject, NOW).build("")


def minor(text: str) -> int:
    return int(Decimal(text.replace(",", "").replace("−", "-").replace("\xa0€", "")) * 100)


def test_an_invoice_is_made_once_and_kept(branded: Shop) -> None:
    invoice = branded.invoice(1000, 250)
    made = get("invoice", invoice.public_id)
    content = bytes(made.content)
    assert made.digest == sha256(content).hexdigest()
    assert made.name == f"invoice-{invoice.label}.pdf"
    assert made.account_id == invoice.account_id and made.language == "en"
    check_archive(content)
    text = read_text(content)
    for words in (invoice.label, "Example customer A1", "19%", "14.88 €", "Example Hosting GmbH"):
        assert words in text
    # What happens later changes nothing of it, and asking again makes nothing.
    branded.pay(500)
    again = get("invoice", invoice.public_id, now=NOW + timedelta(days=400))
    assert (again.id, bytes(again.content)) == (made.id, content)
    assert Event.objects.filter(kind="document.made").count() == 1


def test_a_kept_file_cannot_be_changed(branded: Shop) -> None:
    made = get("invoice", branded.invoice(1000).public_id)
    rows = DocumentFile.objects.filter(id=made.id)
    for change in ({"content": b"x"}, {"digest": "0"}, {"name": "x"}, {"subject": "x"}):
        with pytest.raises(Error, match="never changed"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        rows.delete()


def test_the_codes_pay_this_invoice(branded: Shop) -> None:
    invoice = branded.invoice(1000)
    transfer, pay = sorted(read_codes(bytes(get("invoice", invoice.public_id).content)))
    assert "EUR11.90" in transfer and "RF" in transfer
    found = open_link(token=pay.rpartition("/l/")[2], now=NOW)
    assert (found.link.purpose, found.link.subject) == ("pay", invoice.public_id)


def test_a_paid_invoice_asks_for_nothing(branded: Shop) -> None:
    invoice = branded.invoice(1000)
    branded.pay(1190)
    content = bytes(get("invoice", invoice.public_id).content)
    assert read_codes(content) == []
    text = read_text(content)
    assert "Left to pay 0.00 €" in text and "Nothing is left to pay." in text
    assert not Link.objects.exists()


@pytest.mark.parametrize("inclusive", [(False, False), (True, True), (True, False)])
def test_lines_taxes_and_totals_agree_to_the_cent(
    branded: Shop, inclusive: tuple[bool, bool]
) -> None:
    for place, (amount, inside) in enumerate(zip(("9.99", "0.07"), inclusive, strict=True)):
        product = (branded.hosting, branded.books)[place]
        plan = publish_plan(product=product, code=f"p{place}", name="A plan", now=NOW)
        model = {"model": "per_unit", "unit_price": amount}
        publish_price(
            plan=plan, code="v1", currency="EUR", model=model, tax_inclusive=inside, now=NOW
        )
        branded.subscribe(plan, f"s{place}", quantity=Decimal(3), start_on=date(2026, 3, 2))
    invoice = branded.bill()
    page = page_of("invoice", invoice.public_id)
    said = [minor(line["amount"]) for line in page["lines"]]
    assert minor(page["lines"][-1]["running"]) == sum(said)
    assert sum(said) == (invoice.total_minor if all(inclusive) else invoice.net_minor)
    bases = [minor(row[2]) for row in page["taxes"]["rows"]]
    taxes = [minor(row[3]) for row in page["taxes"]["rows"]]
    assert (sum(bases), sum(taxes)) == (invoice.net_minor, invoice.tax_minor)
    totals = {one["name"]: minor(one["value"]) for one in page["totals"]}
    assert totals["Total"] == invoice.total_minor
    assert totals["Total without tax"] == invoice.net_minor
    assert len(page["totals"]) == 2 + len(taxes)


def test_an_invoice_of_many_lines_says_all_of_them(branded: Shop) -> None:
    invoice = branded.invoice(*range(100, 300))
    pages = read_pages(bytes(get("invoice", invoice.public_id).content))
    assert len(pages) > 4
    assert sum(text.count("A charge") for text in pages) == 200
    assert f"Total {invoice.total_minor / 100:,.2f} €" in pages[-1]
    for earlier, later in pairwise(pages):
        carried = re.search(r"Carried forward (\S+)", earlier)
        brought = re.search(r"Brought forward (\S+)", later)
        assert carried and brought and carried[1] == brought[1]


def test_a_credit_note_says_what_became_of_it(branded: Shop) -> None:
    invoice = branded.invoice(1000)
    branded.pay(1000)
    note = credit_invoice(invoice=Invoice.objects.get(), today=DAY, now=NOW, reason="Not delivered")
    text = read_text(bytes(get("credit_note", note.public_id).content))
    for words in (note.label, invoice.label, "Not delivered", "Total 11.90 €"):
        assert words in text
    assert "1.90 € lowers invoice" in text and "10.00 € is credit on your account." in text


def test_a_receipt_says_what_was_settled(branded: Shop) -> None:
    one, two = branded.invoice(1000), branded.invoice(500, on=LATER)
    payment = branded.pay(2000, on=LATER)
    text = read_text(bytes(get("receipt", payment.public_id).content))
    for words in (one.label, two.label, "11.90", "5.95", "Credit on your account 2.15"):
        assert words in text
    assert "Received 20.00 €" in text


def test_a_receipt_says_what_went_back(branded: Shop) -> None:
    branded.invoice(1000)
    payment = branded.pay(2000)
    refund_payment(payment=payment, amount_minor=800, today=DAY, now=NOW)
    text = read_text(bytes(get("receipt", payment.public_id).content))
    assert "Paid back to you 8.00" in text and "Credit on your account 0.10" in text


def test_what_was_written_off_adds_up(branded: Shop) -> None:
    invoice = branded.invoice(1000)
    branded.pay(500)
    write_off_invoice(invoice=invoice, today=DAY, now=NOW, reason="Not to be found")
    text = read_text(bytes(get("invoice", invoice.public_id).content))
    for words in ("Total 11.90 €", "Paid −5.00 €", "Written off −6.90 €", "Left to pay 0.00 €"):
        assert words in text


def test_a_statement_is_what_the_book_says(branded: Shop) -> None:
    key = branded.account.public_id
    branded.invoice(1000, on=date(2025, 12, 30))
    branded.pay(500, on=date(2026, 1, 3))
    invoice = branded.invoice(700)
    branded.pay(2500)
    credit_invoice(invoice=invoice, today=DAY, now=NOW, reason="Not delivered")
    later = NOW + timedelta(days=365)
    page = page_of("statement", f"{key}:2026")
    book = Posting.objects.filter(
        account_id=branded.account.id,
        ledger_account__code__in=("assets:receivable", "liabilities:credit"),
    )
    balance = sum(book.values_list("amount_minor", flat=True))
    made = get("statement", f"{key}:2026", now=later)
    assert made.subject == f"{key}:2026"
    totals = {one["name"]: minor(one["value"]) for one in page["totals"]}
    assert totals["Balance brought in"] == 1190 and totals["Balance"] == 1190 - 500
    with translation.override("en"):
        whole = find_source(DocumentKind.STATEMENT, f"{key}:2026", later).build("")
    totals = {one["name"]: minor(one["value"]) for one in whole["totals"]}
    assert totals["Balance"] == balance == minor(whole["lines"][-1]["balance"])
    assert totals["Balance brought in"] + totals["Charged"] + totals["Paid or credited"] == balance
    running = totals["Balance brought in"]
    for line in whole["lines"]:
        running += minor(line["charge"] or "0") - minor(line["payment"] or "0")
        assert minor(line["balance"]) == running


def test_a_year_that_is_not_over_is_kept_day_by_day(branded: Shop) -> None:
    key = branded.account.public_id
    first = get("statement", f"{key}:2026")
    assert first.subject == f"{key}:2026/2026-03-02"
    assert get("statement", f"{key}:2026").id == first.id
    later = get("statement", f"{key}:2026", now=NOW + timedelta(days=1))
    assert later.subject == f"{key}:2026/2026-03-03"
    assert get("statement", f"{key}:2026", now=NOW + timedelta(days=400)).subject == f"{key}:2026"
    for year in ("2027", "26", "", "x"):
        with pytest.raises(BillingError, match="statement"):
            get("statement", f"{key}:{year}")


def test_what_comes_next_as_a_pro_forma(branded: Shop) -> None:
    contract = branded.subscribe(branded.meter(), "S1")
    with pytest.raises(NotFound, match="nothing will be billed"):
        get("pro_forma", contract.public_id)
    plan = publish_plan(product=branded.hosting, code="flat", name="Flat", now=NOW)
    model = {"model": "flat", "amount": "12.90"}
    publish_price(plan=plan, code="v1", currency="EUR", model=model, now=NOW)
    flat = branded.subscribe(plan, "S2")
    made = get("pro_forma", flat.public_id)
    assert made.subject == f"{flat.public_id}:2026-03-02"
    text = read_text(bytes(made.content))
    assert "Pro forma invoice" in text and "15.35 €" in text


@pytest.mark.parametrize("kind", list(DocumentKind))
@pytest.mark.parametrize("subject", ["", "inv_0", "acc_0:2026", "' OR 1=1 --", "x" * 300])
def test_nothing_is_found_under_other_names(branded: Shop, kind: str, subject: str) -> None:
    branded.invoice(1000)
    with pytest.raises(BillingError):
        get(kind, subject)
    assert not DocumentFile.objects.exists()


@pytest.mark.parametrize(
    ("language", "shown"), [("de-AT", "de"), ("fr", "fr"), ("xx", "en"), ("pt_BR", "pt")]
)
def test_a_document_speaks_the_language_of_its_reader(
    branded: Shop, language: str, shown: str
) -> None:
    Account.objects.filter(id=branded.account.id).update(language=language)
    made = get("invoice", branded.invoice(123456).public_id)
    assert made.language == shown
    assert str(check_archive(bytes(made.content)).Root.Lang).startswith(shown)
    number = {"de": "1.469,13", "fr": "1 469,13", "en": "1,469.13", "pt": "1.469,13"}[shown]
    assert number in read_text(bytes(made.content))


def test_many_are_made_in_few_statements(branded: Shop, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        branded.charge(1000, account=branded.open_account(f"B{number}"))
    branded.bill()
    keys = list(Invoice.objects.values_list("public_id", flat=True))
    # Each file is a row with an event, each in a savepoint; all the rest is asked for once.
    with django_assert_max_num_queries(4 * len(keys) + 16):
        assert make_documents(invoices=keys, now=NOW) == len(keys)
    assert make_documents(invoices=keys, now=NOW) == 0
    assert all(problem == "" for _, problem in verify_documents())


def test_a_template_of_the_seller_is_used_and_one_that_fails_harms_nobody(branded: Shop) -> None:
    source = '#let doc = json("page.json")\n= Ours #doc.number\n#if doc.lines.len() > 1 { panic() }'
    saved = save_template(seller=branded.seller, kind=DocumentKind.RECEIPT, source="= x", now=NOW)
    assert saved.version == 1
    with pytest.raises(BillingError, match="line 3 of the template"):
        save_template(seller=branded.seller, kind=DocumentKind.INVOICE, source=source, now=NOW)
    works = source.replace("> 1", "== 2")
    for _ in range(2):
        row = save_template(seller=branded.seller, kind=DocumentKind.INVOICE, source=works, now=NOW)
        assert row.version == 1
    one = get("invoice", branded.invoice(1000).public_id)
    assert read_text(bytes(one.content)).strip().startswith("Ours INV")
    assert one.data["template"] == row.public_id
    two = get("invoice", branded.invoice(100, 200, on=LATER).public_id)
    assert "How to pay" in read_text(bytes(two.content))
    assert "line 3 of the template" in two.data["problem"]
    assert "problem" in Event.objects.get(kind="document.made", subject=two.public_id).data


def test_a_logo_that_cannot_be_drawn_is_left_out(branded: Shop) -> None:
    Brand.objects.update(logo=b"\x89PNG broken", logo_type="image/png")
    text = read_text(bytes(get("invoice", branded.invoice(1000).public_id).content))
    assert "How to pay" in text


def test_a_damaged_file_is_told(branded: Shop) -> None:
    invoice = branded.invoice(1000)
    made = get("invoice", invoice.public_id)
    DocumentFile.objects.create(
        account=made.account,
        kind=DocumentKind.RECEIPT,
        subject="pay_0",
        language="en",
        name="x.pdf",
        digest=made.digest,
        content=bytes(made.content) + b" ",
        made_at=NOW,
    )
    cut = bytes(made.content)[:-200]
    DocumentFile.objects.create(
        account=made.account,
        kind=DocumentKind.RECEIPT,
        subject="pay_1",
        language="en",
        name="x.pdf",
        digest=sha256(cut).hexdigest(),
        content=cut,
        made_at=NOW,
    )
    problems = [problem for _, problem in verify_documents(seller=branded.seller)]
    assert problems == ["", "its content is not what its hash says", "ends too early"]
