"""Say when an account is next to be billed, after something that it is billed for has changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.subscriptions.item_due import next_due
from quarterday.store.bulk import to_column
from quarterday.store.models import BillingDue
from quarterday.store.queries.billing import load_accounts, load_items, load_pending
from quarterday.store.queries.raw import execute_many

_BATCH = 1000


def set_due(account_id: int, catalog: Catalog | None = None) -> date | None:
    """Compute anew when an account is due, and write it; None when nothing is left to bill.

    Call it last in a transaction that claimed the account.
    """
    found = compute_due([account_id], catalog or Catalog())[account_id]
    BillingDue.objects.filter(account_id=account_id).update(bill_on=found)
    return found


def set_due_of(account_ids: Sequence[int]) -> None:
    """The same for many accounts, claiming them; within the transaction that is open, or its own.

    For a change that reaches all who have something, such as the settings of a seller.
    """
    catalog, ids = Catalog(), sorted(account_ids)
    with transaction.atomic():
        for start in range(0, len(ids), _BATCH):
            rows = BillingDue.objects.select_for_update().filter(
                account_id__in=ids[start : start + _BATCH]
            )
            claimed = {row.account_id: row for row in rows.order_by("account_id")}
            found = compute_due(list(claimed), catalog)
            changed = [row for key, row in claimed.items() if row.bill_on != found[key]]
            for row in changed:
                row.bill_on = found[row.account_id]
            BillingDue.objects.bulk_update(changed, ["bill_on"], batch_size=500)


def add_due(due: BillingDue, days: Sequence[date | None]) -> None:
    """Bring an account's due date forward to the earliest of some days, if that is earlier.

    What was added to an account can only make it due sooner, so nothing else need be read.
    """
    known = [day for day in days if day is not None]
    if known and (due.bill_on is None or min(known) < due.bill_on):
        due.bill_on = min(known)
        row = (to_column(due.bill_on), due.account_id)
        execute_many("UPDATE store_billingdue SET bill_on = %s WHERE account_id = %s", [row])


def compute_due(account_ids: Sequence[int], catalog: Catalog) -> dict[int, date | None]:
    """When accounts are due by their items and pending charges."""
    accounts, items = load_accounts(account_ids), load_items(account_ids)
    pending = load_pending(account_ids)
    catalog.load_prices({item.price_id for rows in items.values() for item in rows})
    found: dict[int, date | None] = {}
    for key in account_ids:
        days = [row.bill_on for row in pending.get(key, ())]
        for item in items.get(key, ()):
            following = next_due(catalog, accounts[key], item)
            if following is not None:
                days.append(following)
            elif item.end_on is not None:
                # Read only because usage came late for it: that waits since it ended.
                days.append(item.end_on)
        found[key] = min(days, default=None)
    return found
