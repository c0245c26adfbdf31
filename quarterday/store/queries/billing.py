"""What the billing run reads, for one batch of accounts at a time."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from quarterday.core.period import Cadence, Schedule, Unit
from quarterday.core.settings import Settings
from quarterday.store.bulk import is_postgresql, to_column, to_day
from quarterday.store.queries.raw import days, fetch, fetch_by_ids
from quarterday.store.queries.scope import EVERYTHING, Scope

_EVERYTHING: Mapping[str, Any] = MappingProxyType({})


class DueRow(NamedTuple):
    """An account to bill, with the day since when it is due."""

    bill_on: date
    account_id: int


class AccountRow(NamedTuple):
    """What the run needs to know of an account."""

    id: int
    public_id: str
    seller_id: int
    label: str
    currency: str
    country: str
    region: str
    tax_id_valid: bool
    exempt_reason: str
    settings: Settings
    snapshot_id: int | None


class ItemRow(NamedTuple):
    """An item with days left to bill."""

    id: int
    account_id: int
    subscription_id: int
    price_id: int
    settings: Settings
    quantity: Decimal
    start_on: date
    end_on: date | None
    billed_through: date
    schedule: Schedule
    role: str


class PendingRow(NamedTuple):
    """A pending charge that is due.

    Price, role and settings are those of its item and subscription; ``revision`` tells it from
    earlier charges of the same kind for the same item and day.
    """

    id: int
    account_id: int
    subscription_id: int | None
    item_id: int | None
    product_id: int
    kind: str
    description: str
    period_start: date
    period_end: date
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    currency: str
    amount_minor: int
    tax_inclusive: bool
    tax_on: date
    bill_on: date
    explanation: str
    source_line_id: int | None
    price_id: int | None
    role: str
    settings: Settings
    revision: int


class LineTaxRow(NamedTuple):
    """The tax of an invoice line: its codes, and for what is not taxed the reason given."""

    tax_code: str
    category: str
    reason_code: str
    reason: str


class DiscountRow(NamedTuple):
    """A discount of a subscription, how often it was used, and which days that covers."""

    id: int
    subscription_id: int
    discount_id: int
    start_on: date
    end_on: date | None
    used: int
    used_through: date | None


class GrantRow(NamedTuple):
    """Open credit of an account; ``scope`` is empty where it pays for everything."""

    id: int
    account_id: int
    public_id: str
    kind: str
    currency: str
    open_minor: int
    priority: int
    granted_on: date
    expires_on: date | None
    scope: Mapping[str, Any] = _EVERYTHING
    advance_id: int | None = None


_SILENT = Settings()
_contracts: dict[tuple[Any, ...], tuple[Any, ...]] = {}
_schedules: dict[tuple[Any, ...], Schedule] = {}
_settings: dict[str, Settings] = {"{}": _SILENT}


def read_settings(text: str) -> Settings:
    """Settings as stored; each text is parsed once, so that equal ones are one object."""
    found = _settings.get(text)
    if found is None:
        found = _settings[text] = Settings.from_data(json.loads(text))
    return found


def _read_schedule(anchor: Any, day: int, count: int, unit: str) -> Schedule:
    key = (anchor, day, count, unit)
    found = _schedules.get(key)
    if found is None:
        if len(_schedules) > 20_000:
            _schedules.clear()
        found = _schedules[key] = Schedule(to_day(anchor), Cadence(count, Unit(unit)), day)
    return found


_NOT_HELD = (
    "NOT EXISTS (SELECT 1 FROM store_billinghold h WHERE h.account_id = "
    "store_billingdue.account_id AND (h.until IS NULL OR h.until >= %s))"
)


def find_due(
    today: date,
    after: DueRow | None,
    limit: int,
    *,
    claim: bool = False,
    wait: bool = False,
    accounts: Sequence[int] | None = None,
    sellers: Sequence[int] | None = None,
) -> list[DueRow]:
    """The next accounts to bill, in order of due day and key.

    With ``claim`` they are locked until the transaction ends: on PostgreSQL another run skips
    them (or, with ``wait``, waits for them); on SQLite the transaction itself is the lock.
    Accounts that are held through the day are passed over.
    """
    where = f"bill_on <= %s AND {_NOT_HELD}" + Scope(accounts, sellers).sql("account_id")
    params: list[Any] = [to_column(today), to_column(today)]
    if after is not None:
        where += " AND (bill_on, account_id) > (%s, %s)"
        params += [to_column(after.bill_on), after.account_id]
    lock = ""
    if claim and is_postgresql():
        lock = " FOR UPDATE" if wait else " FOR UPDATE SKIP LOCKED"
    sql = (
        days("SELECT [bill_on], account_id FROM ")
        + f"store_billingdue WHERE {where} ORDER BY bill_on, account_id LIMIT {int(limit)}{lock}"
    )
    return [DueRow(to_day(day), account_id) for day, account_id in fetch(sql, params)]


def count_due(today: date, scope: Scope = EVERYTHING) -> int:
    """How many accounts a run would look at on a day; for the progress bar, and before it."""
    where = f"bill_on <= %s AND {_NOT_HELD}" + Scope(scope.accounts).sql("account_id")
    if scope.sellers is not None:
        # Asked of each account that is due: few of them, where their seller has a great many.
        listed = ",".join(str(int(key)) for key in scope.sellers) or "NULL"
        where += (
            " AND EXISTS (SELECT 1 FROM store_account a "
            f"WHERE a.id = store_billingdue.account_id AND a.seller_id IN ({listed}))"
        )
    sql = f"SELECT count(*) FROM store_billingdue WHERE {where}"
    return int(fetch(sql, [to_column(today), to_column(today)])[0][0])


def load_held(ids: Sequence[int]) -> dict[int, date | None]:
    """Through which day accounts are held, None for good; those that are not are left out."""
    sql = days("SELECT account_id, [until] FROM store_billinghold WHERE account_id {ids}")
    found = fetch_by_ids(sql, ids)
    return {key: None if until is None else to_day(until) for key, until in found}


def first_due() -> date | None:
    """The earliest day on which any account is due."""
    found = fetch("SELECT min(bill_on) FROM store_billingdue WHERE bill_on IS NOT NULL")[0][0]
    return None if found is None else to_day(found)


_ACCOUNTS = """
SELECT id, public_id, seller_id, COALESCE(external_id, public_id), currency, country, region,
       tax_id_evidence, tax_exempt_reason, settings, snapshot_id
