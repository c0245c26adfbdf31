"""Plan the collection of an invoice anew, after what is owed of it and when has changed."""

from __future__ import annotations

from datetime import date

from quarterday.store.models import Account, Collection, CollectionStatus, Invoice
from quarterday.store.queries.collecting import find_next, foresee

_KEPT = (CollectionStatus.CHARGING, CollectionStatus.STOPPED, CollectionStatus.DONE)


def plan_again(account: Account, invoice: Invoice, today: date) -> None:
    """For services that hold the transaction and the account. The tries of before count no more;
    what is on its way, and what people stopped, stays as it is.
    """
    row = Collection.objects.filter(invoice=invoice).first()
    if row is None or row.status in _KEPT:
        return
    past = [*row.data.get("past", ()), *row.data.get("tries", ())]
    rows = Collection.objects.filter(id=row.id, tries=row.tries)
    rows.update(status=CollectionStatus.WAITING, data={"past": past} if past else {})
    (one,) = foresee(account, today, [invoice])
    status, next_on = find_next(one, today)
    rows.update(status=status, next_on=next_on, reason=str(one.block or one.plan.reason))
