"""The proofs find nothing in books that are right, and name exactly what is made wrong."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from quarterday.store.models import (
    Account,
    Allocation,
    BillingDue,
    CreditGrant,
    CreditNote,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    JournalEntry,
    LedgerAccount,
    NumberSeries,
    Payment,
    Posting,
    Refund,
    SubscriptionItem,
)
from quarterday.store.queries.check import PROOFS, check_books
from tests.store.damage import damage, remove_guards

pytestmark = pytest.mark.usefixtures("books")


def invoice_of(account: str, number: int = 0) -> Invoice:
    """One of an account's invoices, the first by default."""
    return Invoice.objects.filter(account__external_id=account).order_by("id")[number]


def posting_of(invoice: Invoice, ledger_account: str) -> Posting:
    """The posting of an invoice on a ledger account."""
    entry = JournalEntry.objects.get(source=invoice.public_id, kind="invoice")
    return Posting.objects.get(entry=entry, ledger_account__code=ledger_account)


def found() -> set[tuple[str, str]]:
    """The rules and subjects of what the proofs name."""
    return {(one.rule, one.subject) for one in check_books()}


def test_books_that_the_services_wrote_are_clean() -> None:
    told: list[tuple[str, int, int]] = []
    assert list(check_books(lambda *one: told.append(one))) == []
    assert [name for name, _, _ in told] == list(PROOFS)


def test_an_entry_that_does_not_balance() -> None:
    posting = posting_of(invoice_of("H1"), "income:books")
    remove_guards()
    damage("UPDATE store_posting SET amount_minor = amount_minor - 1 WHERE id = %s", posting.id)
    label = invoice_of("H1").label
    assert found() == {
        ("entry-balance", label),
        ("currency-balance", "hosting"),
        ("document-posting", label),
        ("document-income-posting", label),
    }


def test_an_entry_without_postings() -> None:
    note = CreditNote.objects.filter(invoice=None).earliest("id")
    grant = CreditGrant.objects.get(account=note.account, reason=note.label)
    entry = JournalEntry.objects.get(source=grant.public_id)
    remove_guards()
    damage("DELETE FROM store_posting WHERE entry_id = %s", entry.id)
    account = str(note.account)
    assert found() == {
        ("entry-empty", note.label),
        ("movement-posting", grant.public_id),
        ("receivable", account),
        ("credit", account),
    }


def test_an_entry_in_another_sellers_book() -> None:
    posting = posting_of(invoice_of("C4"), "income:sales")
    other = LedgerAccount.objects.get(seller__code="hosting", code="income:sales")
    remove_guards()
    damage("UPDATE store_posting SET ledger_account_id = %s WHERE id = %s", other.id, posting.id)
    assert found() == {
        ("entry-seller", invoice_of("C4").label),
        ("currency-balance", "canada"),
        ("currency-balance", "hosting"),
    }


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("gross_minor = gross_minor + 1", "line-total"),
        ("gross_minor = gross_minor + 1, net_minor = net_minor + 1", "document-lines"),
        ("gross_minor = gross_minor - 1, net_minor = net_minor - 1", "document-lines"),
    ],
)
@pytest.mark.parametrize("account", ["C1", "C2", "C3", "C4", "H3", "H4", "W1"])
def test_a_line_that_is_not_in_its_document(account: str, change: str, rule: str) -> None:
    invoice = invoice_of(account, 1)
    line = invoice.lines.filter(net_minor__gt=0).first()
    assert line is not None
    remove_guards()
    damage(f"UPDATE store_invoiceline SET {change} WHERE id = %s", line.id)
    assert found() == {(rule, invoice.label)}


def test_a_line_that_is_lost_of_a_document_with_prices_of_both_kinds() -> None:
    invoice = invoice_of("H1", 0)
    assert {line.item.price.tax_inclusive for line in invoice.lines.filter(item__isnull=False)} == {
        True,
        False,
    }
    line = invoice.lines.get(kind="setup")
    remove_guards()
    damage("DELETE FROM store_invoiceline WHERE id = %s", line.id)
    assert ("document-lines", invoice.label) in found() or (
        "document-base",
        invoice.label,
    ) in found()