FROM store_account WHERE id {ids}
"""


def load_accounts(ids: Sequence[int]) -> dict[int, AccountRow]:
    """Accounts by key."""
    return {
        row[0]: AccountRow._make(
            (
                *row[:7],
                row[7] != "{}" and bool(json.loads(row[7]).get("valid")),
                row[8],
                read_settings(row[9]),
                row[10],
            )
        )
        for row in fetch_by_ids(_ACCOUNTS, ids)
    }


_ITEM_COLUMNS = """
SELECT i.id, i.account_id, i.subscription_id, i.price_id, i.quantity, [i.start_on], [i.end_on],
       [i.billed_through], [i.anchor_on], i.anchor_day, i.cadence_count, i.cadence_unit, i.role
FROM store_subscriptionitem i
"""
_ITEMS = f"""{_ITEM_COLUMNS}
WHERE i.account_id {{ids}} AND (i.end_on IS NULL OR i.billed_through < i.end_on)
ORDER BY i.account_id, i.id
"""
_ENDED_WITH_LATE_USAGE = f"""{_ITEM_COLUMNS} JOIN store_price p ON p.id = i.price_id
WHERE i.account_id {{ids}} AND i.end_on IS NOT NULL AND i.billed_through >= i.end_on
  AND (p.meter_id IS NOT NULL OR i.role = 'commitment')
  AND EXISTS (SELECT 1 FROM store_usageevent e WHERE e.account_id = i.account_id
              AND NOT e.billed AND e.subscription_id = i.subscription_id)
