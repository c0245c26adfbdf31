"""The documents and the journal of the canonical export, with names instead of keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

from quarterday.store.queries.exports.canonical_rows import (
    Record,
    make_record,
    read_children,
    sort_records,
)
from quarterday.store.queries.raw import days
from quarterday.store.queries.stream import by_text, in_chunks, stream

_DOCUMENT = """
SELECT d.id, COALESCE(a.external_id, a.name), d.series, d.number, d.label, d.currency,
       [d.issued_on], d.net_minor, d.tax_minor, d.total_minor, {more}
FROM {table} d JOIN store_account a ON a.id = d.account_id {join}
WHERE d.seller_id = %s ORDER BY {order}
"""
_LINES = """
SELECT l.{key}, l.position, l.kind, r.code, l.description, [l.period_start], [l.period_end],
       l.quantity, l.unit_code, l.unit_price, l.net_minor, l.base_minor, l.tax_code, l.income_code,
       l.explanation,
       COALESCE(s.external_id, ''), p.code, i.role, [i.start_on], {more}
FROM {lines} l
JOIN store_product r ON r.id = l.product_id
LEFT JOIN store_subscriptionitem i ON i.id = l.item_id
LEFT JOIN store_subscription s ON s.id = i.subscription_id
LEFT JOIN store_price p ON p.id = i.price_id {join}
WHERE l.{key} {{ids}} ORDER BY l.{key}, l.position
"""
_LINE = (
    "position kind product description period_start period_end quantity unit_code unit_price "
    "net_minor base_minor tax_code income_code explanation subscription price role item_start_on"
)
_TAXES = """
SELECT {key}, code, name, percent, category, reason_code, reason, base_minor, tax_minor
FROM {taxes} WHERE {key} {{ids}}
"""
_TAX = "code name percent category reason_code reason base_minor tax_minor"
_ALLOCATIONS = """
SELECT l.invoice_id, [l."on"], l.amount_minor, p.external_id, g.kind, g.external_id, n.label,
       CASE WHEN l.reverses_id IS NULL THEN NULL ELSE 1 END
FROM store_allocation l
LEFT JOIN store_payment p ON p.id = l.payment_id
LEFT JOIN store_creditgrant g ON g.id = l.grant_id
LEFT JOIN store_creditnote n ON n.id = l.credit_note_id
WHERE l.invoice_id {ids}
"""
# A reference that is a public id stands for nothing that was known before: only its kind counts.
_REFERENCE = """(
  CASE WHEN SUBSTR(e.reference, 4, 1) = '_' AND LENGTH(e.reference) = 36
       THEN SUBSTR(e.reference, 1, 3) ELSE e.reference END)"""
_JOURNAL = """
SELECT e.id, [e."on"], e.kind, {reference},
       e.memo, l.code, COALESCE(a.external_id, a.name), p.currency, p.amount_minor
FROM store_journalentry e
JOIN store_posting p ON p.entry_id = e.id
JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
LEFT JOIN store_account a ON a.id = p.account_id
WHERE e.seller_id = %s ORDER BY e."on", {by_kind}, {by_reference}, e.id
"""


def read_invoices(seller: int, numbers: bool) -> Iterator[Record]:
    """Invoices with their lines, taxes and what settled them."""
    names = "account series number label currency issued_on net_minor tax_minor total_minor "
    tables = {
        "table": "store_invoice",
        "lines": "store_invoiceline",
        "taxes": "store_invoicetax",
        "key": "invoice_id",
        "join": "",
    }
    lines = _LINES.format(**tables, more="l.gross_minor, l.discount_minor, l.revision")
    sql = _DOCUMENT.format(
        **tables, more="d.status, [d.due_on], d.open_minor", order=_order(numbers)
    )
    for rows in in_chunks(stream(days(sql), [seller])):
        ids = [row[0] for row in rows]
        said = read_children(lines, f"{_LINE} gross_minor discount_minor revision", ids)
        taxes = read_children(_TAXES.format(**tables), _TAX, ids)
        settled = read_children(
            _ALLOCATIONS, "on amount_minor payment credit grant document reversal", ids
        )
        for key, *values in rows:
            record = make_record(f"{names} status due_on open_minor", values)
            yield record | {
                "lines": _explained(said[key]),
                "taxes": sort_records(taxes[key]),
                "allocations": sort_records(settled[key]),
            }


def read_credit_notes(seller: int, numbers: bool) -> Iterator[Record]:
    """Credit notes with their lines and taxes."""
    names = "account series number label currency issued_on net_minor tax_minor total_minor"
    tables = {
        "table": "store_creditnote",
        "lines": "store_creditnoteline",
        "taxes": "store_creditnotetax",
        "key": "credit_note_id",
    }
    lines = _LINES.format(
        **tables,
        more="o.position",
        join="LEFT JOIN store_invoiceline o ON o.id = l.invoice_line_id",
    )
    sql = _DOCUMENT.format(
        **tables,
        more="c.label, d.reason",
        join="LEFT JOIN store_invoice c ON c.id = d.invoice_id",
        order=_order(numbers),
    )
    for rows in in_chunks(stream(days(sql), [seller])):
        ids = [row[0] for row in rows]
        said = read_children(lines, f"{_LINE} credits_position", ids)
        taxes = read_children(_TAXES.format(**tables), _TAX, ids)
        for key, *values in rows:
            record = make_record(f"{names} invoice memo", values)
            yield record | {
                "lines": _explained(said[key]),
                "taxes": sort_records(taxes[key]),
            }


def _order(numbers: bool) -> str:
    return f"{by_text('d.series')}, d.number" if numbers else "d.issued_on, d.id"


def _explained(lines: list[Record]) -> list[Record]:
    """Lines with their explanation as data, without the keys that it may name."""
    for line in lines:
        explanation = json.loads(line["explanation"])
        line["explanation"] = {
            name: value for name, value in explanation.items() if not name.endswith("_id")
        }
    return lines


def read_journal(seller: int) -> Iterator[Record]:
    """Entries with their postings."""
    sql = _JOURNAL.format(
        reference=_REFERENCE, by_kind=by_text("e.kind"), by_reference=by_text(_REFERENCE)
    )
    for _, group in groupby(stream(days(sql), [seller]), key=lambda row: row[0]):
        rows = list(group)
        record = make_record("on kind reference memo", rows[0][1:5])
        names = "ledger_account account currency amount_minor"
        postings = [make_record(names, row[5:]) for row in rows]
        # Grouped by it even where there is none.
        yield {"reference": ""} | record | {"postings": sort_records(postings)}
