"""The rows of a batch, table by table, and how they reach the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from quarterday.services.messages.queue_message import MESSAGE_COLUMNS
from quarterday.store.bulk import insert_rows, is_postgresql, reserve_ids
from quarterday.store.models import (
    Allocation,
    CreditGrant,
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    Event,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    JournalEntry,
    Message,
    Posting,
)
from quarterday.store.queries.raw import execute_many

Row = tuple[Any, ...]
Insert = Callable[[type[Any], Sequence[str], Sequence[Row]], None]

_DOCUMENT = "id public_id seller_id account_id series number label currency issued_on"
_SNAPSHOTS = "seller_snapshot_id account_snapshot_id net_minor tax_minor total_minor"
_TAX = "code name percent category reason_code reason base_minor tax_minor"
_PERIOD = "description period_start period_end quantity unit_code unit_price"
COLUMNS: dict[type[Any], str] = {
    Invoice: f"{_DOCUMENT} status due_on open_minor {_SNAPSHOTS}",
    InvoiceLine: "invoice_id position account_id subscription_id item_id product_id kind revision "
    f"{_PERIOD} gross_minor discount_minor net_minor base_minor tax_code income_code explanation",
    InvoiceTax: f"invoice_id {_TAX}",
    CreditNote: f"{_DOCUMENT} {_SNAPSHOTS} reason",
    CreditNoteLine: "credit_note_id position invoice_line_id item_id product_id kind "
    f"{_PERIOD} net_minor base_minor tax_code income_code explanation",
    CreditNoteTax: f"credit_note_id {_TAX}",
    CreditGrant: "id public_id account_id kind currency amount_minor open_minor priority "
    "granted_on reason scope",
    JournalEntry: "id seller_id kind on source reference memo",
    Posting: "entry_id ledger_account_id account_id currency amount_minor",
    Allocation: "public_id invoice_id payment_id grant_id credit_note_id on amount_minor",
    Event: "seller_id account_id kind subject actor at data",
    Message: MESSAGE_COLUMNS,
}


@dataclass(slots=True)
class BatchRows:
    """Rows to insert, in the order of `COLUMNS`, and the few updates that go with them."""

    invoices: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    taxes: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    note_lines: list[Row] = field(default_factory=list)
    note_taxes: list[Row] = field(default_factory=list)
    grants: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    postings: list[Row] = field(default_factory=list)
    keyless: list[tuple[Row, list[Row]]] = field(default_factory=list)
    allocations: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    draws: list[tuple[int, int]] = field(default_factory=list)
    advances: list[tuple[int, int]] = field(default_factory=list)
    due: list[tuple[str | None, int]] = field(default_factory=list)

    def add_entry(self, key: int | None, row: Row, postings: list[Row]) -> None:
        """Keep an entry; without a key it waits until the number of such entries is known."""
        if key is None:
            self.keyless.append((row, postings))
            return
        self.entries.append((key, *row))
        self.postings += [(key, *posting) for posting in postings]

    def write(self) -> None:
        """Insert everything, parents before children, and settle credit and due dates."""
        self.insert()
        self._draw_credit()
        self._set_due()

    def insert(self, insert: Insert = insert_rows) -> None:
        """Insert everything, parents before children; the benchmark has ways of its own."""
        keys = reserve_ids(JournalEntry, len(self.keyless) + self._reserved())
        for key, (row, postings) in zip(keys[self._reserved() :], self.keyless, strict=True):
            self.add_entry(key, row, postings)
        for model, rows in self._tables():
            if rows:
                insert(model, COLUMNS[model].split(), rows)

    def _reserved(self) -> int:
        """Keys that SQLite will hand out again because their rows are not written yet."""
        return 0 if is_postgresql() else len(self.invoices)

    def _tables(self) -> list[tuple[type[Any], list[Row]]]:
        return [
            (Invoice, self.invoices),
            (InvoiceLine, self.lines),
            (InvoiceTax, self.taxes),
            (CreditNote, self.notes),
            (CreditNoteLine, self.note_lines),
            (CreditNoteTax, self.note_taxes),
            (CreditGrant, self.grants),
            (JournalEntry, self.entries),
            (Posting, self.postings),
            (Allocation, self.allocations),
            (Event, self.events),
            (Message, self.messages),
        ]

    def _draw_credit(self) -> None:
        """Take from grants; the check constraint refuses to take more than there is."""
        execute_many(
            "UPDATE store_creditgrant SET open_minor = open_minor - %s WHERE id = %s",
            [(amount, key) for key, amount in self.draws],
        )

    def _set_due(self) -> None:
        if is_postgresql():
            with connection.cursor() as cursor:
                days, keys = [list(column) for column in zip(*self.due, strict=True)]
                cursor.execute(
                    "UPDATE store_billingdue SET bill_on = v.day "
                    "FROM unnest(%s::date[], %s::bigint[]) AS v(day, id) WHERE account_id = v.id",
                    [days, keys],
                )
        else:
            execute_many("UPDATE store_billingdue SET bill_on = %s WHERE account_id = %s", self.due)
