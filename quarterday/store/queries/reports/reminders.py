"""What messages brought about: sent, followed, and whether their invoice was paid soon after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from quarterday.core.period import Period
from quarterday.store.bulk import is_postgresql
from quarterday.store.queries.raw import fetch
from quarterday.store.queries.reports.view import of_sellers
from quarterday.store.queries.reports.zones import Zone, add_alike, day_in, split_by_zone

# An invoice is paid on the day that the last of it was settled, which is looked up for those that
# are: far fewer were reminded of than there are. Of others nobody asks for the day either.
_SETTLED = """CASE WHEN i.status = 'paid' THEN
           (SELECT MAX(a."on") FROM store_allocation a WHERE a.invoice_id = i.id) END"""
_DAY = "CASE WHEN i.status = 'paid' THEN {day} END AS day"
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
# Kept as it is, since the database would look up the day anew for each column that needs it.
_COUNTED = """
WITH told AS MATERIALIZED ({told})
SELECT told.name, told.currency, COUNT(*), COUNT(CASE WHEN {{soon}} THEN 1 END),
       SUM(CASE WHEN {{soon}} THEN told.total_minor ELSE 0 END)
FROM told
GROUP BY 1, 2
"""
_PAID = _COUNTED.format(
    told=f"""
  SELECT m.kind AS name, i.currency, i.total_minor, {_DAY}, {_SETTLED} AS paid_on
  FROM store_message m JOIN store_invoice i ON i.public_id = m.subject
  WHERE {_WHICH}"""
)
_STEPS = _COUNTED.format(
    told=f"""
  SELECT s.action AS name, i.currency, i.total_minor, {_DAY}, {_SETTLED} AS paid_on
  FROM store_dunningstep s JOIN store_invoice i ON i.id = s.invoice_id
  WHERE s.taken_at >= %s AND s.taken_at < %s AND s.outcome = 'done'{{sellers}}"""
)


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
    return add_alike((one for zone in zones for one in _told(zone, within, kinds)), keys=2)


def _told(zone: Zone, within: int, kinds: Sequence[str]) -> Iterator[Told]:
    words = {
        "kinds": ", ".join(["%s"] * len(kinds)),
        "sellers": of_sellers("m.seller_id", zone.sellers),
        "soon": _soon(within),
        "day": day_in("m.send_at", zone.name),
    }
    which = [zone.since, zone.until, *kinds]
    mails, paid = (
        {(kind, currency): counts for kind, currency, *counts in fetch(sql.format(**words), values)}
        for sql, values in (
            (_MAILS, [zone.since, *which]),
            (_PAID, which),
        )
    )
    for kind, currency, count in fetch(_MESSAGES.format(**words), which):
        sent = mails.get((kind, currency), (0, 0, 0))
        settled = paid.get((kind, currency), (0, 0, 0))
        yield Told(kind, currency, int(count), *map(int, sent), *map(int, settled))


def read_steps(period: Period, within: int, sellers: Sequence[int] | None) -> list[Taken]:
    """Steps of dunning that were taken in a range of days of their seller, by what they did."""
    zones = split_by_zone(period, sellers)
    return add_alike((one for zone in zones for one in _steps(zone, within)), keys=2)


def _steps(zone: Zone, within: int) -> Iterator[Taken]:
    sql = _STEPS.format(
        soon=_soon(within),
        day=day_in("s.taken_at", zone.name),
        sellers=of_sellers("i.seller_id", zone.sellers),
    )
    for action, currency, *counts in fetch(sql, [zone.since, zone.until]):
        yield Taken(action, currency, *(int(one or 0) for one in counts))


def _soon(within: int) -> str:
    """Whether the invoice was paid from that day on, at most so many days later."""
    days = int(within)
    most = f"told.day + {days}" if is_postgresql() else f"date(told.day, '+{days} days')"
    return f"told.paid_on >= told.day AND told.paid_on <= {most}"
