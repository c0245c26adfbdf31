"""Usage events of periods, and which of them no invoice has taken into account."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from quarterday.core.metering import Measurement
from quarterday.core.period import Period
from quarterday.store.bulk import to_column, to_day
from quarterday.store.queries.billing import ItemRow
from quarterday.store.queries.raw import fetch, fetch_by_ids


class UsageRow(NamedTuple):
    """One measurement that counts: corrections have taken the place of what they correct."""

    id: int
    on: date
    measurement: Measurement
    billed: bool


class BilledPeriod(NamedTuple):
    """What was billed for a period of an item so far: before discounts, and how often."""

    gross_minor: int
    discount_minor: int
    bills: int


_UNBILLED = """
SELECT DISTINCT subscription_id, meter_id, "on" FROM store_usageevent
WHERE account_id {ids} AND NOT billed
"""


def load_unbilled_days(ids: Sequence[int]) -> dict[tuple[int, int], list[date]]:
    """Days with usage not yet billed, by subscription and meter, of the accounts given."""
    found: dict[tuple[int, int], list[date]] = defaultdict(list)
    for subscription_id, meter_id, day in fetch_by_ids(_UNBILLED, ids):
        found[subscription_id, meter_id].append(to_day(day))
    return found


def load_usage(
    subscription_id: int, meter_id: int, start: date | None, end: date
) -> tuple[list[UsageRow], list[int]]:
    """Events of a subscription's meter on the days ``[start, end)``, and replaced ones unbilled.

    Without a start, all that came before the end.
    """
    sql = (
        'SELECT id, "on", at, value, key, billed, superseded FROM store_usageevent '
        'WHERE subscription_id = %s AND meter_id = %s AND "on" < %s'
    )
    params: list[Any] = [subscription_id, meter_id, to_column(end)]
    if start is not None:
        sql += ' AND "on" >= %s'
        params.append(to_column(start))
    rows, replaced = [], []
    for key, day, at, value, unique, billed, superseded in fetch(sql, params):
        if superseded:
            if not billed:
                replaced.append(key)
            continue
        measured = Measurement(_to_instant(at), Decimal(value), unique)
        rows.append(UsageRow(key, to_day(day), measured, bool(billed)))
    return rows, replaced


# An index finds lines by their item; those of credit notes are few, and found by their account.
_BILLED = """
SELECT gross_minor, net_minor, '' FROM store_invoiceline
WHERE item_id = %s AND period_start = %s AND kind IN ('{kind}', 'supplement')
UNION ALL
SELECT 0, -l.net_minor, l.explanation FROM store_creditnote n
JOIN store_creditnoteline l ON l.credit_note_id = n.id
WHERE n.account_id = %s AND l.item_id = %s AND l.period_start = %s
  AND l.kind = 'supplement' AND l.invoice_line_id IS NULL
"""


def load_billed(item: ItemRow, kind: str, period_start: date) -> BilledPeriod:
    """What the lines of a kind, and their supplements, sum to for an item's period."""
    start = to_column(period_start)
    rows = fetch(_BILLED.format(kind=kind), [item.id, start, item.account_id, item.id, start])
    # A credit note keeps what it is worth; its line's explanation, what that was before discounts.
    grosses = [json.loads(text)["amount_minor"] if text else gross for gross, _, text in rows]
    return BilledPeriod(sum(grosses), sum(grosses) - sum(net for _, net, _ in rows), len(rows))


def load_billed_periods(item_id: int, kind: str) -> list[Period]:
    """The periods of an item that lines of a kind billed."""
    rows = fetch(
        "SELECT period_start, period_end FROM store_invoiceline "
        "WHERE item_id = %s AND kind = %s ORDER BY period_start",
        [item_id, kind],
    )
    return [Period(to_day(start), to_day(end)) for start, end in rows]


_SPENT = """
SELECT l.period_start, l.period_end, l.net_minor FROM store_invoiceline l
WHERE l.item_id IN (SELECT id FROM store_subscriptionitem
                    WHERE subscription_id = %s AND role <> 'commitment')
  AND l.period_start < %s AND l.period_end > %s
  AND l.kind IN ('recurring', 'usage', 'supplement', 'unused')
UNION ALL
SELECT l.period_start, l.period_end, -l.net_minor FROM store_creditnote n
JOIN store_creditnoteline l ON l.credit_note_id = n.id
JOIN store_subscriptionitem i ON i.id = l.item_id
WHERE n.account_id = %s AND i.subscription_id = %s AND i.role <> 'commitment'
  AND l.period_start < %s AND l.period_end > %s
  AND l.kind IN ('supplement', 'unused') AND l.invoice_line_id IS NULL
"""


class SpentRow(NamedTuple):
    """What a line charged for some days, after discounts."""

    period: Period
    net_minor: int


def load_spent(item: ItemRow, part: Period) -> list[SpentRow]:
    """What the subscription of an item was charged for periods that meet ``part``.

    What the seller credited on an invoice afterwards still counts as charged.
    """
    days = to_column(part.end), to_column(part.start)
    subscription = item.subscription_id
    rows = fetch(_SPENT, [subscription, *days, item.account_id, subscription, *days])
    return [SpentRow(Period(to_day(start), to_day(end)), net) for start, end, net in rows]


def _to_instant(value: Any) -> datetime:
    """SQLite keeps instants as text in UTC."""
    at: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)
