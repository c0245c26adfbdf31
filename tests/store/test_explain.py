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
from quarterday.store.queries.explain_line import explain_line
from quarterday.store.queries.explain_words import Unit, show_exact
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
    assert ": 29.95 EUR each month" in text
    assert "29.95 × 24/30 days = 23.96 EUR" in text
    assert "2025-06-07 to 2025-06-30 (24 days): 23.96 EUR" in text
    assert "rounded half up to" not in text


def test_a_rounded_amount_shows_what_it_was_before() -> None:
    text = text_of_price("10", date(2025, 7, 10), date(2025, 7, 10), convention="fixed_30")
    assert "10.00 × 21/30 days (each month counts as 30) = 7.00 EUR" in text
    text = text_of(Invoice.objects.filter(lines__kind="recurring", lines__gross_minor=321)[0])
    assert "9.99 × 9/28 days = 3.211071… EUR, rounded half up to 3.21 EUR" in text


def test_a_policy_that_does_not_prorate_is_named() -> None:
    text = text_of_price("10", date(2025, 6, 10), date(2025, 6, 10), policy="none")
    assert "10.00 × 0 (a part of a period is not charged) = 0.00 EUR" in text


@pytest.mark.parametrize("model", [Invoice, CreditNote])
def test_every_document_is_explained_with_all_its_lines_and_totals(
    model: type[Invoice] | type[CreditNote],
) -> None:
    for document in model._default_manager.all():
        data = data_of(document)
        assert json.loads(json.dumps(data)) == data
        text = "\n".join(render_explanation(data))
        assert len(re.findall(r"^\d+\. ", text, re.MULTILINE)) == document.lines.count()
        assert f"= total {Unit(document.currency)(data['total'])}" in text
        assert sum((Decimal(one["amount"]) for one in data["postings"]), Decimal(0)) == 0


def test_every_kind_of_line_says_how_it_came_to_be() -> None:
    said = {
        "setup": "setup fee of web/plan/v1: 10.00 EUR, charged once",
        "usage": "12.5 × 3.5 JPY = 43.75 JPY\n   43.75 JPY is rounded half up to 44 JPY",
        "commitment": "charged in the period: 944 JPY, so 56 JPY is missing",
        "unused": "INV-000006 line 2 charged 9.99 EUR; 15 of its 28 days are not used\n"
        "   9.99 × 15/28 days = 5.351785… EUR, rounded half up to 5.35 EUR, given back",
        "one_off": "a single charge of 5.00 EUR",
    }
    every = "\n".join(text_of(one) for one in Invoice.objects.all())
    for kind, words in said.items():
        assert InvoiceLine.objects.filter(kind=kind).exists()
        assert words in every, kind


def explain(
    facts: dict[str, Any], terms: dict[str, str] | None = None, net: str = "0.00"
) -> list[str]:
    """The sentences about a line with these facts."""
    line = {"gross": net, "discount": "0.00", "net": net, "discounts": [], "terms": terms or {}}
    return list(explain_line(line | {"explanation": facts}, Unit("EUR")))


def test_late_usage_shows_what_was_billed_before() -> None:
    facts = {
        "price": "air/v1", "model": {"model": "per_unit"}, "factor": "1", "exact": "25",
        "steps": [["units", "50", "0.5", "25"]], "total_minor": 2500, "quantity": "60",
        "billed_before_minor": 2000, "amount_minor": 500, "rounding": "half up",
    }  # fmt: skip
    terms = {"cadence": "1 month", "meter": "Calls", "aggregation": "count", "free_units": "10"}
    assert explain(facts, terms) == [
        "measured: 60, the number of events (Calls), of which 10 are free",
        "price air/v1: 50 × 0.50 EUR = 25.00 EUR",
        "usage that was recorded after these days had been billed",
        "cost now 25.00 EUR − billed before 20.00 EUR = 5.00 EUR",
    ]


def test_steps_of_a_price_are_added_up() -> None:
    facts = {
        "price": "air/v1", "factor": "1/2", "exact": "750",
        "model": {"model": "graduated", "tiers": [{"up_to": "1000"}, {"unit_price": "1"}]},
        "steps": [
            ["up to 1000", "1000", "1.2", "1200"], ["the rest", "5", "1", "5"],
            ["minimum", "1", "1500", "295"], ["factor", "1", "0", "-750"],
        ],
        "days": 15, "of_days": 30, "amount_minor": 75000, "rounding": "half up",
    }  # fmt: skip
    assert explain(facts, {"cadence": "3 month"}) == [
        "price air/v1 every 3 months, graduated:",
        "  up to 1,000: 1,000 × 1.20 EUR = 1,200.00 EUR",
        "  above 1,000: 5 × 1.00 EUR = 5.00 EUR",
        "  minimum 1,500.00 EUR: 295.00 EUR more",
        "1,500.00 × 15/30 days = 750.00 EUR",
    ]


