"""The accounts, documents and payments of the canonical export, with names instead of keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from quarterday.store.queries.raw import days, fetch_by_ids
from quarterday.store.queries.stream import by_text, in_chunks, stream

Record = dict[str, Any]

_ACCOUNTS = """
SELECT a.id, COALESCE(a.external_id, a.name), a.name, a.currency, a.status, [d.bill_on]
FROM store_account a LEFT JOIN store_billingdue d ON d.account_id = a.id
WHERE a.seller_id = %s ORDER BY {name}, a.id
"""
_ITEMS = """
SELECT i.id, COALESCE(a.external_id, a.name),
       COALESCE(s.external_id, '') || ' ' || r.code || '/' || n.code
       || '/' || p.code || ' ' || i.role, i.quantity, [i.start_on], [i.end_on], [i.billed_through],
       s.status
FROM store_subscriptionitem i
JOIN store_subscription s ON s.id = i.subscription_id
JOIN store_price p ON p.id = i.price_id
JOIN store_plan n ON n.id = p.plan_id
JOIN store_product r ON r.id = n.product_id
JOIN store_account a ON a.id = s.account_id
WHERE a.seller_id = %s ORDER BY {name}, i.id
"""
_PAYMENTS = """
SELECT p.id, COALESCE(a.external_id, a.name), p.external_id, p.status, p.method,
       p.reference, [p.received_on], p.currency,
       p.amount_minor, p.open_minor
FROM store_payment p JOIN store_account a ON a.id = p.account_id
WHERE a.seller_id = %s ORDER BY p.received_on, p.id
"""
_REFUNDS = """
SELECT f.id, COALESCE(a.external_id, a.name), f.external_id,
       [f.refunded_on], f.currency, f.amount_minor, f.reason
FROM store_refund f JOIN store_account a ON a.id = f.account_id
WHERE a.seller_id = %s ORDER BY f.refunded_on, f.id
"""
_GRANTS = """
SELECT g.id, COALESCE(a.external_id, a.name), g.external_id,
       g.kind, g.currency, g.amount_minor, g.open_minor, g.priority,
       [g.granted_on], [g.expires_on], g.reason
FROM store_creditgrant g JOIN store_account a ON a.id = g.account_id
WHERE a.seller_id = %s ORDER BY g.granted_on, g.id
"""
_DEDUCTIONS = """
SELECT d.grant_id, d.kind, [d."on"], d.amount_minor, d.reason
FROM store_creditdeduction d WHERE d.grant_id {ids}
"""


def make_record(names: str, values: Sequence[Any]) -> Record:
    """A row as a record without what is not there; days become text."""
    return {
        name: value if isinstance(value, int) else str(value)
        for name, value in zip(names.split(), values, strict=True)
        if value is not None and value != ""
    }


def read_children(sql: str, names: str, ids: Sequence[int]) -> dict[int, list[Record]]:
    """Rows that belong to others, by the key of those."""
    found: dict[int, list[Record]] = defaultdict(list)
    for key, *values in fetch_by_ids(days(sql), ids):
        found[key].append(make_record(names, values))
    return found


def sort_records(records: list[Record]) -> list[Record]:
    """Records in an order that only what they say decides."""
    return sorted(records, key=repr) if len(records) > 1 else records


def _read(sql: str, names: str, seller: int) -> Iterator[tuple[int, Record]]:
    for key, *values in stream(
        days(sql.replace("{name}", by_text("COALESCE(a.external_id, a.name)"))), [seller]
    ):
        yield key, make_record(names, values)


def read_accounts(seller: int) -> Iterator[Record]:
    """Accounts with the day on which they are next to be billed."""
    for _, record in _read(_ACCOUNTS, "account name currency status bill_on", seller):
        yield record


def read_items(seller: int) -> Iterator[Record]:
    """Items and how far they are billed."""
    names = "account item quantity start_on end_on billed_through status"
    for _, record in _read(_ITEMS, names, seller):
        yield record


def read_payments(seller: int) -> Iterator[Record]:
    """Payments and what is open of them."""
    names = (
        "account external_id status method reference received_on currency amount_minor open_minor"
    )
    for _, record in _read(_PAYMENTS, names, seller):
        yield record


def read_refunds(seller: int) -> Iterator[Record]:
    """Money that was given back."""
    names = "account external_id refunded_on currency amount_minor reason"
    for _, record in _read(_REFUNDS, names, seller):
        yield record


def read_grants(seller: int) -> Iterator[Record]:
    """Credit, what is open of it, and what went without settling an invoice."""
    names = (
        "account external_id kind currency amount_minor open_minor priority granted_on expires_on "
        "memo"
    )
    for rows in in_chunks(_read(_GRANTS, names, seller)):
        gone = read_children(_DEDUCTIONS, "kind on amount_minor reason", [key for key, _ in rows])
        for key, record in rows:
            if key in gone:
                record["deductions"] = sort_records(gone[key])
            yield record
