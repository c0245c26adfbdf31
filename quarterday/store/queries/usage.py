"""Usage events of periods, and which of them no invoice has taken into account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from quarterday.core.metering import Measurement
from quarterday.store.bulk import to_column, to_day
from quarterday.store.queries.raw import fetch, fetch_by_ids


class UsageRow(NamedTuple):
    """One measurement that counts: corrections have taken the place of what they correct."""

    id: int
    on: date
    measurement: Measurement
    billed: bool


class BilledPeriod(NamedTuple):
    """What was billed for a period of a metered item so far."""

    gross_minor: int
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


def load_billed(item_id: int, period_start: date) -> BilledPeriod:
    """What the lines of a metered item's period sum to, before discounts."""
    (gross, bills), *_ = fetch(
        "SELECT COALESCE(SUM(gross_minor), 0), COUNT(*) FROM store_invoiceline "
        "WHERE item_id = %s AND period_start = %s AND kind IN ('usage', 'supplement')",
        [item_id, to_column(period_start)],
    )
    return BilledPeriod(int(gross), int(bills))


def load_billed_starts(item_id: int) -> list[tuple[date, date]]:
    """The periods of a metered item that were billed."""
    rows = fetch(
        "SELECT period_start, period_end FROM store_invoiceline "
        "WHERE item_id = %s AND kind = 'usage' ORDER BY period_start",
        [item_id],
    )
    return [(to_day(start), to_day(end)) for start, end in rows]


def load_spent(subscription_id: int, start: date, end: date) -> int:
    """What a subscription was charged for periods that began in ``[start, end)``."""
    (spent,), *_ = fetch(
        "SELECT COALESCE(SUM(net_minor), 0) FROM store_invoiceline "
        "WHERE subscription_id = %s AND period_start >= %s AND period_start < %s "
        "AND kind IN ('recurring', 'usage', 'supplement', 'unused')",
        [subscription_id, to_column(start), to_column(end)],
    )
    return int(spent)


def _to_instant(value: Any) -> datetime:
    """SQLite keeps instants as text in UTC."""
    at: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)