def test_a_minimum_for_a_part_of_a_period_says_its_part() -> None:
    facts = {
        "price": "air/v1", "model": {"model": "per_unit"}, "factor": "1", "exact": "25",
        "steps": [["units", "5", "1", "5"], ["minimum", "1", "50", "20"]], "amount_minor": 2500,
    }  # fmt: skip
    assert "  minimum 50.00 EUR, for these days × 1/2 = 25.00 EUR: 20.00 EUR more" in explain(facts)


@pytest.mark.parametrize(
    ("model", "step", "words"),
    [
        ({"model": "package", "size": "5"}, ["packages", "2", "2", "4"], "packages of 5: 2 × 2.00"),
        ({"model": "volume", "tiers": [{"up_to": "10"}, {}]}, ["the rest", "12", "1", "12"],
         "all at the price for above 10: 12 × 1.00"),
        ({"model": "percentage"}, ["2.9 %", "100", "0.029", "2.9"], "2.9 % of 100 = 2.90 EUR"),
        ({"model": "percentage"}, ["free", "7", "0", "0"], "7 are free"),
        ({"model": "graduated", "tiers": [{"up_to": "3"}]}, ["up to 3, flat fee", "1", "9", "9"],
         "up to 3, flat fee: 9.00 EUR"),
    ],
)  # fmt: skip
def test_every_model_has_words_for_its_steps(
    model: dict[str, Any], step: list[str], words: str
) -> None:
    facts = {"price": "p", "model": model, "factor": "1", "exact": step[3], "steps": [step]}
    assert words in explain(facts)[0]


def test_an_unused_credit_says_what_was_left_to_give_back() -> None:
    facts = {
        "line": "INV-1 line 1", "charged_minor": 3000, "credited_before_minor": 2500, "days": 10,
        "of_days": 30, "convention": "actual_days", "factor": "1/3", "amount_minor": -500,
    }  # fmt: skip
    assert explain(facts, net="-5.00")[1] == (
        "30.00 × 10/30 days = 10.00 EUR; 25.00 EUR of the line was credited before, "
        "so 5.00 EUR is left, given back"
    )


PRODUCT = re.compile(
    r"(-?[\d,.]+) × ([\d,.]+|\d+/\d+)(?: days.*?)?(?: [A-Z]{3})? = (-?[\d,.]+)(…?)"
)


def test_the_sums_that_are_printed_come_out() -> None:
    count = 0
    documents: list[Invoice | CreditNote] = [*Invoice.objects.all(), *CreditNote.objects.all()]
    for document in documents:
        for one, other, result, cut in PRODUCT.findall(text_of(document).replace(",", "")):
            exact, said = Fraction(one) * Fraction(other), Fraction(result)
            assert exact == said or (cut and abs(exact - said) < Fraction(1, 10**5)), document
            count += 1
    assert count > 15


def test_a_discount_is_taken_off_before_the_eyes_of_the_reader() -> None:
    text = text_of(Invoice.objects.filter(account__external_id="H1").earliest("id"))
    assert "discount spring (15 %): less 4.49 EUR\n   29.95 − 4.49 = 25.46 EUR" in text


def test_taxes_say_their_base_their_rounding_and_their_reason() -> None:
    text = text_of(Invoice.objects.filter(account__external_id="C3")[1])
    assert "GST (gst): 5 % of 19.99 CAD = 1.00 CAD, rounded half up" in text
    assert "QST (qst): 9.975 % of 20.99 CAD, the tax above included, = 2.09 CAD" in text
    text = text_of(Invoice.objects.filter(account__external_id="H3").earliest("id"))
    assert (
        "No tax on 39.95 EUR: Reverse charge, the customer accounts for the tax (category AE, "
        "VATEX-EU-AE)"
    ) in text
    text = text_of(Invoice.objects.filter(account__external_id="H2").earliest("id"))
    assert "VAT (vat19): 19 % of 10.00 EUR = 1.90 EUR, which the prices include" in text


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
    assert "write off  expenses:bad-debt   39.95 EUR" in text
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
