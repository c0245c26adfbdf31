"""Book out the money that a dispute is about, in whichever payments it stands."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.services.payments.book_refund import Booked, book_refund, find_most
from quarterday.store.models import Account, Dispute, DisputeRest
from quarterday.store.queries.disputes import sum_booked
from quarterday.store.queries.refunds import find_first, list_same_money


def book_disputed(
    account: Account, dispute: Dispute, *, today: date, now: datetime, actor: str
) -> int:
    """How much was booked out now, of what was not before: as much as there is.

    Money that came back, as of a refund that failed, is a payment of its own; the one with most
    of it left gives first. For services that hold the transaction and the account.
    """
    left = before = dispute.amount_minor - sum_booked(dispute)
    same = list_same_money(find_first(dispute.payment))
    for payment in sorted(same, key=lambda one: (-find_most(one), one.id)):
        # Read again: credit that notes gave is there for each of them, but only once.
        part = min(left, find_most(payment))
        if part < 1:
            continue
        reason = f"dispute: {dispute.reason}"[:500] if dispute.reason else "dispute"
        booked = book_refund(
            account, payment, part, reopen=True, on=today, now=now, reason=reason, actor=actor
        )
        _keep(dispute, booked)
        left -= part
    return before - left


def _keep(dispute: Dispute, booked: Booked) -> None:
    reopened = [one.public_id for one in booked.reopened]
    dispute.invoices = list(dict.fromkeys([*dispute.invoices, *reopened]))
    if dispute.refund is None:
        dispute.refund = booked.refund
    else:
        DisputeRest.objects.create(dispute=dispute, refund=booked.refund)
    dispute.save(update_fields=["refund", "invoices"])
