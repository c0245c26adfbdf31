"""The proofs see money and credit that the book does not know, or knows otherwise."""

from __future__ import annotations

import pytest

from quarterday.store.models import (
    Account,
    Allocation,
    CreditDeduction,
    CreditGrant,
    CreditNote,
    Invoice,
    JournalEntry,
    Payment,
    Price,
    Refund,
    SubscriptionItem,
)
from quarterday.store.queries.check import check_books
from quarterday.store.queries.check.movements import MOVEMENTS
from quarterday.store.queries.raw import fetch
from tests.store.damage import damage, remove_guards

pytestmark = pytest.mark.usefixtures("books")

ROWS = {
    "payment": Payment.objects.all,
    "refund": Refund.objects.all,
    "credit": CreditGrant.objects.all,
    "use of credit": lambda: Allocation.objects.exclude(grant=None),
    "end of credit": lambda: CreditDeduction.objects.filter(refund=None),
}


def found() -> set[tuple[str, str, str]]:
    return {(one.rule, one.subject, one.text) for one in check_books()}


def test_every_movement_has_rows_to_prove() -> None:
    assert set(ROWS) == {one.name for one in MOVEMENTS}


@pytest.mark.parametrize("name", ROWS)
def test_a_movement_without_its_entry(name: str) -> None:
    row = ROWS[name]().order_by("id").first()
    assert row is not None
    entry = JournalEntry.objects.get(source=row.public_id)
    remove_guards()
    damage("UPDATE store_journalentry SET source = 'xxx_1' WHERE id = %s", entry.id)
    offences = found()
    assert any(
        rule == "movement-posting" and subject == row.public_id and "has no entry" in text
        for rule, subject, text in offences
    )
    alone = f"there is nothing for this {entry.kind} entry"
    assert ("entry-source", entry.reference, alone) in offences


@pytest.mark.parametrize("name", ROWS)
def test_a_movement_of_another_day_than_its_entry(name: str) -> None:
    row = ROWS[name]().order_by("id").first()
    assert row is not None
    remove_guards()
    damage("""UPDATE store_journalentry SET "on" = '2024-12-31' WHERE source = %s""", row.public_id)
    ((rule, subject, text),) = found()
    assert (rule, subject) == ("movement-posting", row.public_id)
    assert "but its entry stands on 2024-12-31" in text


def test_an_amount_that_was_changed_on_both_sides() -> None:
    payment = Payment.objects.order_by("id").first()
    assert payment is not None
    entry = JournalEntry.objects.get(source=payment.public_id, kind="payment")
    remove_guards()
    damage("UPDATE store_posting SET amount_minor = amount_minor * 2 WHERE entry_id = %s", entry.id)
    assert {rule for rule, _, _ in found()} == {"movement-posting", "receivable"}


def test_a_write_off_of_nothing() -> None:
    remove_guards()
    damage("UPDATE store_journalentry SET source = 'inv_x' WHERE kind = 'write_off'")
    assert "entry-source" in {rule for rule, _, _ in found()}


def first_and_other() -> tuple[Invoice, Account]:
    """An invoice whose lines are of items, and an account of another seller."""
    invoice = Invoice.objects.filter(lines__item__isnull=False).order_by("id").first()
    assert invoice is not None
    other = Account.objects.exclude(seller=invoice.seller).order_by("id").first()
    assert other is not None
    return invoice, other


def test_rows_that_hang_on_those_of_another_account() -> None:
    invoice, other = first_and_other()
    item = SubscriptionItem.objects.get(id=invoice.lines.exclude(item=None)[0].item_id or 0)
    price = Price.objects.exclude(plan__product__seller=invoice.seller).order_by("id").first()
    note = CreditNote.objects.exclude(invoice=None).order_by("id").first()
    assert price is not None
    assert note is not None
    remove_guards()
    for table, column, value, key, text in (
        ("invoiceline", "account_id", other.id, invoice.lines.all()[0].id, "a line of it is of"),
        ("subscriptionitem", "account_id", other.id, item.id, "an item is of another account"),
        ("subscriptionitem", "price_id", price.id, item.id, "an item has a price of another"),
        ("invoice", "account_id", other.id, invoice.id, "it is of another seller"),
        ("creditnote", "account_id", other.id, note.id, "it credits an invoice of another"),
    ):
        ((before,),) = fetch(f"SELECT {column} FROM store_{table} WHERE id = %s", [key])
        damage(f"UPDATE store_{table} SET {column} = %s WHERE id = %s", value, key)
        assert any(rule == "owner" and said.startswith(text) for rule, _, said in found()), text
        damage(f"UPDATE store_{table} SET {column} = %s WHERE id = %s", before, key)
    assert found() == set()
