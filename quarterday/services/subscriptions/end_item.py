"""End an item on a day: what was billed beyond it is credited, and a successor may go on there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.period import Period
from quarterday.services.errors import Conflict
from quarterday.services.subscriptions.credit_unused import credit_unused, find_billed
from quarterday.store.models import EndCause, InvoiceLine, PendingCharge, SubscriptionItem


class Ended(NamedTuple):
    """Credits for unused time, and the first day from then on that a successor is to bill.

    That is the day of the change, unless later days were free, such as those of a trial.
    """

    credits: list[PendingCharge]
    bill_from: date


def end_item(item: SubscriptionItem, *, on: date, today: date, cause: EndCause) -> Ended:
    """End an item (exclusive) on a day not before its start, within a claimed account.

    ``item`` carries its price and is changed as its row is. An end that was planned for later is
    kept as ``former_end_on``. Raises `Conflict` when somebody else ended it first, and
    `BillingError` where usage or a commitment that was billed would have to be taken back.
    """
    planned = item.end_on
    if on < item.start_on:
        raise BillingError(
            f"an item that starts on {item.start_on} cannot end on {on}: "
            f"a change is planned, so choose {item.start_on} or later"
        )
    if planned is not None and planned <= on:
        raise Conflict(f"the item ends on {planned} already; choose an earlier day")
    lines = find_billed(item, on)
    _check_days(item, lines)
    rows = SubscriptionItem.objects.filter(
        id=item.id, end_on=planned, billed_through=item.billed_through
    )
    if rows.update(end_on=on, end_cause=cause, former_end_on=planned) != 1:
        raise Conflict(f"item {item.id} was changed by somebody else; look again and repeat")
    item.end_on, item.end_cause, item.former_end_on = on, cause, planned
    until = item.billed_through if planned is None else min(item.billed_through, planned)
    credits = credit_unused(item, lines, Period(on, max(on, until)), today)
    return Ended(credits, first_unbilled(item, lines, on))


def first_unbilled(item: SubscriptionItem, lines: Sequence[InvoiceLine], on: date) -> date:
    """The first day from ``on`` that a successor is to bill; ``lines`` are those billed since.

    Days that count as billed but stand on no line were free, such as those of a trial: they are
    free for the successor too.
    """
    return max(on, lines[0].period_start if lines else item.billed_through)


def _check_days(item: SubscriptionItem, lines: Sequence[InvoiceLine]) -> None:
    """Usage and commitments have no share by days that could be given back."""
    special = [line for line in lines if line.kind != "recurring"]
    if special:
        raise BillingError(
            f"the {special[0].kind} of {special[-1].description} is billed up to "
            f"{special[-1].period_end}; choose that day or a later one, and credit the invoice "
            "if it was wrong"
        )
