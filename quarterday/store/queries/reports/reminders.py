"""What messages brought about: sent, followed, and whether their invoice was paid soon after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from quarterday.store.bulk import is_postgresql
from quarterday.store.queries.raw import fetch
from quarterday.store.queries.reports.view import of_sellers

# An invoice is paid on the day that the last of it was settled.
_SETTLED = """
  SELECT a.invoice_id, MAX(a."on") AS paid_on FROM store_allocation a GROUP BY a.invoice_id
"""
_MESSAGES = f"""
SELECT told.kind, {{currency}}, COUNT(*), COUNT(told.sent_on),
       SUM(told.failed), SUM(told.links), SUM(told.followed), COUNT(i.id),
       COUNT(CASE WHEN {{soon}} THEN 1 END),
       SUM(CASE WHEN {{soon}} THEN i.total_minor ELSE 0 END)
FROM (
  SELECT m.id, m.kind, m.subject, MIN({{sent_on}}) AS sent_on,
         MAX(CASE WHEN v.status IN ('failed', 'bounced', 'complained') THEN 1 ELSE 0 END) AS failed,
         COALESCE(SUM(k.links), 0) AS links,
         MAX(COALESCE(k.followed, 0)) AS followed
  FROM store_message m
  LEFT JOIN store_delivery v ON v.message_id = m.id
  LEFT JOIN (
    SELECT n.delivery_id, COUNT(DISTINCT n.id) AS links,
           MAX(CASE WHEN c.id IS NOT NULL AND NOT c.is_bot THEN 1 ELSE 0 END) AS followed
    FROM store_link n LEFT JOIN store_click c ON c.link_id = n.id
    WHERE n.delivery_id IS NOT NULL AND n.created_at >= %s GROUP BY n.delivery_id) k
    ON k.delivery_id = v.id
  WHERE m.created_at >= %s AND m.created_at < %s AND m.kind IN ({{kinds}}){{sellers}}
  GROUP BY m.id) told
LEFT JOIN store_invoice i ON i.public_id = told.subject
LEFT JOIN ({_SETTLED}) settled ON settled.invoice_id = i.id
GROUP BY 1, 2
"""
_STEPS = f"""
SELECT s.action, i.currency, COUNT(*), COUNT(CASE WHEN {{soon}} THEN 1 END),
       SUM(CASE WHEN {{soon}} THEN i.total_minor ELSE 0 END)
FROM store_dunningstep s
JOIN store_invoice i ON i.id = s.invoice_id
LEFT JOIN ({_SETTLED}) settled ON settled.invoice_id = i.id
WHERE s.taken_at >= %s AND s.taken_at < %s AND s.outcome = 'done'{{sellers}}
GROUP BY 1, 2
"""


class Told(NamedTuple):
    """Messages of a kind. ``invoices`` were about one; of these ``paid`` were paid in time."""

    kind: str
    currency: str
    messages: int
    sent: int
    failed: int
    links: int
    followed: int
    invoices: int
    paid: int
    paid_minor: int


class Taken(NamedTuple):
    """Steps of dunning of one action, and how many of their invoices were paid in time."""

    action: str
    currency: str
    steps: int
    paid: int
    paid_minor: int


def read_told(
    since: datetime,
    until: datetime,
    within: int,
    kinds: Sequence[str],
    sellers: Sequence[int] | None,
) -> Iterator[Told]:
    """Messages of some kinds in a range of instants, with what was paid ``within`` days of them."""
    sent_on = _day("v.sent_at")
    sql = _MESSAGES.format(
        currency="COALESCE(i.currency, '')",
        sent_on=sent_on,
        soon=_soon("told.sent_on", within),
        kinds=", ".join(["%s"] * len(kinds)),
        sellers=of_sellers("m.seller_id", sellers),
    )
    for kind, currency, *counts in fetch(sql, [since, since, until, *kinds]):
        yield Told(kind, currency, *(int(one or 0) for one in counts))


def read_steps(
    since: datetime, until: datetime, within: int, sellers: Sequence[int] | None
) -> Iterator[Taken]:
    """Steps of dunning that were taken, by what they did."""
    sql = _STEPS.format(
        soon=_soon(_day("s.taken_at"), within), sellers=of_sellers("i.seller_id", sellers)
    )
    for action, currency, *counts in fetch(sql, [since, until]):
        yield Taken(action, currency, *(int(one or 0) for one in counts))


def _day(instant: str) -> str:
    """The day of an instant in UTC."""
    return f"({instant} AT TIME ZONE 'UTC')::date" if is_postgresql() else f"date({instant})"


def _soon(day: str, within: int) -> str:
    """Whether the invoice was paid from that day on, at most so many days later."""
    most = f"{day} + {int(within)}" if is_postgresql() else f"date({day}, '+{int(within)} days')"
    return f"i.status = 'paid' AND settled.paid_on >= {day} AND settled.paid_on <= {most}"
