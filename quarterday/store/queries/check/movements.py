"""Proof that money and credit stand in the book as they moved, and nothing else does.

Documents have their own proof; here are payments, refunds, credit and what became of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.stream import stream


class Movement(NamedTuple):
    """A kind of movement: its table, its entries, and the account and sign that show its amount.

    ``own`` are the rows that have an entry of their own, ``day`` the column that it stands on.
    """

    name: str
    table: str
    kinds: str
    day: str
    shown: str
    sign: int
    owner: str = "d.account_id"
    currency: str = "d.currency"
    join: str = ""
    own: str = "1 = 1"


_GRANT = {"owner": "g.account_id", "currency": "g.currency"}
_OF_GRANT = "JOIN store_creditgrant g ON g.id = d.grant_id"

MOVEMENTS = (
    Movement("payment", "store_payment", "'payment'", "received_on", "assets:clearing:", 1),
    Movement("refund", "store_refund", "'refund'", "refunded_on", "assets:clearing:", -1),
    Movement(
        "credit",
        "store_creditgrant",
        "'credit_grant', 'deposit'",
        "granted_on",
        "liabilities:credit",
        -1,
    ),
    Movement(
        "use of credit",
        "store_allocation",
        "'credit_use', 'reversal'",
        "on",
        "liabilities:credit",
        1,
        join=_OF_GRANT,
        **_GRANT,
    ),
    Movement(
        "end of credit",
        "store_creditdeduction",
        "'credit_expiry', 'credit_reversal'",
        "on",
        "liabilities:credit",
        1,
        join=_OF_GRANT,
        own="d.refund_id IS NULL",
        **_GRANT,
    ),
)

_POSTED = """
SELECT * FROM (
  SELECT d.public_id, {currency} AS currency, d.amount_minor, d."{day}" AS day, e.id AS entry,
         e."on" AS posted_on,
         {sign} * COALESCE(SUM(CASE WHEN SUBSTR(l.code, 1, {length}) = '{shown}'
                                    THEN p.amount_minor END), 0) AS posted,
         COUNT(CASE WHEN p.currency <> {currency} THEN 1 END) AS currencies,
         COUNT(CASE WHEN p.account_id <> {owner} THEN 1 END) AS accounts
  FROM {table} d {join}
  LEFT JOIN store_journalentry e ON e.source = d.public_id AND e.kind IN ({kinds})
  LEFT JOIN store_posting p ON p.entry_id = e.id
  LEFT JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
  WHERE {own}
  GROUP BY d.id, {currency}, e.id) one
WHERE entry IS NULL OR posted <> amount_minor OR posted_on <> day OR currencies > 0 OR accounts > 0
ORDER BY public_id
"""
_ALONE = """
SELECT e.kind, e.reference FROM store_journalentry e
WHERE e.kind IN ({kinds}) AND NOT EXISTS (SELECT 1 FROM {table} d WHERE d.public_id = e.source)
ORDER BY e.id
"""
# What had been paid of a debt that was given up is lost by what took the payment back.
_GIVEN_UP = """
SELECT e.kind, e.reference FROM store_journalentry e
WHERE e.kind = 'write_off'
  AND NOT EXISTS (SELECT 1 FROM store_invoice i WHERE i.public_id = e.source)
  AND NOT EXISTS (SELECT 1 FROM store_allocation a
                  WHERE a.public_id = e.source AND a.amount_minor < 0)
ORDER BY e.id
"""


def check_movements() -> Iterator[Offence]:
    """Movements that the book does not say the same of, and entries without their movement."""
    for one in MOVEMENTS:
        sql = _POSTED.format(**one._asdict(), length=len(one.shown))
        for subject, code, minor, day, entry, on, posted, currencies, accounts in stream(sql):
            if entry is None:
                text = f"the book has no entry for this {one.name} of {amount(minor, code)}"
            elif posted != minor:
                text = f"it is {amount(minor, code)}, but {amount(posted, code)} is posted"
            elif currencies or accounts:
                text = "its entry has postings of another currency or account"
            else:
                text = f"it is of {day}, but its entry stands on {on}"
            yield Offence("movement-posting", subject, text)
        for kind, reference in stream(_ALONE.format(kinds=one.kinds, table=one.table)):
            yield Offence("entry-source", reference, f"there is nothing for this {kind} entry")
    for kind, reference in stream(_GIVEN_UP):
        yield Offence("entry-source", reference, f"there is nothing for this {kind} entry")
