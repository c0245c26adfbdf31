"""Proof that the billing run will look at each account on the right day.

``BillingDue.bill_on`` must be what the account's items and pending charges say, by the very
functions of the core that the run uses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from quarterday.core.charging import Timing, next_bill_on
from quarterday.core.settings import Resolved, Settings, resolve
from quarterday.store.bulk import to_day
from quarterday.store.queries.billing import (
    AccountRow,
    ItemRow,
    load_accounts,
    load_items,
    load_pending,
    read_settings,
)
from quarterday.store.queries.check.offence import Offence
from quarterday.store.queries.raw import fetch
from quarterday.store.queries.stream import in_chunks, stream

_PRICES = """
SELECT p.id, p.timing, r.settings, l.settings
FROM store_price p JOIN store_plan l ON l.id = p.plan_id JOIN store_product r ON r.id = l.product_id
"""
_ACCOUNTS = """
SELECT a.id, COALESCE(a.external_id, a.public_id), d.account_id, d.bill_on
FROM store_account a LEFT JOIN store_billingdue d ON d.account_id = a.id
ORDER BY a.id
"""


class _Price(NamedTuple):
    """What decides when an item is billed."""

    timing: Timing
    product: Settings
    plan: Settings


class _Due(NamedTuple):
    """When an account is due by its contracts; or already, since usage came for ended items."""

    on: date | None
    late: frozenset[date]


_NEVER = _Due(None, frozenset())


def check_due() -> Iterator[Offence]:
    """Accounts whose next billing day is not what their contracts say."""
    sellers = {
        key: read_settings(text) for key, text in fetch("SELECT id, settings FROM store_seller")
    }
    prices = {
        key: _Price(Timing(timing), read_settings(product), read_settings(plan))
        for key, timing, product, plan in fetch(_PRICES)
    }
    for rows in in_chunks(stream(_ACCOUNTS), 5000):
        expected = _expect([row[0] for row in rows], sellers, prices)
        for key, name, due, bill_on in rows:
            said = None if bill_on is None else to_day(bill_on)
            if due is None:
                text = "the billing run does not know it; there is no row of when it is due"
                yield Offence("bill-on", name, text)
                continue
            wanted = expected.get(key, _NEVER)
            if said != wanted.on and said not in wanted.late:
                text = (
                    f"it is due on {said or 'no day'}, but its items and charges say "
                    f"{wanted.on or 'no day'}"
                )
                yield Offence("bill-on", name, text)


def _expect(
    ids: Sequence[int], sellers: dict[int, Settings], prices: dict[int, _Price]
) -> dict[int, _Due]:
    """The day on which each account is next to be billed; accounts without one are left out."""
    accounts = load_accounts(ids)
    days: dict[int, list[date]] = defaultdict(list)
    late: dict[int, list[date]] = defaultdict(list)
    for key, items in load_items(ids).items():
        for item in items:
            bill_on = _item_on(item, prices[item.price_id], accounts[key], sellers)
            if bill_on is not None:
                days[key].append(bill_on)
            elif item.end_on is not None:
                late[key].append(item.end_on)
    for key, charges in load_pending(ids).items():
        days[key] += [charge.bill_on for charge in charges]
    return {
        key: _Due(min(days[key], default=None), frozenset(late[key]))
        for key in days.keys() | late.keys()
    }


def _item_on(
    item: ItemRow, price: _Price, account: AccountRow, sellers: dict[int, Settings]
) -> date | None:
    """The day on which an item is next to be billed."""
    timing = Timing.ARREARS if item.role == "commitment" else price.timing
    settings: Resolved = resolve(
        timing,
        sellers[account.seller_id],
        price.product,
        price.plan,
        account.settings,
        item.settings,
    )
    return next_bill_on(
        item.schedule,
        end=item.end_on,
        billed_through=item.billed_through,
        timing=timing,
        lead_days=settings.lead_days,
        billing_day=settings.billing_day,
    )
