"""Proof that the totals of each document follow from its lines and its tax rows."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.documents import KINDS
from quarterday.store.queries.check.lines import check_lines
from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.stream import stream

_SUMS = """
SELECT label, currency, net_minor, tax_minor, total_minor, taxes FROM (
  SELECT d.label, d.currency, d.net_minor, d.tax_minor, d.total_minor,
         (SELECT COALESCE(SUM(t.tax_minor), 0) FROM {taxes} t WHERE t.{key} = d.id) AS taxes
  FROM {table} d) one
WHERE taxes <> tax_minor OR net_minor + tax_minor <> total_minor
"""
_DISCOUNTS = """
SELECT i.label, l.position, i.currency, l.gross_minor, l.discount_minor, l.net_minor
FROM store_invoiceline l JOIN store_invoice i ON i.id = l.invoice_id
WHERE l.gross_minor - l.discount_minor <> l.net_minor
"""


def check_totals() -> Iterator[Offence]:
    """Documents whose totals do not follow from their lines and taxes."""
    for label, position, currency, gross, discount, net in stream(_DISCOUNTS):
        text = (
            f"line {position}: {amount(gross, currency)} less {amount(discount, currency)} is not "
            f"{amount(net, currency)}"
        )
        yield Offence("line-total", label, text)
    for kind in KINDS:
        for label, currency, net, tax, total, taxes in stream(kind.fill(_SUMS)):
            text = (
                f"{amount(net, currency)} net and {amount(tax, currency)} tax make "
                f"{amount(total, currency)}, it says; its tax rows sum to {amount(taxes, currency)}"
            )
            yield Offence("document-tax", label, text)
        yield from check_lines(kind)
