"""Proof that the book and the documents agree on what each account owes and holds."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.stream import stream

_BALANCES = """
SELECT COALESCE(a.external_id, a.public_id), off.currency, off.book, off.papers
FROM (
  SELECT account_id, currency, SUM(book) AS book, SUM(papers) AS papers FROM (
    SELECT p.account_id, p.currency, p.amount_minor AS book, 0 AS papers
    FROM store_posting p JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
    WHERE l.code = '{code}'
    {papers}) one
  GROUP BY account_id, currency HAVING SUM(book) <> SUM(papers)) off
LEFT JOIN store_account a ON a.id = off.account_id
ORDER BY off.account_id, off.currency
"""
_OWED = """
    UNION ALL SELECT account_id, currency, 0, open_minor FROM store_invoice
    UNION ALL SELECT account_id, currency, 0, -open_minor FROM store_payment
"""
_HELD = """
    UNION ALL SELECT account_id, currency, 0, -open_minor FROM store_creditgrant
"""


def check_balances() -> Iterator[Offence]:
    """Accounts whose receivable is not their open invoices, or whose credit not their grants."""
    for name, code, book, papers in stream(
        _BALANCES.format(code="assets:receivable", papers=_OWED)
    ):
        text = (
            f"the book says that {amount(book, code)} is owed, the open invoices less payments "
            f"not yet allocated say {amount(papers, code)}"
        )
        yield Offence("receivable", name or "no account", text)
    for name, code, book, papers in stream(
        _BALANCES.format(code="liabilities:credit", papers=_HELD)
    ):
        text = (
            f"the book says that {amount(-book, code)} of credit is held, the open grants say "
            f"{amount(-papers, code)}"
        )
        yield Offence("credit", name or "no account", text)
