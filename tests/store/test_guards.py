"""What the database refuses by itself, whoever asks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction

from quarterday.services.bench.make_accounts import make_accounts
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.store.guards import FROZEN
from quarterday.store.models import (
    Invoice,
    InvoiceLine,
    JournalEntry,
    Posting,
    Price,
    SubscriptionItem,
)

START, NOW = date(2026, 1, 31), datetime(2026, 1, 31, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def billed() -> None:
    make_accounts(3, start_on=START)
    run_billing(first=START, last=START, now=NOW)


def test_every_frozen_table_is_guarded() -> None:
    tables = set(connection.introspection.table_names())
    assert set(FROZEN) <= tables


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Invoice, {"total_minor": 1}),
        (Invoice, {"issued_on": START}),
        (InvoiceLine, {"net_minor": 1}),
        (JournalEntry, {"on": START}),
        (Posting, {"amount_minor": 1}),
        (Price, {"model": {"model": "flat", "amount": "1"}}),
    ],
)
def test_what_was_issued_cannot_be_changed(model: Any, change: dict[str, Any]) -> None:
    with pytest.raises(Error, match="never changed or deleted"), transaction.atomic():
        model.objects.update(**change)


@pytest.mark.parametrize("table", ["store_invoice", "store_posting", "store_journalentry"])
def test_what_was_issued_cannot_be_deleted(table: str) -> None:
    with (
        pytest.raises(Error, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")


def test_what_was_issued_cannot_be_replaced(database_kind: str) -> None:
    """By the words that put one row in the place of another."""
    insert, end = "INSERT OR REPLACE INTO", ""
    if database_kind == "postgresql":
        insert = "INSERT INTO"
        end = "ON CONFLICT (id) DO UPDATE SET amount_minor = excluded.amount_minor"
    with (
        pytest.raises(Error, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"{insert} store_posting (id, entry_id, ledger_account_id, account_id, currency, "
            "amount_minor) SELECT id, entry_id, ledger_account_id, account_id, currency, 1 "
            f"FROM store_posting WHERE true {end}"
        )


def test_what_moves_with_payments_may_move() -> None:
    assert Invoice.objects.update(status="paid", open_minor=0) == 3


def copy_line(**changes: Any) -> None:
    line = InvoiceLine.objects.filter(kind="recurring").order_by("id").first()
    assert line is not None
    line.id = None  # type: ignore[assignment]
    for name, value in changes.items():
        setattr(line, name, value)
    with transaction.atomic():
        line.save(force_insert=True)


def test_a_period_cannot_be_billed_twice() -> None:
    with pytest.raises(IntegrityError):
        copy_line()


def test_no_single_day_can_be_billed_twice(database_kind: str) -> None:
    """PostgreSQL knows every day; SQLite relies on the first day and the compare-and-set."""
    overlap = {"period_start": date(2026, 2, 27), "period_end": date(2026, 3, 31)}
    if database_kind == "postgresql":
        with pytest.raises(IntegrityError, match="line_day_once"):
            copy_line(**overlap)
    copy_line(period_start=date(2026, 2, 28), period_end=date(2026, 3, 31))


def test_neighbours_of_other_items_do_not_meet() -> None:
    other = SubscriptionItem.objects.order_by("-id").first()
    assert other is not None
    copy_line(item_id=other.id, period_start=date(2026, 2, 28), period_end=date(2059, 1, 1))


def test_numbers_cannot_be_used_twice() -> None:
    first = Invoice.objects.order_by("id").first()
    assert first is not None
    first.id, first.public_id = None, "inv_another"  # type: ignore[assignment]
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_nothing_can_be_settled_beyond_its_total() -> None:
    for wrong in (-1, 10**9):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.update(open_minor=wrong)
