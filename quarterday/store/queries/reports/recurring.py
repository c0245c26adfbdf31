"""Which contracts ran when, added up by what they charge; what that is worth is told from outside.

The database groups items by price, quantity and cadence. The worth of each such group comes back
as one JSON table, so that a million contracts are valued without reading them one by one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from quarterday.core.buckets import Buckets
from quarterday.core.period import Cadence, Period, Unit
from quarterday.store.bulk import is_postgresql, to_column, to_day
from quarterday.store.queries.raw import days, fetch
from quarterday.store.queries.reports.view import of_owners, of_sellers, place_of

_PLAIN = """NOT EXISTS (SELECT 1 FROM store_subscriptiondiscount x
                        WHERE x.subscription_id = i.subscription_id)"""
_LIKE = """
SELECT i.price_id, i.quantity, i.cadence_count, i.cadence_unit FROM store_subscriptionitem i
WHERE i.role <> 'commitment'{owners} GROUP BY 1, 2, 3, 4
"""
_DISCOUNTED = """
SELECT i.id, i.account_id, i.subscription_id, i.price_id, i.quantity, i.cadence_count,
       i.cadence_unit, [i.start_on], [i.end_on], [s.trial_end], [i.anchor_on], i.anchor_day
FROM store_subscriptionitem i JOIN store_subscription s ON s.id = i.subscription_id
WHERE i.role <> 'commitment' AND i.subscription_id IN
  (SELECT subscription_id FROM store_subscriptiondiscount){owners}
ORDER BY i.subscription_id, i.id
"""
_DISCOUNTS = """
SELECT d.subscription_id, d.discount_id, [d.start_on], [d.end_on], d.used, [d.used_through]
FROM store_subscriptiondiscount d
"""
# Each item brings its worth on the day that it starts (after a trial), and takes it when it ends.
_MOVES = """
WITH worth AS ({worth}),
ran AS (
  SELECT i.account_id, w.minor, i.end_on, {begins} AS begins
  FROM store_subscriptionitem i
  JOIN worth w ON w.price_id = i.price_id AND w.quantity = i.quantity
    AND w.cadence_count = i.cadence_count AND w.cadence_unit = i.cadence_unit
  JOIN store_subscription s ON s.id = i.subscription_id
  WHERE i.role <> 'commitment' AND w.minor <> 0 AND {plain}{owners}),
moves AS (
  SELECT account_id, {start_place} AS place, minor FROM ran
  WHERE begins < %s AND (end_on IS NULL OR end_on > begins)
  UNION ALL
  SELECT account_id, {end_place}, -minor FROM ran WHERE end_on < %s AND end_on > begins
  UNION ALL
  SELECT account_id, place, minor FROM ({extra}) extra),
net AS (
  SELECT account_id, place, SUM(minor) AS moved,
         SUM(CASE WHEN minor > 0 THEN minor ELSE 0 END) AS gained
  FROM moves GROUP BY account_id, place),
run AS (
  SELECT account_id, place, moved,
         SUM(moved) OVER sofar AS closing,
         SUM(gained) OVER sofar - gained AS gained_before,
         MIN(CASE WHEN gained > 0 THEN place END) OVER (PARTITION BY account_id) AS cohort
  FROM net
  WINDOW sofar AS (PARTITION BY account_id ORDER BY place
                   ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))
SELECT a.currency, one.place, one.cohort, one.kind, COUNT(*), SUM(one.moved)
FROM (
  SELECT account_id, place, cohort, moved,
         CASE WHEN moved = 0 THEN 'same'
              WHEN closing = moved AND gained_before = 0 THEN 'new'
              WHEN closing = moved THEN 'reactivation'
              WHEN closing = 0 THEN 'churn'
              WHEN moved > 0 THEN 'expansion' ELSE 'contraction' END AS kind
  FROM run) one
JOIN store_account a ON a.id = one.account_id
GROUP BY a.currency, one.place, one.cohort, one.kind
"""
_WORTH = "price_id bigint, quantity text, cadence_count int, cadence_unit text, minor bigint"
_EXPECTED = """
SELECT i.price_id, i.quantity, i.cadence_count, i.cadence_unit, [i.anchor_on], i.anchor_day,
       {starts} AS started, {ends} AS ended, COUNT(*)
FROM store_subscriptionitem i JOIN store_subscription s ON s.id = i.subscription_id
WHERE i.role <> 'commitment' AND (i.end_on IS NULL OR i.end_on > %s) AND {begins} < %s
  AND {plain}{owners}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_BILLED = """
SELECT [l.period_start], d.currency, l.kind, SUM(l.net_minor)
FROM store_invoiceline l JOIN store_invoice d ON d.id = l.invoice_id
WHERE l.period_start >= %s AND l.period_start < %s AND d.series <> 'advance'{sellers}
GROUP BY 1, 2, 3
"""


class ItemKind(NamedTuple):
    """Items that charge alike."""

    price_id: int
    quantity: Decimal
    cadence: Cadence


class DiscountedItem(NamedTuple):
    """An item of a contract with discounts; it counts from ``begins`` to ``end_on``."""

    account_id: int
    subscription_id: int
    kind: ItemKind
    begins: date
    end_on: date | None
    anchor_on: date
    anchor_day: int


class DiscountSpan(NamedTuple):
    """A discount of a contract, and how far it was used."""

    discount_id: int
    start_on: date
    end_on: date | None
    used: int
    used_through: date | None


class MrrMoved(NamedTuple):
    """How many accounts moved in a part of the range, and by how much in all.

    ``place`` is -1 for what was before the range, and so is the ``cohort`` of accounts that began
    before it. ``kind`` is new, expansion, contraction, churn, reactivation or same.
    """

    currency: str
    place: int
    cohort: int
    kind: str
    accounts: int
    moved_minor: int


