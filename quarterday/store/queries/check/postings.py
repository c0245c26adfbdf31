"""Proof that each document stands in the book as it was issued: total, income and tax by code."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.documents import KINDS, Kind
from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.stream import stream

# What the postings of a document must say, in the document's own sign.
_POSTED = """
SELECT * FROM (
  SELECT d.label, d.currency, d.net_minor, d.tax_minor, d.total_minor, d.issued_on, e.id AS entry,
         e."on" AS posted_on,
         {sign} * COALESCE(SUM(CASE WHEN l.code = 'assets:receivable'
                                    THEN p.amount_minor END), 0) AS receivable,
         -1 * {sign} * COALESCE(SUM(CASE WHEN SUBSTR(l.code, 1, 7) = 'income:'
                                         THEN p.amount_minor END), 0) AS income,
         -1 * {sign} * COALESCE(SUM(CASE WHEN SUBSTR(l.code, 1, 16) = 'liabilities:tax:'
                                         THEN p.amount_minor END), 0) AS taxes,
         COUNT(CASE WHEN l.code <> 'assets:receivable' AND SUBSTR(l.code, 1, 7) <> 'income:'
                     AND SUBSTR(l.code, 1, 16) <> 'liabilities:tax:' THEN 1 END) AS others,
         COUNT(CASE WHEN p.currency <> d.currency THEN 1 END) AS currencies,
         COUNT(CASE WHEN p.account_id IS NULL OR p.account_id <> d.account_id
                    THEN p.id END) AS accounts
  FROM {table} d
  LEFT JOIN store_journalentry e ON e.source = d.public_id AND e.kind = '{kind}'
  LEFT JOIN store_posting p ON p.entry_id = e.id
  LEFT JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
  WHERE {own}
  GROUP BY d.id, e.id) one
WHERE receivable <> total_minor OR income <> net_minor OR taxes <> tax_minor OR others > 0
   OR currencies > 0 OR accounts > 0 OR posted_on <> issued_on
"""
TAXES = "SELECT {key} AS document_id, code, tax_minor AS stated FROM {taxes}"
_INCOME = "SELECT {key} AS document_id, income_code AS code, base_minor AS stated FROM {lines}"
# What a document says by code, against the accounts with a prefix and that code.
_BY_CODE = """
SELECT d.label, d.currency, sums.code, sums.stated, sums.posted
FROM (
  SELECT document_id, code, SUM(stated) AS stated, SUM(posted) AS posted
  FROM (
    SELECT document_id, code, stated, 0 AS posted FROM ({{stated}}) said WHERE stated <> 0
    UNION ALL
    SELECT d.id, SUBSTR(l.code, {{start}}), 0, -1 * {sign} * p.amount_minor
    FROM {table} d
    JOIN store_journalentry e ON e.source = d.public_id AND e.kind = '{kind}'
    JOIN store_posting p ON p.entry_id = e.id
    JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
    WHERE SUBSTR(l.code, 1, {{start}} - 1) = '{{prefix}}' AND {own}
  ) one
  GROUP BY document_id, code HAVING SUM(stated) <> SUM(posted)
) sums
JOIN {table} d ON d.id = sums.document_id
WHERE {own}
"""
_UNKNOWN = """
SELECT e.reference FROM store_journalentry e
WHERE e.kind = '{kind}' AND NOT EXISTS (SELECT 1 FROM {table} d WHERE d.public_id = e.source)
"""


def check_postings() -> Iterator[Offence]:
    """Documents that the book does not say the same of, and entries without their document."""
    for kind in KINDS:
        for row in stream(kind.fill(_POSTED)):
            for text in _differences(*row[1:]):
                yield Offence("document-posting", row[0], text)
        yield from check_codes(kind, "tax", "liabilities:tax:", TAXES)
        yield from check_codes(kind, "income", "income:", _INCOME)
        for (reference,) in stream(kind.fill(_UNKNOWN)):
            yield Offence("entry-source", reference, f"there is no {kind.name} for this entry")


def check_codes(kind: Kind, name: str, prefix: str, stated_sql: str) -> Iterator[Offence]:
    """Documents whose amounts by code are not what is posted by code."""
    stated_sql = kind.fill(stated_sql)
    sql = kind.fill(_BY_CODE).format(stated=stated_sql, prefix=prefix, start=len(prefix) + 1)
    for label, currency, code, stated, posted in stream(sql):
        text = (
            f"{name} {code} is {amount(stated, currency)}, but {amount(posted, currency)} is posted"
        )
        yield Offence(f"document-{name}-posting", label, text)


def _differences(
    currency: str,
    net: int,
    tax: int,
    total: int,
    issued_on: object,
    entry: int | None,
    on: object,
    receivable: int,
    income: int,
    taxes: int,
    others: int,
    currencies: int,
    accounts: int,
) -> Iterator[str]:
    """What the entry of a document says otherwise."""
    if entry is None:
        yield f"the book has no entry for its total of {amount(total, currency)}"
        return
    for name, stated, posted in (
        ("total", total, receivable),
        ("net", net, income),
        ("tax", tax, taxes),
    ):
        if stated != posted:
            yield (
                f"its {name} is {amount(stated, currency)}, but {amount(posted, currency)} is "
                "posted"
            )
    if on != issued_on:
        yield f"it was issued on {issued_on}, but its entry stands on {on}"
    if others:
        yield f"its entry has {others} postings that are neither receivable, income nor tax"
    if currencies:
        yield f"its entry has {currencies} postings in another currency than {currency}"
    if accounts:
        yield f"its entry has {accounts} postings of another account"
