"""The credit of an account: what came, what was used, and what was left after each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from quarterday.core.charging import Timing
from quarterday.core.settings import CreditUse, Settings, resolve
from quarterday.store.bulk import to_day
from quarterday.store.models import Account
from quarterday.store.queries.raw import days, fetch

PAGE = 25


def read_credit_use(account: Account) -> CreditUse:
    """When credit is used for the invoices of an account, as its seller and itself set it."""
    levels = (Settings.from_data(account.seller.settings), Settings.from_data(account.settings))
    return resolve(Timing.ADVANCE, *levels).credit_use


class CreditMove(NamedTuple):
    """Something that moved an account's credit, in minor units; below zero it went.

    ``kind`` is ``grant``, ``use`` or ``deduction``, and ``sort`` says which: the kind of the grant
    or of the deduction, empty for a use. ``position`` counts from the account's first move.
    ``document`` is the invoice that it settled, by public id and label, or the payment it came of.
    """

    position: int
    on: date
    kind: str
    sort: str
    reason: str
    document: str
    label: str
    expires_on: date | None
    amount_minor: int
    balance_minor: int


class CreditPage(NamedTuple):
    """Moves, the newest first; ``newer`` and ``older`` are positions to go on from, or None."""

    moves: list[CreditMove]
    newer: int | None
    older: int | None


# What happened on one day is in the order in which it can happen: granted, used, taken.
_MOVES = """
SELECT ROW_NUMBER() OVER ordered AS position, [m."on"], m.kind, m.sort, m.reason, m.document,
       m.label, [m.expires_on], m.amount_minor, SUM(m.amount_minor) OVER ordered AS balance_minor
FROM (
  SELECT g.granted_on AS "on", 1 AS turn, g.id, 'grant' AS kind, g.kind AS sort, g.reason,
         COALESCE(p.public_id, '') AS document, '' AS label, g.expires_on, g.amount_minor
  FROM store_creditgrant g LEFT JOIN store_payment p ON p.id = g.payment_id WHERE g.account_id = %s
  UNION ALL
  SELECT l."on", 2, l.id, 'use', '', '', i.public_id, i.label, NULL, -l.amount_minor
  FROM store_creditgrant g
  JOIN store_allocation l ON l.grant_id = g.id
  JOIN store_invoice i ON i.id = l.invoice_id WHERE g.account_id = %s
  UNION ALL
  SELECT d."on", 3, d.id, 'deduction', d.kind, d.reason, '', '', NULL, -d.amount_minor
  FROM store_creditgrant g
  JOIN store_creditdeduction d ON d.grant_id = g.id WHERE g.account_id = %s
) m
WINDOW ordered AS (ORDER BY m."on", m.turn, m.id)
"""
_PAGE = "SELECT * FROM ({moves}) p WHERE p.position {sign} %s ORDER BY p.position {way} LIMIT %s"


def page_credit(
    account_id: int,
    *,
    older_than: int | None = None,
    newer_than: int | None = None,
    limit: int = PAGE,
) -> CreditPage:
    """A page of what moved the credit of an account, beside a position."""
    moves, keys = days(_MOVES), [account_id] * 3
    if newer_than is not None:
        sql = _PAGE.format(moves=moves, sign=">", way="ASC")
        found = [_read(row) for row in fetch(sql, [*keys, newer_than, limit + 1])]
        has_more, found = len(found) > limit, found[:limit][::-1]
        newer, older = has_more, bool(found)
    else:
        sql = _PAGE.format(moves=moves, sign="<", way="DESC")
        top = 2**62 if older_than is None else older_than
        found = [_read(row) for row in fetch(sql, [*keys, top, limit + 1])]
        newer, older = older_than is not None and bool(found), len(found) > limit
        found = found[:limit]
    return CreditPage(
        found, found[0].position if newer else None, found[-1].position if older else None
    )


def iterate_credit(account_id: int) -> Iterator[CreditMove]:
    """All that moved the credit of an account, the oldest first."""
    sql = f"SELECT * FROM ({days(_MOVES)}) p ORDER BY p.position"
    for row in fetch(sql, [account_id] * 3):
        yield _read(row)


def _read(row: tuple[object, ...]) -> CreditMove:
    position, on, kind, sort, reason, document, label, expires_on, amount, balance = row
    return CreditMove(
        int(str(position)),
        to_day(on),
        str(kind),
        str(sort),
        str(reason),
        str(document),
        str(label),
        None if expires_on is None else to_day(expires_on),
        int(str(amount)),
        int(str(balance)),
    )
