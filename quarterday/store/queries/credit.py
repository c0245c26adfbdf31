"""Which accounts have credit that expires or is to be used, without looking at any other.

The conditions are spelled out, not bound, so that both databases see that the small partial
indexes on open credit serve them.
"""

from __future__ import annotations

from datetime import date

from quarterday.store.bulk import to_column
from quarterday.store.queries.raw import fetch
from quarterday.store.queries.scope import EVERYTHING, Scope

EXPIRED = """
SELECT DISTINCT account_id FROM store_creditgrant
WHERE open_minor > 0 AND expires_on IS NOT NULL AND expires_on <= %s{scope} ORDER BY account_id
"""
# A setting is stored as JSON text, so a text that does not name it cannot set it.
CREDITED_ON_DUE_DATE = """
SELECT a.id, s.settings, a.settings FROM store_account a
JOIN store_seller s ON s.id = a.seller_id
WHERE a.id IN (SELECT account_id FROM store_creditgrant WHERE open_minor > 0)
  AND (a.settings LIKE '%%on_due_date%%' OR s.settings LIKE '%%on_due_date%%'){scope}
ORDER BY a.id
"""


def find_expired(today: date, scope: Scope = EVERYTHING) -> list[int]:
    """The keys of accounts with open credit that expired today or before."""
    sql = EXPIRED.format(scope=scope.sql("account_id"))
    return [row[0] for row in fetch(sql, [to_column(today)])]


def find_credited_on_due_date(scope: Scope = EVERYTHING) -> list[tuple[int, str, str]]:
    """Accounts with open credit that may be used on the due date: key and settings as stored.

    The settings are those of the seller, then of the account.
    """
    sql = CREDITED_ON_DUE_DATE.format(scope=scope.sql("a.id"))
    return [(row[0], row[1], row[2]) for row in fetch(sql)]


def find_deposit_method(public_id: str) -> str:
    """The method by which a deposit was paid in, as the book has it; empty without an entry."""
    rows = fetch(
        "SELECT l.code FROM store_journalentry e JOIN store_posting p ON p.entry_id = e.id "
        "JOIN store_ledgeraccount l ON l.id = p.ledger_account_id "
        "WHERE e.source = %s AND e.kind = 'deposit' AND p.amount_minor > 0",
        [public_id],
    )
    return str(rows[0][0]).removeprefix("assets:clearing:") if rows else ""
