"""Note that a customer promised to pay by a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from quarterday.core.errors import BillingError
from quarterday.services.dunning.hold_dunning import hold_dunning
from quarterday.store.models import Account, DunningHold, HoldCause, Invoice

MOST_DAYS = 180


def promise_payment(
    *,
    account: Account,
    until: date,
    today: date,
    now: datetime,
    invoice: Invoice | None = None,
    reason: str = "",
    actor: str = "system",
) -> DunningHold:
    """The pause through the promised day, of one invoice or of all that the account owes.

    A promise that is kept ends with the payment. One that is broken is noted as the event
    ``promise.broken``, and reminding goes on the day after. Raises `BillingError` for a day that
    has passed or is far away.
    """
    if not today <= until <= today + timedelta(days=MOST_DAYS):
        raise BillingError(
            f"a promise is for a day from {today} to {today + timedelta(days=MOST_DAYS)}, "
            f"not {until}; agree instalments for what takes longer"
        )
    return hold_dunning(
        account=account,
        invoice=invoice,
        cause=HoldCause.PROMISE,
        until=until,
        reason=reason,
        now=now,
        actor=actor,
    )