@pytest.mark.parametrize("account", ["C1", "C3", "C4", "H1", "H2", "H3"])
def test_a_tax_on_more_than_its_lines(account: str) -> None:
    invoice = invoice_of(account)
    tax = invoice.taxes.order_by("id").first()
    assert tax is not None
    remove_guards()
    damage("UPDATE store_invoicetax SET base_minor = base_minor + 900 WHERE id = %s", tax.id)
    assert found() == {("document-base", invoice.label)}


def test_a_base_that_moved_from_one_tax_to_another() -> None:
    invoice = invoice_of("H1")
    for code, change in (("vat19", 40), ("vat7", -40)):
        tax = InvoiceTax.objects.get(invoice=invoice, code=code)
        remove_guards()
        damage(
            "UPDATE store_invoicetax SET base_minor = base_minor + %s WHERE id = %s",
            change,
            tax.id,
        )
    assert found() == {("document-base", invoice.label)}


@pytest.mark.parametrize("account", ["C1", "C3", "C4", "H2", "H3", "W1"])
def test_a_line_that_says_another_amount_without_tax(account: str) -> None:
    invoice = invoice_of(account)
    remove_guards()
    damage(
        "UPDATE store_invoiceline SET base_minor = base_minor + 1 WHERE id = %s",
        invoice.lines.earliest("id").id,
    )
    assert found() == {
        ("document-lines", invoice.label),
        ("document-income-posting", invoice.label),
    }


def test_a_tax_that_is_not_its_rate() -> None:
    invoice = invoice_of("H3")
    other = invoice_of("C1")
    remove_guards()
    for one, percent in ((invoice, "0.1"), (other, "9.9")):
        damage("UPDATE store_invoicetax SET percent = %s WHERE invoice_id = %s", percent, one.id)
    assert found() == {("tax-amount", one.label) for one in (invoice, other)}


def test_income_that_is_exchanged_in_the_book() -> None:
    invoice = invoice_of("H1")
    one = posting_of(invoice, "income:books")
    other = LedgerAccount.objects.get(seller__code="hosting", code="income:hosting")
    remove_guards()
    damage("UPDATE store_posting SET ledger_account_id = %s WHERE id = %s", other.id, one.id)
    assert found() == {("document-income-posting", invoice.label)}


def test_a_tax_that_is_not_in_the_total() -> None:
    invoice = invoice_of("H2")
    tax = invoice.taxes.get()
    remove_guards()
    damage("UPDATE store_invoicetax SET tax_minor = tax_minor + 1 WHERE id = %s", tax.id)
    assert found() == {("document-tax", invoice.label), ("document-tax-posting", invoice.label)}


def test_taxes_that_are_exchanged_in_the_book() -> None:
    invoice = invoice_of("C1")
    one = posting_of(invoice, "liabilities:tax:gst")
    other = LedgerAccount.objects.get(seller__code="canada", code="liabilities:tax:qst")
    remove_guards()
    damage("UPDATE store_posting SET ledger_account_id = %s WHERE id = %s", other.id, one.id)
    assert found() == {("document-tax-posting", invoice.label)}


