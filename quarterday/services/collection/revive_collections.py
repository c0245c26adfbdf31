"""Try again what was given up, once the payer keeps another way to pay."""

from __future__ import annotations

from datetime import datetime

from quarterday.core.lifecycle import InvoiceState
from quarterday.core.period import local_date
from quarterday.store.models import Account, Collection, CollectionStatus


def revive_collections(account: Account, *, now: datetime) -> None:
    """For services that hold the transaction and the account: a method was kept or put in use.

    What waits for a day of its own is tried at once too: the new method was never declined. The
    tries of before are kept, and count no more.
    """
    rows = Collection.objects.filter(
        account=account,
        status__in=(CollectionStatus.WAITING, CollectionStatus.ACTION, CollectionStatus.EXHAUSTED),
        invoice__status=InvoiceState.OPEN,
    )
    today = None
    for row in rows:
        if row.status == CollectionStatus.WAITING and row.next_on and not row.data.get("tries"):
            continue
        today = today or local_date(now, account.seller.time_zone)
        data = dict(row.data)
        data["past"] = [*data.get("past", ()), *data.pop("tries", ())]
        data.pop("not_before", None)
        Collection.objects.filter(id=row.id, tries=row.tries).update(
            status=CollectionStatus.WAITING, next_on=today, reason="", data=data
        )
