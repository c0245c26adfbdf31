"""Proof that tax on credit that was paid in is due once: with the advance, or with what it paid.

An advance invoice posts its tax alone; a credit note gives a part of it back for each part of its
credit that goes. What is left of it is never more than what is left of the credit.
"""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.documents import ADVANCES
from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.check.postings import TAXES, check_codes
from quarterday.store.queries.stream import stream

_POSTED = """
SELECT label, currency, tax_minor, held FROM (
  SELECT d.label, d.currency, d.tax_minor, d.issued_on, e."on" AS posted_on, e.id AS entry,
         {sign} * COALESCE(SUM(CASE WHEN l.code = 'assets:tax-on-advances'
                                    THEN p.amount_minor END), 0) AS held,
         COUNT(CASE WHEN l.code <> 'assets:tax-on-advances'
                     AND SUBSTR(l.code, 1, 16) <> 'liabilities:tax:' THEN 1 END) AS others,
         COUNT(CASE WHEN p.currency <> d.currency OR p.account_id IS NULL
                      OR p.account_id <> d.account_id THEN p.id END) AS strangers
  FROM {table} d
  LEFT JOIN store_journalentry e ON e.source = d.public_id AND e.kind = '{kind}'
  LEFT JOIN store_posting p ON p.entry_id = e.id
  LEFT JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
  WHERE {own}
  GROUP BY d.id, e.id) one
WHERE held <> tax_minor OR others > 0 OR strangers > 0 OR posted_on <> issued_on
ORDER BY label
"""
_ALONE = """
SELECT e.reference FROM store_journalentry e
WHERE e.kind = '{kind}'
  AND NOT EXISTS (SELECT 1 FROM {table} d WHERE d.public_id = e.source AND {own})
ORDER BY e.id
"""
# The credit of an advance, what notes gave back of it, and what is left of both.
_LEFT = """
SELECT label, currency, total_minor, tax_minor, status, open_minor, grants, granted, credit,
       credited, taxes, uses
FROM (
  SELECT d.label, d.currency, d.total_minor, d.tax_minor, d.status, d.open_minor,
         (SELECT COUNT(*) FROM store_creditgrant g
          WHERE g.advance_id = d.id AND g.account_id = d.account_id) AS grants,
         (SELECT COALESCE(SUM(g.amount_minor), 0) FROM store_creditgrant g
          WHERE g.account_id = d.account_id AND g.advance_id = d.id) AS granted,
         (SELECT COALESCE(SUM(g.open_minor), 0) FROM store_creditgrant g
          WHERE g.account_id = d.account_id AND g.advance_id = d.id) AS credit,
         (SELECT COALESCE(SUM(n.total_minor), 0) FROM store_creditnote n
          WHERE n.invoice_id = d.id) AS credited,
         (SELECT COALESCE(SUM(n.tax_minor), 0) FROM store_creditnote n
          WHERE n.invoice_id = d.id) AS taxes,
         (SELECT COUNT(*) FROM store_allocation a WHERE a.invoice_id = d.id) AS uses
  FROM store_invoice d WHERE d.series = 'advance') one
WHERE grants <> 1 OR granted <> total_minor OR status <> 'paid' OR open_minor <> 0 OR uses > 0
   OR credited > total_minor OR total_minor - credited > credit
   OR (credited = total_minor) AND taxes <> tax_minor
ORDER BY label
"""


def check_advances() -> Iterator[Offence]:
    """Advances whose tax is not what the book holds of it, or outlives their credit."""
    for kind in ADVANCES:
        for label, code, tax, held in stream(kind.fill(_POSTED)):
            text = (
                f"its tax is {amount(tax, code)}, but {amount(held, code)} of tax on advances is "
                "posted, or something else with it"
            )
            yield Offence("advance-posting", label, text)
        yield from check_codes(kind, "tax", "liabilities:tax:", TAXES)
        for (reference,) in stream(kind.fill(_ALONE)):
            yield Offence("entry-source", reference, f"there is nothing for this {kind.name} entry")
    for row in stream(_LEFT):
        label, code, total, tax, status, left, grants, granted, credit, credited, taxes, uses = row
        if grants != 1 or granted != total or status != "paid" or left or uses:
            text = "it is not the paid invoice of one grant of the same amount that settles nothing"
        elif credited == total:
            text = f"{amount(taxes, code)} of its tax of {amount(tax, code)} is given back"
        else:
            text = (
                f"of {amount(total, code)}, {amount(credited, code)} is given back, but "
                f"{amount(credit, code)} of its credit is left"
            )
        yield Offence("advance-credit", label, text)