def test_a_document_that_the_book_does_not_know() -> None:
    note = CreditNote.objects.filter(invoice=None).earliest("id")
    entry = JournalEntry.objects.get(source=note.public_id, kind="credit_note")
    remove_guards()
    damage("UPDATE store_journalentry SET source = 'crn_lost' WHERE id = %s", entry.id)
    names = {rule for rule, _ in found()}
    kinds = {f"document-{kind}posting" for kind in ("", "tax-", "income-")}
    assert names == kinds | {"entry-source"}


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("UPDATE store_journalentry SET \"on\" = '2025-01-02' WHERE id = {entry}", "2025-01-02"),
        ("UPDATE store_posting SET currency = 'USD' WHERE entry_id = {entry}", "currency"),
    ],
)
def test_an_entry_on_another_day_or_in_another_currency(sql: str, text: str) -> None:
    invoice = invoice_of("H2")
    entry = JournalEntry.objects.get(source=invoice.public_id, kind="invoice")
    remove_guards()
    damage(sql.format(entry=entry.id))
    texts = [one.text for one in check_books() if one.rule == "document-posting"]
    assert len(texts) == 1
    assert text in texts[0]


def test_a_number_that_is_missing() -> None:
    series = NumberSeries.objects.get(seller__code="hosting", code="invoice")
    last = Invoice.objects.filter(seller__code="hosting").latest("number")
    label = series.label(last.number + 1)
    remove_guards()
    damage("UPDATE store_invoice SET number = number + 1, label = %s WHERE id = %s", label, last.id)
    damage("UPDATE store_numberseries SET next_number = next_number + 1 WHERE id = %s", series.id)
    assert found() == {("number-gap", label)}


def test_a_series_that_would_give_a_number_again() -> None:
    series = NumberSeries.objects.get(seller__code="hosting", code="credit_note")
    damage("UPDATE store_numberseries SET next_number = next_number - 1 WHERE id = %s", series.id)
    assert found() == {("number-next", "hosting/credit_note")}


def test_a_label_that_says_another_number() -> None:
    remove_guards()
    damage("UPDATE store_invoice SET label = 'INV-7' WHERE id = %s", invoice_of("C1").id)
    assert found() == {("number-label", "INV-7")}


def test_days_that_are_billed_twice() -> None:
    line = InvoiceLine.objects.filter(item__isnull=False, kind="recurring").earliest("-id")
    remove_guards()
    damage(
        "UPDATE store_invoiceline SET period_start = %s WHERE id = %s",
        line.period_start - timedelta(days=1),
        line.id,
    )
    assert found() == {("days-twice", line.invoice.label)}


def test_days_that_are_left_out() -> None:
    line = InvoiceLine.objects.filter(kind="usage").earliest("-id")
    remove_guards()
    damage(
        "UPDATE store_invoiceline SET period_start = %s WHERE id = %s",
        line.period_start + timedelta(days=2),
        line.id,
    )
    assert found() == {("days-missing", line.invoice.label)}


def test_a_first_day_that_is_left_out() -> None:
    line = InvoiceLine.objects.filter(subscription_id__isnull=False, kind="recurring").earliest(
        "id"
    )
    remove_guards()
    damage(
        "UPDATE store_invoiceline SET period_start = %s WHERE id = %s",
        line.period_start + timedelta(days=2),
        line.id,
    )
    assert line.item is not None
    assert found() == {("days-missing", str(line.item.subscription))}


def test_an_item_that_skipped_a_month() -> None:
    item = SubscriptionItem.objects.get(subscription__external_id="S6")
    damage("UPDATE store_subscriptionitem SET billed_through = '2025-06-01' WHERE id = %s", item.id)
    damage(
        "UPDATE store_billingdue SET bill_on = '2025-06-01' WHERE account_id = %s",
        item.account_id,
    )
    assert found() == {("billed-through", "S6")}


def test_an_item_that_was_never_billed_but_moved() -> None:
    item = SubscriptionItem.objects.get(subscription__external_id="S9")
    damage("UPDATE store_subscriptionitem SET billed_through = '2026-01-01' WHERE id = %s", item.id)
    assert found() == {("billed-through", "S9")}


@pytest.mark.parametrize("day", [None, date(2025, 7, 1)])
def test_an_account_that_the_run_would_miss(day: date | None) -> None:
    damage(
        "UPDATE store_billingdue SET bill_on = %s WHERE account_id = %s",
        day,
        Account.objects.get(external_id="H1").id,
    )
    assert found() == {("bill-on", "H1")}


