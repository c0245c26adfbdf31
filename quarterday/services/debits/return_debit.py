"""Act on a debit that a bank gives back (an R-transaction)."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.store.models import Debit, Dispute


def return_debit(
    *,
    debit: Debit,
    code: str,
    today: date,
    now: datetime,
    key: str,
    is_money_moved: bool = True,
    fee_minor: int = 0,
    actor: str = "system",
) -> Dispute | None:
    """Take back a debit, once for each ``key``, such as the public id of the bank's line.

    ``code`` is the bank's reason (`quarterday.core.sepa_returns`). ``is_money_moved`` says that
    a statement shows the money going out, so it had come in, whether or not that line was read
    yet: the debit is settled first, then returned as a dispute. Otherwise the bank refused the
    debit before it took anything, and the attempt fails; None. ``fee_minor`` is what the bank
    asks for it.
    """
    raise NotImplementedError
