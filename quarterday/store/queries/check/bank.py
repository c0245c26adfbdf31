"""Proof that the book has what the bank states: every line, and every balance."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.stream import stream

_LINES = """
SELECT * FROM (
  SELECT b.public_id, b.currency, b.amount_minor, b.booked_on, e.id AS entry, e."on" AS posted_on,
         COALESCE(SUM(CASE WHEN l.code = 'assets:bank:' || a.code AND l.seller_id = a.seller_id
                           THEN p.amount_minor END), 0) AS posted,
         COUNT(CASE WHEN p.currency <> b.currency THEN 1 END) AS currencies
  FROM store_bankline b
  JOIN store_bankaccount a ON a.id = b.bank_account_id
  LEFT JOIN store_journalentry e ON e.source = b.public_id AND e.kind = 'bank_line'
  LEFT JOIN store_posting p ON p.entry_id = e.id
  LEFT JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
  GROUP BY b.id, e.id, a.id) one
WHERE entry IS NULL OR posted <> amount_minor OR posted_on <> booked_on OR currencies > 0
ORDER BY public_id
"""
_ALONE = """
SELECT e.kind, e.source FROM store_journalentry e
WHERE (e.kind = 'bank_line'
       AND NOT EXISTS (SELECT 1 FROM store_bankline b WHERE b.public_id = e.source))
   OR (e.kind = 'bank_opening'
       AND NOT EXISTS (SELECT 1 FROM store_bankstatement s WHERE s.public_id = e.source))
ORDER BY e.id
"""
# What the book has, against the opening balance and the lines of the account of that code.
_BALANCES = """
SELECT code, currency, SUM(book), SUM(lines) FROM (
  SELECT l.seller_id, l.code, p.currency, p.amount_minor AS book,
         CASE WHEN e.kind = 'bank_opening' THEN p.amount_minor ELSE 0 END AS lines
  FROM store_posting p
  JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
  JOIN store_journalentry e ON e.id = p.entry_id
  WHERE l.code LIKE 'assets:bank:%%'
  UNION ALL
  SELECT a.seller_id, 'assets:bank:' || a.code, b.currency, 0, b.amount_minor
  FROM store_bankline b JOIN store_bankaccount a ON a.id = b.bank_account_id) one
GROUP BY seller_id, code, currency HAVING SUM(book) <> SUM(lines)
ORDER BY code, currency
"""
_STATEMENTS = """
SELECT * FROM (
  SELECT s.public_id, a.currency, s.opening_minor, s.closing_minor, s.total_minor, s.lines,
         s.new_lines, COUNT(b.id) AS kept, COALESCE(SUM(b.amount_minor), 0) AS brought
  FROM store_bankstatement s
  JOIN store_bankaccount a ON a.id = s.bank_account_id
  LEFT JOIN store_bankline b ON b.statement_id = s.id
  GROUP BY s.id, a.id) one
WHERE kept <> new_lines OR (lines = new_lines AND brought <> total_minor)
   OR opening_minor + total_minor <> closing_minor
ORDER BY public_id
"""
# Of the statements that end last, the one whose closing balance is nearest to the book's.
_CLOSINGS = """
SELECT code, currency, ends_on, closing_minor, book FROM (
  SELECT two.*, ROW_NUMBER() OVER (
           PARTITION BY bank_account_id ORDER BY ABS(closing_minor - book), id) AS place
  FROM (
    SELECT s.id, s.bank_account_id, a.code, a.currency, s.ends_on, s.closing_minor,
           (SELECT COALESCE(SUM(b.amount_minor), 0) FROM store_bankline b
            WHERE b.bank_account_id = a.id AND (b.booked_on <= s.ends_on OR b.statement_id = s.id))
           + (SELECT COALESCE(SUM(p.amount_minor), 0)
              FROM store_bankstatement o
              JOIN store_journalentry e ON e.source = o.public_id AND e.kind = 'bank_opening'
              JOIN store_posting p ON p.entry_id = e.id
              JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
               AND l.code = 'assets:bank:' || a.code
              WHERE o.bank_account_id = a.id) AS book
    FROM store_bankstatement s
    JOIN store_bankaccount a ON a.id = s.bank_account_id
    WHERE s.closing_minor IS NOT NULL AND s.ends_on = (
      SELECT MAX(m.ends_on) FROM store_bankstatement m
      WHERE m.bank_account_id = a.id AND m.closing_minor IS NOT NULL)) two) three
WHERE place = 1 AND closing_minor <> book
ORDER BY code
"""


def check_bank() -> Iterator[Offence]:
    """Bank lines, statements and balances that the book does not say the same of."""
    for subject, code, minor, day, entry, on, posted, currencies in stream(_LINES):
        if entry is None:
            text = f"the book has no entry for this bank line of {amount(minor, code)}"
        elif posted != minor:
            text = f"it is {amount(minor, code)}, but {amount(posted, code)} is posted"
        elif currencies:
            text = "its entry has postings of another currency"
        else:
            text = f"it is of {day}, but its entry stands on {on}"
        yield Offence("bank-line", subject, text)
    for kind, source in stream(_ALONE):
        yield Offence("entry-source", source, f"there is nothing for this {kind} entry")
    for code, unit, book, lines in stream(_BALANCES):
        text = f"the book has {amount(book, unit)}, opening balance and lines {amount(lines, unit)}"
        yield Offence("bank-balance", code, text)
    yield from _check_statements()
    for code, unit, ends_on, closing, book in stream(_CLOSINGS):
        text = (
            f"on {ends_on} the bank states {amount(closing, unit)}, the book has "
            f"{amount(book, unit)}: a statement is missing, or does not add up"
        )
        yield Offence("bank-closing", code, text)


def _check_statements() -> Iterator[Offence]:
    rows = stream(_STATEMENTS)
    for subject, code, opening, closing, total, lines, new, kept, brought in rows:
        if kept != new:
            text = f"it brought {new} lines, but {kept} are there"
        elif lines == new and brought != total:
            text = f"its lines come to {amount(total, code)}, but {amount(brought, code)} is there"
        else:
            text = (
                f"from {amount(opening, code)} it comes to {amount(closing, code)}, but its lines "
                f"come to {amount(total, code)}"
            )
        yield Offence("bank-statement", subject, text)
