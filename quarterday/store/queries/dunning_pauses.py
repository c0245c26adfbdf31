"""Why nothing is done about an open invoice at present: holds, disputes, and money on its way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from quarterday.core.dunning import DunningSetup
from quarterday.store.models import (
    AttemptPurpose,
    AttemptStatus,
    BankLineStatus,
    BankMatch,
    Dispute,
    DisputeStatus,
    DunningHold,
    HoldCause,
    Invoice,
    MatchKind,
    MatchStatus,
    PaymentAttempt,
)
from quarterday.store.queries.paying import ON_THE_WAY

# Whoever began to pay and went away is not on the way for ever; nor is what staff let lie.
_BEGUN = timedelta(days=1)
_IN_INBOX = timedelta(days=14)
_HELD = {
    HoldCause.PROMISE: "payment was promised",
    HoldCause.TRANSFER: "a transfer is on its way",
    HoldCause.STAFF: "held by staff",
}


class Pause(NamedTuple):
    """Why an invoice is left alone, in words; ``until`` which day at most, where that is known."""

    cause: str
    reason: str
    until: date | None = None


def find_pauses(
    invoices: Sequence[Invoice],
    holds: Mapping[int, Sequence[DunningHold]],
    setup: DunningSetup,
    *,
    today: date,
    now: datetime,
) -> dict[int, Pause]:
    """The pauses of open invoices; ``holds`` are those that have not ended, by account."""
    if not invoices:
        return {}
    accounts = sorted({one.account_id for one in invoices})
    disputed = _read_disputed(accounts)
    coming = _read_coming(invoices, accounts, setup, now)
    found = {}
    for one in invoices:
        if one.public_id in disputed:
            found[one.id] = Pause("dispute", "the payment is disputed")
        elif pause := _find_hold(one, holds.get(one.account_id, ()), today):
            found[one.id] = pause
        elif one.id in coming:
            found[one.id] = coming[one.id]
    return found


def _find_hold(invoice: Invoice, holds: Iterable[DunningHold], today: date) -> Pause | None:
    """The hold that lasts longest."""
    own = [
        one
        for one in holds
        if one.invoice_id in (None, invoice.id) and (one.until is None or one.until >= today)
    ]
    if not own:
        return None
    longest = max(own, key=lambda one: one.until or date.max)
    words = _HELD[HoldCause(longest.cause)]
    until = f" by {longest.until}" if longest.until else ""
    said = f": {longest.reason}" if longest.reason else ""
    return Pause(str(longest.cause), f"{words}{until}{said}", longest.until)


def _read_disputed(accounts: Sequence[int]) -> set[str]:
    rows = Dispute.objects.filter(account__in=accounts, status=DisputeStatus.OPENED)
    return {str(name) for names in rows.values_list("invoices", flat=True) for name in names}


def _read_coming(
    invoices: Sequence[Invoice], accounts: Sequence[int], setup: DunningSetup, now: datetime
) -> dict[int, Pause]:
    """Invoices that are covered by money that has set off, or lies in the inbox."""
    by_name = {one.public_id: one for one in invoices}
    covered: dict[int, int] = defaultdict(int)
    found: dict[int, Pause] = {}
    sources = [*_read_attempts(accounts, setup, now), *_read_inbox(accounts, now)]
    for amount, names, pause in sources:
        left = amount
        for one in [by_name[name] for name in names if name in by_name]:
            part = min(left, one.open_minor - covered[one.id])
            covered[one.id] += part
            left -= part
            if part and covered[one.id] >= one.open_minor:
                found.setdefault(one.id, pause)
    return found


def _read_attempts(
    accounts: Sequence[int], setup: DunningSetup, now: datetime
) -> Iterable[tuple[int, list[str], Pause]]:
    rows = PaymentAttempt.objects.filter(
        account__in=accounts, status__in=ON_THE_WAY, purpose=AttemptPurpose.PAY
    ).order_by("id")
    for one in rows:
        if one.is_promise:
            left = now - one.created_at
            if left <= timedelta(days=setup.transfer_days):
                yield one.amount_minor, one.invoices, Pause("transfer", "a transfer was announced")
        elif one.status != AttemptStatus.CREATED or now - one.created_at <= _BEGUN:
            amount = one.amount_minor - one.fee_minor
            yield amount, one.invoices, Pause("coming", "a payment is on its way")


def _read_inbox(accounts: Sequence[int], now: datetime) -> Iterable[tuple[int, list[str], Pause]]:
    """Money at the bank that is probably for an invoice, and waits for somebody to say so."""
    rows = BankMatch.objects.filter(
        line__status=BankLineStatus.PROPOSED,
        status=MatchStatus.PROPOSED,
        kind=MatchKind.PAYMENT,
        account__in=accounts,
        made_at__gte=now - _IN_INBOX,
    ).order_by("id")
    for one in rows:
        yield one.amount_minor, one.invoices, Pause("inbox", "a payment may lie in the inbox")
