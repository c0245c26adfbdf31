"""Give back what was paid in and not used, where the seller's policy says that customers may."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.errors import BillingError
from quarterday.services.compare import show_amount
from quarterday.services.payments.refund_by_gateway import refund_by_gateway
from quarterday.store.models import Account, RefundAttempt
from quarterday.store.queries.unspent import list_unspent


def refund_deposit(
    *,
    account: Account,
    today: date,
    now: datetime,
    amount_minor: int | None = None,
    reason: str = "unspent credit",
    actor: str = "system",
) -> list[RefundAttempt]:
    """Refunds of the payments that it came from, the newest first, each by its own gateway.

    Without an amount, all that may go back; call it outside of every transaction. What was given
    as a gift never goes back, nor what came by no gateway. What a gateway does not give back after
    all becomes credit again. Raises `BillingError` when there is not as much.
    """
    unspent = list_unspent(account, today)
    there = sum(one.amount_minor for one in unspent)
    left = there if amount_minor is None else amount_minor
    if not there:
        raise BillingError(
            f"{show_amount(0, account.currency)} of the credit of account {account} may go back by "
            "the seller's policy and the way it was paid; write down what you pay out yourself by "
            "`credit deduct --method`"
        )
    if not 0 < left <= there:
        raise BillingError(
            f"{show_amount(there, account.currency)} of the credit of account {account} may go "
            f"back by the seller's policy and the way it was paid, not "
            f"{show_amount(left, account.currency)}"
        )
    found = []
    for one in unspent:
        part = min(left, one.amount_minor)
        if part:
            found.append(
                refund_by_gateway(
                    payment=one.payment,
                    amount_minor=part,
                    today=today,
                    now=now,
                    reason=reason,
                    actor=actor,
                )
            )
            left -= part
    return found