ORDER BY i.account_id, i.id
"""
_LATE = "SELECT DISTINCT account_id FROM store_usageevent WHERE account_id {ids} AND NOT billed"
# Not joined to the items: PostgreSQL would read the whole table for each batch.
_OWN_SETTINGS = (
    "SELECT id, settings FROM store_subscription WHERE account_id {ids} AND settings <> '{{}}'"
)


def load_items(ids: Sequence[int], *, late_usage: bool = True) -> dict[int, list[ItemRow]]:
    """Items with days left to bill, and ended ones that usage arrived late for, by account."""
    found: dict[int, list[ItemRow]] = defaultdict(list)
    own = {key: read_settings(text) for key, text in fetch_by_ids(_OWN_SETTINGS, ids)}
    late = [key for (key,) in fetch_by_ids(_LATE, ids)] if late_usage else []
    for sql, keys in ((_ITEMS, ids), (_ENDED_WITH_LATE_USAGE, late)):
        for row in fetch_by_ids(days(sql), keys):
            contract = row[4:]
            known = _contracts.get(contract)
            if known is None:
                known = _read_contract(contract)
            settings = own.get(row[2], _SILENT) if own else _SILENT
            found[row[1]].append(ItemRow(row[0], row[1], row[2], row[3], settings, *known))
    return found


def _read_contract(contract: tuple[Any, ...]) -> tuple[Any, ...]:
    """The dates and terms of an item, parsed once for all items that are alike."""
    quantity, start, end, through, anchor, day, count, unit, role = contract
    if len(_contracts) > 20_000:
        _contracts.clear()
    known = _contracts[contract] = (
        Decimal(quantity),
        to_day(start),
        None if end is None else to_day(end),
        to_day(through),
        _read_schedule(anchor, day, count, unit),
        role,
    )
    return known


_PENDING = """
SELECT c.id, c.account_id, c.subscription_id, c.item_id, c.product_id, c.kind, c.description,
       c.period_start, c.period_end, c.quantity, c.unit_code, c.unit_price, c.currency,
       c.amount_minor, c.tax_inclusive, c.tax_on, c.bill_on, c.explanation, c.source_line_id,
       i.price_id, i.role, s.settings,
       (SELECT count(*) FROM store_pendingcharge o
        WHERE o.account_id = c.account_id AND o.item_id = c.item_id AND o.kind = c.kind
          AND o.period_start = c.period_start AND o.id < c.id)
FROM store_pendingcharge c
LEFT JOIN store_subscriptionitem i ON i.id = c.item_id
LEFT JOIN store_subscription s ON s.id = c.subscription_id
WHERE c.account_id {ids} AND c.status = 'pending'
ORDER BY c.account_id, c.id
"""


def load_pending(ids: Sequence[int]) -> dict[int, list[PendingRow]]:
    """Pending charges by account, those due later included."""
    found: dict[int, list[PendingRow]] = defaultdict(list)
    for row in fetch_by_ids(_PENDING, ids):
        found[row[1]].append(
            PendingRow._make(
                (
                    *row[:7],
                    to_day(row[7]),
                    to_day(row[8]),
                    Decimal(row[9]),
                    row[10],
                    Decimal(row[11]),
                    row[12],
                    row[13],
                    bool(row[14]),
                    to_day(row[15]),
                    to_day(row[16]),
                    *row[17:20],
                    row[20] or "",
                    read_settings(row[21] or "{}"),
                    row[22],
                )
            )
        )
    return found


_LINE_TAXES = """
SELECT l.id, l.tax_code, COALESCE(t.category, ''), COALESCE(t.reason_code, ''),
       COALESCE(t.reason, '')
FROM store_invoiceline l
LEFT JOIN store_invoicetax t ON t.invoice_id = l.invoice_id AND t.code = l.tax_code
WHERE l.id {ids}
"""


def load_line_taxes(line_ids: Sequence[int]) -> dict[int, LineTaxRow]:
    """How invoice lines were taxed, for giving back the same."""
    return {row[0]: LineTaxRow(*row[1:]) for row in fetch_by_ids(_LINE_TAXES, line_ids)}


_DISCOUNTS = """
SELECT d.id, d.subscription_id, d.discount_id, d.start_on, d.end_on, d.used, d.used_through
FROM store_subscriptiondiscount d JOIN store_subscription s ON s.id = d.subscription_id
WHERE s.account_id {ids} ORDER BY d.id
"""


def load_discounts(ids: Sequence[int]) -> dict[int, list[DiscountRow]]:
    """Discounts by subscription, of the accounts given."""
    found: dict[int, list[DiscountRow]] = defaultdict(list)
    for row in fetch_by_ids(_DISCOUNTS, ids):
        end, through = (None if day is None else to_day(day) for day in (row[4], row[6]))
        found[row[1]].append(
            DiscountRow(row[0], row[1], row[2], to_day(row[3]), end, row[5], through)
        )
    return found


_GRANTS = """
SELECT id, account_id, public_id, kind, currency, open_minor, priority, granted_on, expires_on,
       scope, advance_id
FROM store_creditgrant WHERE account_id {ids} AND open_minor > 0 ORDER BY account_id, id
"""


def load_grants(ids: Sequence[int]) -> dict[int, list[GrantRow]]:
    """Open credit by account, expired credit included."""
    found: dict[int, list[GrantRow]] = defaultdict(list)
    for row in fetch_by_ids(_GRANTS, ids):
        end = None if row[8] is None else to_day(row[8])
        scope = _EVERYTHING if row[9] == "{}" else json.loads(row[9])
        found[row[1]].append(GrantRow._make((*row[:7], to_day(row[7]), end, scope, row[10])))
    return found
