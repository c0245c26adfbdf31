"""What was owed at the end of a day, by how late it was: as of any day, past ones too.

What is open now is known; what was open then is that, with what has settled since put back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from quarterday.core.aging import BANDS as LATE_BANDS
from quarterday.core.aging import AgedPart, age_open, band_of
from quarterday.store.bulk import to_column, to_day
from quarterday.store.models import Invoice
from quarterday.store.queries.plans_of_day import read_plans_of_day
from quarterday.store.queries.raw import days, fetch
from quarterday.store.queries.reports.view import of_sellers

# What was settled before its invoice was issued lowers what is owed from that day on.
_OPEN = """
  SELECT i.id, i.open_minor AS minor FROM store_invoice i
  WHERE i.status = 'open' AND i.issued_on <= %(day)s{sellers}
  UNION ALL
  SELECT i.id, a.amount_minor FROM store_allocation a JOIN store_invoice i ON i.id = a.invoice_id
  WHERE a."on" > %(day)s AND i.issued_on <= %(day)s{sellers}
  UNION ALL
  SELECT i.id, -a.amount_minor FROM store_allocation a JOIN store_invoice i ON i.id = a.invoice_id
  WHERE a."on" <= %(day)s AND i.issued_on > %(day)s{sellers}
  UNION ALL
  SELECT i.id, -p.amount_minor FROM store_invoice i
  JOIN store_journalentry e ON e.source = i.public_id AND e.kind = 'write_off'
  JOIN store_posting p ON p.entry_id = e.id AND p.amount_minor < 0
  WHERE i.status = 'written_off' AND e."on" > %(day)s AND i.issued_on <= %(day)s{sellers}
  UNION ALL
  SELECT i.id, -p.amount_minor FROM store_invoice i
  JOIN store_allocation a ON a.invoice_id = i.id AND a.amount_minor < 0
  JOIN store_journalentry e ON e.source = a.public_id AND e.kind = 'write_off'
  JOIN store_posting p ON p.entry_id = e.id AND p.amount_minor < 0
  WHERE i.status = 'written_off' AND e."on" > %(day)s AND i.issued_on <= %(day)s{sellers}
"""
_AGED = f"""
SELECT currency, band, COUNT(*), SUM(minor) FROM (
  SELECT i.currency, {{band}} AS band, one.minor
  FROM (SELECT id, SUM(minor) AS minor FROM ({_OPEN}) parts GROUP BY id) one
  JOIN store_invoice i ON i.id = one.id WHERE one.minor <> 0) aged
GROUP BY currency, band
"""
_LISTED = f"""
SELECT i.label, COALESCE(a.external_id, a.public_id), a.name, i.currency, [i.issued_on], [i.due_on],
       i.total_minor, one.minor, a.public_id, i.public_id
FROM (SELECT id, SUM(minor) AS minor FROM ({_OPEN}) parts GROUP BY id) one
JOIN store_invoice i ON i.id = one.id JOIN store_account a ON a.id = i.account_id
WHERE one.minor <> 0 AND ({{band}}) = %(band)s{{currency}}
ORDER BY i.due_on, i.id LIMIT %(limit)s
"""

_MANY = 1000
BANDS = (*LATE_BANDS, "ahead")


class Aged(NamedTuple):
    """What is owed in one band of lateness, in one currency."""

    currency: str
    band: str
    number: int
    amount_minor: int


class OpenInvoice(NamedTuple):
    """An invoice with what was open of it."""

    label: str
    account: str
    account_name: str
    currency: str
    issued_on: date
    due_on: date
    total_minor: int
    open_minor: int
    account_id: str
    public_id: str


def read_aged(day: date, sellers: Sequence[int] | None) -> list[Aged]:
    """What was owed at the end of ``day``, by band: not due until its due date is over.

    An invoice that is paid in parts is in the band of each part that is open, and counts in each.
    """
    found: dict[tuple[str, str], Aged] = {}

    def add(currency: str, band: str, number: int, minor: int) -> None:
        was = found.get((currency, band), Aged(currency, band, 0, 0))
        both = was.number + number, was.amount_minor + minor
        found[currency, band] = Aged(currency, band, *both)

    sql = _AGED.format(band=_band(day), sellers=of_sellers("i.seller_id", sellers))
    for currency, number, count, minor in fetch(sql, {"day": to_column(day)}):
        add(currency, BANDS[int(number)], int(count), int(minor))
    for one, aged in _read_planned(day, sellers):
        add(one.currency, band_of(one.due_on, day), -1, -one.open_minor)
        for part in aged:
            add(one.currency, part.band, 1, part.amount_minor)
    return [one for one in found.values() if one.number or one.amount_minor]


def list_open(
    day: date, band: str, currency: str, limit: int, sellers: Sequence[int] | None
) -> Iterator[OpenInvoice]:
    """The invoices of a band, those due first at the top; of one that is paid in parts, what of it
    is in the band, with the day by which that was due.
    """
    planned = _read_planned(day, sellers)
    names = {one.public_id for one, _ in planned}
    rows = [
        one._replace(due_on=part.due_on, open_minor=part.amount_minor)
        for one, aged in planned
        for part in aged
        if part.band == band and currency in ("", one.currency)
    ]
    # As many more as may have to be left out again.
    rows += [
        one
        for one in _list(day, band, currency, limit + len(planned), sellers)
        if one.public_id not in names
    ]
    yield from sorted(rows, key=lambda one: one.due_on)[:limit]


def _list(
    day: date, band: str, currency: str, limit: int, sellers: Sequence[int] | None, more: str = ""
) -> Iterator[OpenInvoice]:
    """By the invoices' own due dates; in any band where none is named."""
    sql = _LISTED.format(
        band=_band(day) if band else "0",
        sellers=of_sellers("i.seller_id", sellers) + more,
        currency=" AND i.currency = %(currency)s" if currency else "",
    )
    values = {
        "day": to_column(day),
        "band": BANDS.index(band) if band else 0,
        "currency": currency,
        "limit": limit,
    }
    for row in fetch(days(sql), values):
        label, account, name, code, issued, due, total, minor, *ids = row
        yield OpenInvoice(
            label, account, name, code, to_day(issued), to_day(due), total, int(minor), *ids
        )


def _read_planned(
    day: date, sellers: Sequence[int] | None
) -> list[tuple[OpenInvoice, list[AgedPart]]]:
    """What was open of invoices for which a plan held at the end of a day, and how late it was."""
    parts = read_plans_of_day(day, sellers)
    keys, found = sorted(parts), []
    for start in range(0, len(keys), _MANY):
        some = ", ".join(str(key) for key in keys[start : start + _MANY])
        rows = _list(day, "", "", _MANY, sellers, f" AND i.id IN ({some})")
        names = {one.public_id: one for one in rows if one.issued_on <= day and one.open_minor > 0}
        for key, name in Invoice.objects.filter(public_id__in=names).values_list("id", "public_id"):
            one = names[name]
            found.append((one, age_open(one.due_on, one.open_minor, parts[key], day)))
    return found


def _band(day: date) -> str:
    """The number of the band of an invoice; the days are ours, so they stand in the statement."""
    cases = [f"WHEN i.issued_on > '{day}' THEN 5", f"WHEN i.due_on >= '{day}' THEN 0"]
    for band, most in ((1, 30), (2, 60), (3, 90)):
        cases.append(f"WHEN i.due_on >= '{day - timedelta(days=most)}' THEN {band}")
    return f"CASE {' '.join(cases)} ELSE 4 END"
