"""Tax of documents as a return asks for it: by country, rate and category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from quarterday.core.period import Period
from quarterday.store.bulk import is_postgresql, to_column
from quarterday.store.models import TaxRate
from quarterday.store.queries.check.documents import ADVANCES, KINDS, Kind
from quarterday.store.queries.raw import fetch
from quarterday.store.queries.reports.view import of_sellers

_TAXES = """
SELECT d.seller_id, d.currency, t.code, t.name, t.percent, t.category, t.reason_code, {country},
       COUNT(*), SUM(t.base_minor), SUM(t.tax_minor)
FROM {table} d JOIN {taxes} t ON t.{key} = d.id {join}
WHERE d.issued_on >= %s AND d.issued_on < %s AND {own}{sellers}{rated}
GROUP BY d.seller_id, d.currency, t.code, t.name, t.percent, t.category, t.reason_code{group}
"""
_UNTAXED = """
SELECT d.seller_id, d.currency, COUNT(*), SUM(d.net_minor)
FROM {table} d
WHERE d.issued_on >= %s AND d.issued_on < %s AND {own}{sellers}
  AND NOT EXISTS (SELECT 1 FROM {taxes} t WHERE t.{key} = d.id)
GROUP BY d.seller_id, d.currency
"""


class TaxSum(NamedTuple):
    """Tax of one kind. ``document`` is invoice, credit_note, advance or advance_credit.

    Credit notes count below zero. ``country`` is whose rate it is; without a rate it is the
    customer's, as their details were when the document was issued.
    """

    document: str
    currency: str
    country: str
    code: str
    name: str
    percent: str
    category: str
    reason_code: str
    number: int
    base_minor: int
    tax_minor: int


def read_taxes(period: Period, sellers: Sequence[int] | None) -> Iterator[TaxSum]:
    """The tax rows of all documents of a period, summed; advances too, which a return needs."""
    countries = _countries()
    rated = " AND t.category = 'S'"
    for kind in (*KINDS, *ADVANCES):
        yield from _read(kind, period, sellers, countries, rated, is_rated=True)
        yield from _read(kind, period, sellers, countries, " AND t.category <> 'S'", is_rated=False)
        sql = kind.fill(_UNTAXED.replace("{sellers}", of_sellers("d.seller_id", sellers)))
        for _, currency, count, net in fetch(sql, _span(period)):
            base = kind.sign * int(net)
            yield TaxSum(kind.name, currency, "", "", "No tax stated", "0", "", "", count, base, 0)


def _read(
    kind: Kind,
    period: Period,
    sellers: Sequence[int] | None,
    countries: dict[tuple[int, str], str],
    rated: str,
    *,
    is_rated: bool,
) -> Iterator[TaxSum]:
    """Rows with a rate know their country by it; the others are joined with the customer's."""
    json = "s.data::json->>'country'" if is_postgresql() else "json_extract(s.data, '$.country')"
    sql = _TAXES.format(
        country="''" if is_rated else f"COALESCE({json}, '')",
        table=kind.table,
        taxes=kind.taxes,
        key=kind.key,
        join="" if is_rated else "JOIN store_snapshot s ON s.id = d.account_snapshot_id",
        own=kind.own,
        sellers=of_sellers("d.seller_id", sellers),
        rated=rated,
        group="" if is_rated else ", 8",
    )
    for seller, currency, code, name, percent, category, reason, country, *sums in fetch(
        sql, _span(period)
    ):
        count, base, tax = (int(one) for one in sums)
        yield TaxSum(
            kind.name,
            currency,
            countries.get((seller, code)) or country,
            code,
            name,
            percent,
            category,
            reason,
            count,
            kind.sign * base,
            kind.sign * tax,
        )


def _span(period: Period) -> list[str]:
    return [to_column(period.start), to_column(period.end)]


def _countries() -> dict[tuple[int, str], str]:
    """The country of each seller's rates, by code."""
    rows = TaxRate.objects.order_by("id").values_list("seller_id", "code", "country")
    return {(seller, code): country for seller, code, country in rows}
