"""What messages brought about: sent, followed, and whether their invoice was paid soon after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from quarterday.core.period import Period
from quarterday.store.bulk import is_postgresql, to_column
from quarterday.store.queries.raw import fetch
from quarterday.store.queries.reports.view import of_sellers
from quarterday.store.queries.reports.zones import Zone, add_alike, day_in, split_by_zone

# An invoice is paid on the day that the last of it was settled.
_SETTLED = """
  SELECT a.invoice_id, MAX(a."on") AS paid_on FROM store_allocation a WHERE a."on" >= %s
  GROUP BY a.invoice_id
"""
_WHICH = "m.created_at >= %s AND m.created_at < %s AND m.kind IN ({kinds}){sellers}"
_MESSAGES = f"""
SELECT m.kind, COALESCE(c.currency, ''), COUNT(*)
FROM store_message m LEFT JOIN store_account c ON c.id = m.account_id
WHERE {_WHICH} GROUP BY 1, 2
"""
_MAILS = f"""
SELECT m.kind, COALESCE(c.currency, ''), COUNT(v.sent_at),
       COUNT(CASE WHEN v.status IN ('failed', 'bounced', 'complained') THEN 1 END), COUNT(k.id)
FROM store_message m
JOIN store_delivery v ON v.message_id = m.id
LEFT JOIN store_account c ON c.id = m.account_id
LEFT JOIN (
  SELECT n.delivery_id AS id FROM store_link n JOIN store_click l ON l.link_id = n.id
  WHERE n.created_at >= %s AND NOT l.is_bot AND n.delivery_id IS NOT NULL
  GROUP BY n.delivery_id) k ON k.id = v.id
WHERE {_WHICH} GROUP BY 1, 2
"""
_PAID = f"""
SELECT m.kind, i.currency, COUNT(*), COUNT(CASE WHEN {{soon}} THEN 1 END),
       SUM(CASE WHEN {{soon}} THEN i.total_minor ELSE 0 END)
FROM store_message m
JOIN store_invoice i ON i.public_id = m.subject
LEFT JOIN ({_SETTLED}) settled ON settled.invoice_id = i.id
WHERE {_WHICH} GROUP BY 1, 2
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
    """Messages of a kind, and their mails. ``invoices`` were about one; of these ``paid`` were
    paid in time.
    """

    kind: str
    currency: str
    messages: int
    sent: int
    failed: int
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
    period: Period, within: int, kinds: Sequence[str], sellers: Sequence[int] | None
) -> list[Told]:
    """Messages of some kinds, made in a range of days of their seller, with what was paid
    ``within`` days of them.
    """
    zones = split_by_zone(period, sellers)
    return add_alike((one for zone in zones for one in _told(zone, period, within, kinds)), keys=2)


def _told(zone: Zone, period: Period, within: int, kinds: Sequence[str]) -> Iterator[Told]:
    words = {
        "kinds": ", ".join(["%s"] * len(kinds)),
        "sellers": of_sellers("m.seller_id", zone.sellers),
        "soon": _soon(day_in("m.send_at", zone.name), within),
    }
    which = [zone.since, zone.until, *kinds]
    mails, paid = (
        {(kind, currency): counts for kind, currency, *counts in fetch(sql.format(**words), values)}
        for sql, values in (
            (_MAILS, [zone.since, *which]),
            (_PAID, [to_column(period.start), *which]),
        )
    )
    for kind, currency, count in fetch(_MESSAGES.format(**words), which):
        sent = mails.get((kind, currency), (0, 0, 0))
        settled = paid.get((kind, currency), (0, 0, 0))
        yield Told(kind, currency, int(count), *map(int, sent), *map(int, settled))


def read_steps(period: Period, within: int, sellers: Sequence[int] | None) -> list[Taken]:
    """Steps of dunning that were taken in a range of days of their seller, by what they did."""
    zones = split_by_zone(period, sellers)
    return add_alike((one for zone in zones for one in _steps(zone, period, within)), keys=2)


def _steps(zone: Zone, period: Period, within: int) -> Iterator[Taken]:
    sql = _STEPS.format(
        soon=_soon(day_in("s.taken_at", zone.name), within),
        sellers=of_sellers("i.seller_id", zone.sellers),
    )
    for action, currency, *counts in fetch(sql, [to_column(period.start), zone.since, zone.until]):
        yield Taken(action, currency, *(int(one or 0) for one in counts))


def _soon(day: str, within: int) -> str:
    """Whether the invoice was paid from that day on, at most so many days later."""
    most = f"{day} + {int(within)}" if is_postgresql() else f"date({day}, '+{int(within)} days')"
    return f"i.status = 'paid' AND settled.paid_on >= {day} AND settled.paid_on <= {most}"
