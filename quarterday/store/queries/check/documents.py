"""Which tables a kind of document stands in, so that one proof serves invoices and credit notes."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of document: its tables, its kind of entry, and the sign of its receivable.

    ``own`` are the rows ``d`` that are of the kind and no advance's.
    """

    name: str
    table: str
    lines: str
    taxes: str
    key: str
    sign: int
    own: str

    def fill(self, sql: str) -> str:
        """A statement for this kind's tables."""
        return sql.format(
            table=self.table,
            lines=self.lines,
            taxes=self.taxes,
            key=self.key,
            kind=self.name,
            sign=self.sign,
            own=self.own,
        )


_ISSUED = "d.series <> 'advance'"
_CREDITED = (
    "NOT EXISTS (SELECT 1 FROM store_invoice v WHERE v.id = d.invoice_id AND v.series = 'advance')"
)
KINDS = (
    Kind(
        "invoice",
        "store_invoice",
        "store_invoiceline",
        "store_invoicetax",
        "invoice_id",
        1,
        _ISSUED,
    ),
    Kind(
        "credit_note",
        "store_creditnote",
        "store_creditnoteline",
        "store_creditnotetax",
        "credit_note_id",
        -1,
        _CREDITED,
    ),
)
# What taxes credit that was paid in, and gives that tax back: nobody owes it.
ADVANCES = (
    KINDS[0]._replace(name="advance", own=f"NOT ({_ISSUED})"),
    KINDS[1]._replace(name="advance_credit", own=f"NOT ({_CREDITED})"),
)
