"""Which tables a kind of document stands in, so that one proof serves invoices and credit notes."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of document: its tables, its kind of entry, and the sign of its receivable."""

    name: str
    table: str
    lines: str
    taxes: str
    key: str
    sign: int

    def fill(self, sql: str) -> str:
        """A statement for this kind's tables."""
        return sql.format(
            table=self.table,
            lines=self.lines,
            taxes=self.taxes,
            key=self.key,
            kind=self.name,
            sign=self.sign,
        )


KINDS = (
    Kind("invoice", "store_invoice", "store_invoiceline", "store_invoicetax", "invoice_id", 1),
    Kind(
        "credit_note",
        "store_creditnote",
        "store_creditnoteline",
        "store_creditnotetax",
        "credit_note_id",
        -1,
    ),
)
