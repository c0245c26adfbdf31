"""What accounts owe, the credit they have, and how it came to be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from quarterday.core.credit_scope import read_scope
from quarterday.store.bulk import to_column, to_day
from quarterday.store.queries.raw import days, fetch, fetch_by_ids


class Balance(NamedTuple):
    """Minor units of the account's currency. ``overdue_minor`` is part of ``owed_minor``."""

    currency: str
    owed_minor: int = 0
    overdue_minor: int = 0
    credit_minor: int = 0

    @property
    def due_minor(self) -> int:
        """What is left to pay after all credit; below zero it is the customer's."""
        return self.owed_minor - self.credit_minor


class OpenCredit(NamedTuple):
    """A grant with something left, in minor units."""

    public_id: str
    kind: str
    currency: str
    amount_minor: int
    open_minor: int
    priority: int
    granted_on: date
    expires_on: date | None
    reason: str
    use: str = "any"
    products: tuple[str, ...] = ()


class StatementLine(NamedTuple):
    """A fact that changed what an account owes; a charge is positive, a payment negative."""

    on: date
    kind: str
    reference: str
    memo: str
    amount_minor: int
    balance_minor: int


class Statement(NamedTuple):
    """The facts of a time, between what was owed before and after; below zero it is credit."""

    currency: str
    opening_minor: int
    lines: list[StatementLine]
    closing_minor: int


_CURRENCIES = "SELECT id, currency FROM store_account WHERE id {ids}"
_OWED = """
SELECT account_id, SUM(open_minor), SUM(CASE WHEN due_on < '{today}' THEN open_minor ELSE 0 END)
FROM store_invoice WHERE account_id {ids} AND status = 'open' GROUP BY account_id
"""
_CREDIT = """
SELECT account_id, SUM(open_minor) FROM store_creditgrant
WHERE account_id {ids} AND open_minor > 0
  AND granted_on <= '{today}' AND (expires_on IS NULL OR expires_on > '{today}')
GROUP BY account_id
"""


def load_balances(ids: Sequence[int], today: date) -> dict[int, Balance]:
    """What accounts owe today, by key. An invoice is overdue from the day after its due date.

    Credit counts while it can be used: not before it is granted, nor once it has expired.
    """
    day = to_column(today)
    found = {key: Balance(code) for key, code in fetch_by_ids(_CURRENCIES, ids)}
    for key, owed, overdue in fetch_by_ids(_OWED.replace("{today}", day), ids):
        found[key] = found[key]._replace(owed_minor=int(owed), overdue_minor=int(overdue))
    for key, credit in fetch_by_ids(_CREDIT.replace("{today}", day), ids):
        found[key] = found[key]._replace(credit_minor=int(credit))
    return found


_GRANTS = """
SELECT public_id, kind, currency, amount_minor, open_minor, priority, [granted_on], [expires_on],
       reason, scope
FROM store_creditgrant WHERE account_id = %s AND open_minor > 0
ORDER BY priority, COALESCE(expires_on, '9999-12-31'), granted_on, id
"""


def load_open_credit(account_id: int) -> list[OpenCredit]:
    """The credit of an account in the order in which it is used (rule 13)."""
    found = []
    for *facts, granted_on, expires_on, reason, scope in fetch(days(_GRANTS), [account_id]):
        ends, limits = expires_on and to_day(expires_on), read_scope(json.loads(scope))
        products = tuple(sorted(limits.products))
        found.append(
            OpenCredit._make([*facts, to_day(granted_on), ends, reason, str(limits.use), products])
        )
    return found


# Credit is owed to the customer just as the receivable is owed by them, so using one for the
# other changes nothing and is left out.
_STATEMENT = """
SELECT [e."on"], e.kind, e.reference, e.memo, SUM(p.amount_minor)
FROM store_posting p
JOIN store_journalentry e ON e.id = p.entry_id
JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
WHERE p.account_id = %s AND l.code IN ('assets:receivable', 'liabilities:credit')
GROUP BY e.id, e."on", e.kind, e.reference, e.memo HAVING SUM(p.amount_minor) <> 0
ORDER BY e."on", e.id
"""


def load_statement(
    account_id: int, start: date | None = None, end: date | None = None
) -> Statement:
    """What changed the debt of an account in the days ``[start, end)``, as the book has it.

    A line carries the balance after it. Raises `LookupError` for an unknown account.
    """
    currency = dict(fetch_by_ids(_CURRENCIES, [account_id]))[account_id]
    opening = balance = 0
    lines = []
    for row in fetch(days(_STATEMENT), [account_id]):
        on, amount = to_day(row[0]), int(row[4])
        if end is not None and on >= end:
            break
        balance += amount
        if start is not None and on < start:
            opening = balance
        else:
            lines.append(StatementLine(on, row[1], row[2], row[3], amount, balance))
    return Statement(currency, opening, lines, balance)
