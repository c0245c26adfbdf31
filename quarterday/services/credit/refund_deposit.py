"""Give back what was paid in and not used, where the seller's policy says that customers may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.compare import show_amount
from quarterday.services.payments.refund_by_gateway import ask_refund
from quarterday.services.payments.start_refund import start_refund
from quarterday.store.models import Account, RefundAttempt
from quarterday.store.queries.unspent import Unspent, list_unspent


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
    all becomes credit again. It is found and booked while the account is held, so that of two at
    once the second finds what the first has left. Raises `BillingError` when there is not as much.
    """
    terms: dict[str, Any] = {"today": today, "now": now, "actor": actor}
    with transaction.atomic():
        account = claim_account(account.id)
        begun = [
            start_refund(payment=one.payment, amount_minor=part, reason=reason, **terms)
            for one, part in _share_out(account, amount_minor, today)
        ]
    return [ask_refund(one, **terms) for one in begun]


def _share_out(
    account: Account, amount_minor: int | None, today: date
) -> Iterator[tuple[Unspent, int]]:
    """What goes back of which payment, the newest first."""
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
    for one in unspent:
        part = min(left, one.amount_minor)
        if part:
            yield one, part
        left -= part