def test_an_account_that_the_run_does_not_know() -> None:
    BillingDue.objects.get(account__external_id="H1").delete()
    assert found() == {("bill-on", "H1")}


def test_an_invoice_with_too_little_open() -> None:
    invoice = Invoice.objects.filter(status="open", account__external_id="H1").latest("id")
    damage("UPDATE store_invoice SET open_minor = open_minor - 1 WHERE id = %s", invoice.id)
    assert found() == {("open-amount", invoice.label), ("receivable", "H1")}


def test_an_invoice_that_is_called_paid() -> None:
    invoice = Invoice.objects.filter(status="open").latest("id")
    damage("UPDATE store_invoice SET status = 'paid' WHERE id = %s", invoice.id)
    assert found() == {("status", invoice.label)}


def test_an_invoice_that_is_settled_beyond_its_total() -> None:
    one = Allocation.objects.filter(payment__isnull=False, reversed_by=None, reverses=None).first()
    assert one is not None
    remove_guards()
    damage("UPDATE store_allocation SET amount_minor = 99999999 WHERE id = %s", one.id)
    assert found() == {
        ("allocation-limit", one.invoice.label),
        ("allocation-limit", str(one.payment and one.payment.external_id)),
    }


def test_a_payment_that_is_used_twice() -> None:
    payment = Payment.objects.get(external_id="P1")
    damage("UPDATE store_payment SET open_minor = 5 WHERE id = %s", payment.id)
    assert found() == {("open-amount", "P1"), ("receivable", "H1")}


def test_a_payment_that_is_called_refunded() -> None:
    damage("UPDATE store_payment SET status = 'refunded' WHERE external_id = 'P1'")
    assert found() == {("status", "P1")}


def test_a_refund_that_came_from_nowhere() -> None:
    refund = Refund.objects.get(payment__external_id="P2")
    remove_guards()
    damage("UPDATE store_refund SET amount_minor = amount_minor + 1 WHERE id = %s", refund.id)
    assert found() == {
        ("refund-source", refund.public_id),
        ("movement-posting", refund.public_id),
    }


def test_credit_that_is_used_and_still_open() -> None:
    grant = CreditGrant.objects.get(external_id="G1")
    remove_guards()
    damage("UPDATE store_creditgrant SET open_minor = open_minor + 1 WHERE id = %s", grant.id)
    assert found() == {("open-amount", "G1"), ("credit", "H2")}


def test_credit_that_is_used_beyond_its_amount() -> None:
    grant = Allocation.objects.filter(grant__isnull=False).latest("id").grant
    assert grant is not None
    remove_guards()
    damage("UPDATE store_creditgrant SET amount_minor = 1, open_minor = 0 WHERE id = %s", grant.id)
    names = {rule for rule, _ in found()}
    assert "allocation-limit" in names


def test_a_payment_of_somebody_else() -> None:
    one = Allocation.objects.filter(payment__external_id="P1", reverses=None).latest("id")
    other = Payment.objects.get(external_id="P2")
    remove_guards()
    damage("UPDATE store_payment SET account_id = %s WHERE external_id = 'P1'", other.account_id)
    assert ("allocation-source", one.invoice.label) in found()


def test_a_reversal_of_another_amount() -> None:
    one = Allocation.objects.get(reverses__isnull=False, grant__isnull=True)
    remove_guards()
    damage("UPDATE store_allocation SET amount_minor = amount_minor + 1 WHERE id = %s", one.id)
    assert ("allocation-reversal", one.invoice.label) in found()


def test_every_offence_says_what_and_where() -> None:
    invoice = invoice_of("H2")
    remove_guards()
    damage("UPDATE store_invoice SET label = 'INV-7' WHERE id = %s", invoice.id)
    (one,) = check_books()
    assert one.text == (
        f"number {invoice.number} of series invoice of hosting should read {invoice.label}"
    )
