"""Charge an open invoice again before the day that its collection had planned."""

from __future__ import annotations

from datetime import date

from quarterday.store.models import Collection, CollectionStatus, Invoice

_FREE = (CollectionStatus.WAITING, CollectionStatus.ACTION, CollectionStatus.EXHAUSTED)


def charge_again(invoice: Invoice, *, today: date) -> str:
    """Plan a charge for today; why there will be none, or an empty text.

    The tries of before are kept, and count no more; what was declined for good stays refused. For
    services that hold the transaction and the account; `collect_account` charges it afterwards.
    """
    row = Collection.objects.filter(invoice=invoice).first()
    if row is None:
        return ""
    if row.status == CollectionStatus.CHARGING:
        return "it is being charged"
    if row.status not in _FREE:
        return "its collection was stopped" + (f": {row.reason}" if row.reason else "")
    data = dict(row.data)
    data["past"] = [*data.get("past", ()), *data.pop("tries", ())]
    data.pop("not_before", None)
    Collection.objects.filter(id=row.id, tries=row.tries).update(
        status=CollectionStatus.WAITING, next_on=today, reason="", data=data
    )
    return ""
