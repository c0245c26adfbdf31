"""Take money that a dispute is about, and that comes back while the gateway has it no more."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.services.disputes.book_disputed import book_disputed
from quarterday.services.disputes.close_dispute import follow_end
from quarterday.services.disputes.freeze_collection import freeze_collection
from quarterday.services.disputes.open_dispute import record_dispute
from quarterday.store.models import Account, Dispute, DisputeStatus, Payment
from quarterday.store.queries.refunds import find_first, list_same_money


def take_returned(
    account: Account, payment: Payment, *, today: date, now: datetime, actor: str
) -> None:
    """Book the money of a refund that failed out again, as far as it is disputed.

    The refund was booked before the dispute was heard of, so the dispute could not book that part.
    For services that hold the transaction and the account.
    """
    same = list_same_money(find_first(payment))
    rows = Dispute.objects.filter(account=account, payment__in=same)
    for dispute in rows.exclude(status=DisputeStatus.WON).order_by("id"):
        if not book_disputed(account, dispute, today=today, now=now, actor=actor):
            continue
        freeze_collection(account, dispute)
        follow_end(account, dispute, today=today, now=now, actor=actor)
        record_dispute(account, dispute, "dispute.booked", now, actor)