class ExpectedItems(NamedTuple):
    """Like items with their schedule. They run on the first days of the parts of a range from
    ``first`` to ``last`` (exclusive), and began before.
    """

    kind: ItemKind
    anchor_on: date
    anchor_day: int
    first: int
    last: int
    number: int


class BilledDay(NamedTuple):
    """Lines whose period begins on a day, by kind, in the terms of their prices."""

    day: date
    currency: str
    kind: str
    net_minor: int


def list_item_kinds(sellers: Sequence[int] | None) -> list[ItemKind]:
    """The different ways in which items charge."""
    rows = fetch(_LIKE.format(owners=of_owners("i.account_id", sellers)))
    return [_kind(*row) for row in rows]


def read_discounted(sellers: Sequence[int] | None) -> Iterator[DiscountedItem]:
    """The items of contracts that have discounts, contract by contract."""
    sql = _DISCOUNTED.format(owners=of_owners("i.account_id", sellers))
    for _, account, subscription, *kind, start, end, trial, anchor, day in fetch(days(sql)):
        begins = to_day(start) if trial is None else max(to_day(start), to_day(trial))
        end_on = None if end is None else to_day(end)
        yield DiscountedItem(
            account, subscription, _kind(*kind), begins, end_on, to_day(anchor), day
        )


def read_discount_spans() -> Mapping[int, list[DiscountSpan]]:
    """The discounts of contracts, by the contract's key."""
    found: dict[int, list[DiscountSpan]] = {}
    for subscription, discount, start, end, used, through in fetch(days(_DISCOUNTS)):
        span = DiscountSpan(
            discount,
            to_day(start),
            None if end is None else to_day(end),
            used,
            None if through is None else to_day(through),
        )
        found.setdefault(subscription, []).append(span)
    return found


def read_moves(
    buckets: Buckets,
    worth: Mapping[ItemKind, int],
    extra: Iterable[tuple[int, int, int]],
    sellers: Sequence[int] | None,
) -> list[MrrMoved]:
    """How what recurs moved, part by part of a range; what was before it has the place -1.

    ``worth`` is minor units of a month for each kind of item. ``extra`` are moves of contracts
    with discounts: account, place, minor units.
    """
    bounds = [to_column(day) for day in buckets.bounds]
    begins = "GREATEST" if is_postgresql() else "MAX"
    sql = _MOVES.format(
        worth=_table(_WORTH),
        extra=_table("account_id bigint, place int, minor bigint"),
        begins=f"{begins}(i.start_on, COALESCE(s.trial_end, i.start_on))",
        start_place=place_of("begins", bounds[:-1]),
        end_place=place_of("end_on", bounds[:-1]),
        plain=_PLAIN,
        owners=of_owners("i.account_id", sellers),
    )
    values = [
        (kind.price_id, f"{kind.quantity:f}", kind.cadence.count, kind.cadence.unit, minor)
        for kind, minor in worth.items()
    ]
    moved = [(account, place + 1, minor) for account, place, minor in extra]
    rows = fetch(sql, [_json(values), bounds[-1], bounds[-1], _json(moved)])
    return [
        MrrMoved(currency, int(place) - 1, int(cohort or 0) - 1, kind, int(count), int(minor))
        for currency, place, cohort, kind, count, minor in rows
    ]


def read_expected(buckets: Buckets, sellers: Sequence[int] | None) -> Iterator[ExpectedItems]:
    """Items without discounts that run in a range, by what and when they charge."""
    bounds = [to_column(day) for day in buckets.bounds]
    most = "GREATEST" if is_postgresql() else "MAX"
    begins = f"{most}(i.start_on, COALESCE(s.trial_end, i.start_on))"
    far = f"COALESCE(i.end_on, '{date.max}')"
    sql = _EXPECTED.format(
        starts=place_of(begins, bounds[:-1]),
        ends=place_of(far, bounds[:-1], "<="),
        begins=begins,
        plain=_PLAIN,
        owners=of_owners("i.account_id", sellers),
    )
    for *kind, anchor, day, started, ended, count in fetch(days(sql), [bounds[0], bounds[-1]]):
        yield ExpectedItems(_kind(*kind), to_day(anchor), day, int(started), int(ended), int(count))


def read_billed(period: Period, sellers: Sequence[int] | None) -> Iterator[BilledDay]:
    """What was invoiced for periods that begin in a range, whenever it was."""
    span = [to_column(period.start), to_column(period.end)]
    sql = _BILLED.format(sellers=of_sellers("d.seller_id", sellers))
    for day, currency, kind, minor in fetch(days(sql), span):
        yield BilledDay(to_day(day), currency, kind, int(minor))


def _table(columns: str) -> str:
    """A JSON parameter as a table."""
    names = [column.split()[0] for column in columns.split(", ")]
    if is_postgresql():
        picks = ", ".join(
            f"(one ->> {n})::{column.split()[1]} AS {names[n]}"
            for n, column in enumerate(columns.split(", "))
        )
        return f"SELECT {picks} FROM json_array_elements(%s::json) AS v(one)"
    picks = ", ".join(f"(value ->> {n}) AS {name}" for n, name in enumerate(names))
    return f"SELECT {picks} FROM json_each(%s)"


def _json(rows: Sequence[Sequence[Any]]) -> str:
    return json.dumps(rows, separators=(",", ":"))


def _kind(price_id: int, quantity: Any, count: int, unit: str) -> ItemKind:
    return ItemKind(price_id, Decimal(quantity), Cadence(count, Unit(unit)))
