"""Anybody can follow how a document came to be, and its sums come out."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.store.models import Account, CreditNote, Invoice, InvoiceLine, Seller
from quarterday.store.queries.documents import page_invoices
from quarterday.store.queries.explain import (
    explain_credit_note,
    explain_invoice,
    render_explanation,
)
from quarterday.store.queries.explain_line import Unit, explain_line, show_exact
from tests.store.business import bill, make_account, make_plan, make_price, make_seller, subscribe

pytestmark = pytest.mark.usefixtures("books")


def data_of(document: Invoice | CreditNote) -> dict[str, Any]:
    """What there is to know of a document."""
    explain = explain_invoice if isinstance(document, Invoice) else explain_credit_note
    return explain(document.public_id)


def text_of(document: Invoice | CreditNote) -> str:
    """The explanation of a document."""
    return "\n".join(render_explanation(data_of(document)))


def text_of_price(amount: str, start: date, on: date, **terms: str) -> str:
    """The explanation of the first invoice for a flat price on a calendar month."""
    seller = make_seller("extra", "US", "EUR")
    plan = make_plan(seller, "box")
    make_price(plan, amount, **terms)
    account = make_account(seller, "X1")
    subscribe(account, plan, "X1", start_on=start, anchor_day=1)
    bill(on)
    return text_of(Invoice.objects.get(account=account))


def test_a_part_of_a_month_shows_the_sum_that_anybody_can_check() -> None:
    text = text_of_price("29.95", date(2025, 6, 7), date(2025, 6, 7))
    assert "flat price 29.95 EUR" in text
    assert "29.95 × 24/30 days = 23.96 EUR" in text
    assert "2025-06-07 to 2025-06-30 (24 days): 23.96 EUR" in text
    assert "rounded half up to" not in text


def test_a_rounded_amount_shows_what_it_was_before() -> None:
    text = text_of_price("10", date(2025, 7, 10), date(2025, 7, 10), convention="fixed_30")
    assert "10 × 7/10 (by months of 30 days) = 7.00 EUR" in text
    text = text_of(Invoice.objects.filter(lines__kind="recurring", lines__gross_minor=321)[0])
    assert (
        "9.99 × 9/28 days = 3.211071… EUR\n   rounded half up to 2 decimals of EUR: 3.21 EUR"
        in text
    )


def test_a_policy_that_does_not_prorate_is_named() -> None:
    text = text_of_price("10", date(2025, 6, 10), date(2025, 6, 10), policy="none")
    assert "10 × 0 (a part of a period is not charged) = 0.00 EUR" in text


@pytest.mark.parametrize("model", [Invoice, CreditNote])
def test_every_document_is_explained_with_all_its_lines_and_totals(
    model: type[Invoice] | type[CreditNote],
) -> None:
    for document in model._default_manager.all():
        data = data_of(document)
        assert json.loads(json.dumps(data)) == data
        text = "\n".join(render_explanation(data))
        assert len(re.findall(r"^\d+\. ", text, re.MULTILINE)) == document.lines.count()
        assert f"= total {data['total']} {document.currency}" in text
        assert sum((Decimal(one["amount"]) for one in data["postings"]), Decimal(0)) == 0


def test_every_kind_of_line_says_how_it_came_to_be() -> None:
    said = {
        "setup": "setup fee of web/plan/v1: 10.00 EUR, charged once",
        "usage": "units: 12.5 × 3.5 = 43.75 JPY\n   43.75 JPY is rounded half up to 0 decimals of JPY: 44 JPY",
        "commitment": "the period was charged 944 JPY, so 56 JPY is missing",
        "unused": "INV-000006 line 2 charged 9.99 EUR; 15 of 28 days go unused\n"
        "   9.99 × 15/28 days is given back: -5.35 EUR",
        "one_off": "a charge of 5.00 EUR that was entered by hand",
    }
    every = "\n".join(text_of(one) for one in Invoice.objects.all())
    for kind, words in said.items():
        assert InvoiceLine.objects.filter(kind=kind).exists()
        assert words in every, kind


def test_late_usage_shows_what_was_billed_before() -> None:
    line = {
        "explanation": {
            "price": "air/v1", "model": {"model": "per_unit"}, "factor": "1", "exact": "25",
            "steps": [["units", "50", "0.5", "25"]], "total_minor": 2500,
            "billed_before_minor": 2000, "amount_minor": 500, "rounding": "half up",
        },
        "gross": "5.00", "discount": "0.00", "net": "5.00", "tax_code": "vat",
        "tax_included": False,
    }  # fmt: skip
    assert (
        "usage that came late: the period costs 25.00 EUR, of which 20.00 EUR was billed before"
        in explain_line(line, Unit("EUR"))
    )


def test_steps_of_a_price_are_added_up() -> None:
    facts = {
        "price": "air/v1", "model": {"model": "graduated"}, "factor": "1/2", "exact": "25",
        "steps": [
            ["1 to 10", "10", "2", "20"], ["from 11", "5", "1", "5"],
            ["minimum", "1", "50", "25"], ["factor", "1", "0", "-25"],
        ],
        "days": 15, "of_days": 30, "amount_minor": 2500, "rounding": "half up",
    }  # fmt: skip
    line = {
        "explanation": facts, "gross": "25.00", "discount": "0.00", "net": "25.00",
        "base": "21.01", "tax_code": "vat", "tax_included": True,
    }  # fmt: skip
    assert list(explain_line(line, Unit("EUR"))) == [
        "price air/v1 (graduated)",
        "1 to 10: 10 × 2 = 20 EUR",
        "from 11: 5 × 1 = 5 EUR",
        "up to the minimum of 50.00 EUR: plus 25 EUR",
        "together 50 EUR",
        "50 × 15/30 days = 25.00 EUR",
        "tax vat, the price includes it: 21.01 EUR without tax",
    ]


def test_a_discount_is_taken_off_before_the_eyes_of_the_reader() -> None:
    text = text_of(Invoice.objects.filter(account__external_id="H1").earliest("id"))
    assert "discount spring: less 4.49 EUR\n   29.95 − 4.49 = 25.46 EUR" in text


def test_taxes_say_their_base_their_rounding_and_their_reason() -> None:
    text = text_of(Invoice.objects.filter(account__external_id="C3")[1])
    assert "GST (gst): 5 % of 19.99 CAD = 1.00 CAD, rounded half up once; category S" in text
    assert "QST (qst): 9.975 % of 20.99 CAD = 2.09 CAD" in text
    text = text_of(Invoice.objects.filter(account__external_id="H3").earliest("id"))
    assert (
        "No tax on 39.95 EUR: Reverse charge (VATEX-EU-AE); category AE: the customer accounts "
        "for the tax"
    ) in text
    text = text_of(Invoice.objects.filter(account__external_id="H2").earliest("id"))
    assert "VAT (vat19): 19 % of 10.00 EUR = 1.90 EUR, taken out of prices that include it" in text


def test_a_tax_that_was_rounded_on_each_line_says_so() -> None:
    data = explain_invoice(Invoice.objects.filter(account__external_id="C1")[0].public_id)
    data["taxes"][0]["tax"] = "2.51"
    assert any(
        "= 2.51 CAD, rounded half up on each line" in text for text in render_explanation(data)
    )


def test_what_became_of_the_invoice_is_told() -> None:
    written_off = Invoice.objects.get(status="written_off")
    text = text_of(written_off)
    assert ", written off\n" in text
    assert "write_off: expenses:bad-debt 39.95 EUR" in text
    text = text_of(Invoice.objects.filter(account__external_id="H1").earliest("id"))
    assert "2025-04-01: 20.00 EUR settled by payment P1" in text
    assert "2025-04-01: 20.00 EUR taken back from payment P1" in text


def test_a_credit_note_says_what_it_takes_back() -> None:
    note = CreditNote.objects.filter(invoice__account__external_id="H4").earliest("id")
    assert note.invoice is not None
    text = text_of(note)
    assert f"for invoice {note.invoice.label}: as agreed" in text
    assert f"line 1 of {note.invoice.label} charged 9.99 EUR; 1.01 EUR is taken back" in text
    assert f"1.01 EUR settled invoice {note.invoice.label}" in text
    assert f"credit note {note.label} of 1.01 EUR: as agreed" in text_of(note.invoice)


def test_a_document_is_found_by_its_label() -> None:
    invoice = Invoice.objects.filter(seller__code="wisp").earliest("id")
    assert explain_invoice(invoice.label, "wisp")["id"] == invoice.public_id
    with pytest.raises(BillingError, match="could be several"):
        explain_invoice(invoice.label)
    with pytest.raises(BillingError, match="INV-9"):
        explain_invoice("INV-9")


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("-5/2", "-2.5"), ("1/3", "0.333333…"), ("-2/3", "-0.666666…"), ("100", "100")],
)
def test_exact_amounts_are_shown_as_decimals(value: str, text: str) -> None:
    assert show_exact(Fraction(value)) == text


def test_pages_are_whole_and_do_not_overlap() -> None:
    seen: list[int] = []
    before: int | None = None
    while True:
        page = page_invoices(before=before, limit=7)
        seen += [one.id for one in page.invoices]
        if page.before is None:
            break
        assert len(page.invoices) == 7
        before = page.before
    assert seen == list(Invoice.objects.order_by("-id").values_list("id", flat=True))


def test_pages_are_limited_to_what_is_asked_for() -> None:
    account, seller = Account.objects.get(external_id="H1"), Seller.objects.get(code="canada")
    day = date(2025, 3, 1)
    assert {one.account for one in page_invoices(account=account).invoices} == {account}
    assert {one.seller for one in page_invoices(seller=seller).invoices} == {seller}
    assert {one.status for one in page_invoices(status="void").invoices} == {"void"}
    assert {one.issued_on for one in page_invoices(first=day, last=day).invoices} == {day}
    overdue = page_invoices(overdue_on=date(2025, 3, 15)).invoices
    wanted = Invoice.objects.filter(status="open", due_on__lte=date(2025, 3, 14))
    assert {one.id for one in overdue} == set(wanted.values_list("id", flat=True))
    assert overdue
