"""Write the drafts of a batch: documents, lines, tax, book, credit and events, all or nothing.

Rows are gathered as tuples and written table by table, since that is what databases do fastest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import F

from quarterday.services.credit.release_advance import release_advance
from quarterday.services.invoicing.batch_rows import BatchRows, Row
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.document_rows import DocumentRows
from quarterday.services.invoicing.drafts import AccountDrafts, DueDraft
from quarterday.services.invoicing.summary import RunSummary
from quarterday.services.messages.queue_documents import NewDocument, make_message_rows
from quarterday.store.bulk import compare_and_set, reserve_ids, to_column
from quarterday.store.models import (
    CreditGrant,
    CreditNote,
    Invoice,
    JournalEntry,
    NumberSeries,
    PendingCharge,
    SubscriptionDiscount,
    SubscriptionItem,
    UsageEvent,
)
from quarterday.store.queries.billing import GrantRow
from quarterday.store.queries.raw import execute_many


class LostRace(Exception):  # noqa: N818 - a fact, not a fault
    """Something that was to be billed had been moved by somebody else; the batch starts anew."""


class BatchWriter:
    """Gathers the rows of one batch and writes them. Use once, within one transaction."""

    def __init__(self, today: date, now: datetime, catalog: Catalog) -> None:
        self.now, self.rows = now, BatchRows()
        self.documents = DocumentRows(today, now, catalog, self.rows)

    def write(
        self, batch: Sequence[AccountDrafts], grants: dict[int, list[GrantRow]]
    ) -> RunSummary:
        """Write everything; raises `LostRace` when a compare-and-set did not find what it read."""
        self._move(batch)
        self.gather(batch, grants)
        self.rows.messages = self._tell()
        self.rows.write()
        self._release_advances()
        return self.documents.summary

    def gather(
        self, batch: Sequence[AccountDrafts], grants: dict[int, list[GrantRow]]
    ) -> BatchRows:
        """Number the documents and make their rows, without writing them.

        Credit notes come first, so that invoices of the same batch can use their credit.
        """
        invoices = [(a, due) for a in batch for due in a.drafts if due.draft.total_minor >= 0]
        notes = [(a, due) for a in batch for due in a.drafts if due.draft.total_minor < 0]
        if notes:
            self._gather_notes(notes, grants)
        keys = reserve_ids(Invoice, len(invoices)) if invoices else []
        numbers = self._numbers("invoice", [a.account.seller_id for a, _ in invoices])
        entries = reserve_ids(JournalEntry, len(invoices)) if invoices else []
        for (drafts, due), key, number, entry in zip(invoices, keys, numbers, entries, strict=True):
            self.documents.add_invoice(drafts.account, due, key, number, entry, grants)
        return self.rows

    def _release_advances(self) -> None:
        """Give back the tax of credit that was taxed when it came in, grant by grant."""
        for key, amount in self.rows.advances:
            grant = CreditGrant.objects.select_related("advance__account__seller").get(id=key)
            release_advance(grant, amount, on=self.documents.today, now=self.now)

    def _tell(self) -> list[Row]:
        """Messages about the documents, to those who want them."""
        documents = [
            *(NewDocument("invoice_issued", row[1], row[2], row[3]) for row in self.rows.invoices),
            *(NewDocument("credit_note", row[1], row[2], row[3]) for row in self.rows.notes),
        ]
        return make_message_rows(documents, today=self.documents.today, now=self.now)

    def _gather_notes(
        self, notes: Sequence[tuple[AccountDrafts, DueDraft]], grants: dict[int, list[GrantRow]]
    ) -> None:
        keys, granted = reserve_ids(CreditNote, len(notes)), reserve_ids(CreditGrant, len(notes))
        numbers = self._numbers("credit_note", [a.account.seller_id for a, _ in notes])
        for (drafts, due), key, grant, number in zip(notes, keys, granted, numbers, strict=True):
            opened = self.documents.add_credit_note(drafts.account, due.draft, key, number, grant)
            grants.setdefault(drafts.account.id, []).append(opened)

    def _move(self, batch: Sequence[AccountDrafts]) -> None:
        """Move items, discounts, pending charges and usage from what was read; all or nothing."""
        moves = [
            (move.item_id, to_column(move.old), to_column(move.new))
            for drafts in batch
            for move in drafts.moves
        ]
        if compare_and_set(SubscriptionItem, "billed_through", "date", moves) != len(moves):
            raise LostRace("an item was moved by somebody else")
        discounts = [one for drafts in batch for one in drafts.used_discounts]
        used = [(one.row_id, one.old, one.new) for one in discounts]
        if compare_and_set(SubscriptionDiscount, "used", "int", used) != len(used):
            raise LostRace("a discount was used by somebody else")
        execute_many(
            "UPDATE store_subscriptiondiscount SET used_through = %s WHERE id = %s",
            [(to_column(one.used_through), one.row_id) for one in discounts],
        )
        pending = [(row, "pending", "billed") for drafts in batch for row in drafts.pending_ids]
        if compare_and_set(PendingCharge, "status", "text", pending) != len(pending):
            raise LostRace("a pending charge was billed or dropped by somebody else")
        usage = [(row, False, True) for drafts in batch for row in drafts.usage_ids]
        if compare_and_set(UsageEvent, "billed", "boolean", usage) != len(usage):
            raise LostRace("usage was billed by somebody else")
        self.rows.due = [
            (None if a.bill_on is None else to_column(a.bill_on), a.account.id) for a in batch
        ]

    def _numbers(self, series: str, sellers: Sequence[int]) -> list[int]:
        """Gapless numbers for documents, in their order; taken where the transaction can fail."""
        counts: dict[int, int] = {}
        for seller in sellers:
            counts[seller] = counts.get(seller, 0) + 1
        following: dict[int, int] = {}
        for seller in sorted(counts):
            row = NumberSeries.objects.filter(seller_id=seller, code=series)
            row.update(next_number=F("next_number") + counts[seller])
            following[seller] = row.values_list("next_number", flat=True).get() - counts[seller]
        numbers = []
        for seller in sellers:
            numbers.append(following[seller])
            following[seller] += 1
        return numbers
