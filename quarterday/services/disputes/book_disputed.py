"""Book out the money that a dispute is about, in whichever payments it stands."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.services.compare import show_amount
from quarterday.services.payments.book_refund import Booked, book_refund, find_most
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import Account, Dispute, DisputeRest, Invoice
from quarterday.store.queries.disputes import sum_booked
from quarterday.store.queries.refunds import find_first, list_same_money


def book_disputed(
    account: Account, dispute: Dispute, *, today: date, now: datetime, actor: str
) -> int:
    """How much was booked out now, of what was not before: as much as there is.

    Money that came back, as of a refund that failed, is a payment of its own; the one with most
    of it left gives first. Staff are told where it was a loss, or where there is not as much. For
    services that hold the transaction and the account.
    """
    left = before = dispute.amount_minor - sum_booked(dispute)
    lost: list[Invoice] = []
    same = list_same_money(find_first(dispute.payment))
    for payment in sorted(same, key=lambda one: (-find_most(one), one.id)):
        # Read again: credit that notes gave is there for each of them, but only once.
        part = min(left, find_most(payment))
        if part < 1:
            continue
        reason = f"dispute: {dispute.reason}"[:500] if dispute.reason else "dispute"
        booked = book_refund(
            account, payment, part, reopen=True, is_gone=True, on=today, now=now, reason=reason,
            actor=actor,
        )  # fmt: skip
        _keep(dispute, booked)
        lost += booked.lost
        left -= part
    if lost:
        _tell_lost(account, dispute, lost, today, now)
    if left:
        _tell_left(account, dispute, left, today, now)
    return before - left


def _tell_lost(
    account: Account, dispute: Dispute, lost: list[Invoice], today: date, now: datetime
) -> None:
    labels = ", ".join(sorted({one.label for one in lost}))
    open_task(
        seller=account.seller,
        key=f"dispute lost {dispute.public_id}",
        kind="dispute",
        title=f"Money of a debt that was given up is gone, too: {account.name}"[:200],
        text=(
            f"A payment of {labels} was taken back after the rest had been written off. What it "
            "had paid is written off as well, and nobody is reminded of it. Answer the dispute, "
            "or hand the whole debt over. Should the money come back, it becomes credit of the "
            "customer: take that back if it was a loss."
        ),
        subject=dispute.payment.public_id,
        account=account,
        due_on=dispute.answer_by or today,
        now=now,
    )


def _tell_left(account: Account, dispute: Dispute, left: int, today: date, now: datetime) -> None:
    amount = show_amount(left, dispute.currency)
    open_task(
        seller=account.seller,
        key=f"dispute left {dispute.public_id}",
        kind="dispute",
        title=f"More was taken back than is left of a payment: {account.name}"[:200],
        text=(
            f"{amount} of what {dispute.gateway or 'the bank'} took is not booked: that part was "
            "refunded before, or credit from it is gone. Object to it there, since the money went "
            "back twice, or look at what the payout says."
        ),
        subject=dispute.payment.public_id,
        account=account,
        due_on=dispute.answer_by or today,
        now=now,
    )


def _keep(dispute: Dispute, booked: Booked) -> None:
    reopened = [one.public_id for one in booked.reopened]
    dispute.invoices = list(dict.fromkeys([*dispute.invoices, *reopened]))
    if dispute.refund is None:
        dispute.refund = booked.refund
    else:
        DisputeRest.objects.create(dispute=dispute, refund=booked.refund)
    dispute.save(update_fields=["refund", "invoices"])
