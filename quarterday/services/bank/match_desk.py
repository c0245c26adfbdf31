"""Money from the cash desk on the statement: cash that was banked, cheques, and card terminals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Sum

from quarterday.core.matching_text import squeeze
from quarterday.core.matching_types import Reason
from quarterday.core.period import local_date
from quarterday.services.bank.proposal import Proposal
from quarterday.services.tills.take_payment import METHODS, Means
from quarterday.store.models import (
    BankLine,
    BankMatch,
    MatchKind,
    MatchStatus,
    Seller,
    TillEntry,
    TillEntryKind,
)

_WINDOW = timedelta(days=14)
_SHORTEST = 4


class _Deposit(NamedTuple):
    """Money of a desk that the bank has to show; ``key`` says how and where it was taken."""

    key: str
    on: date
    slip: str


class DeskFinder:
    """Finds deposits of exactly the amount of a line that no line shows yet.

    Cash is one deposit for each slip; cheques and cards come as the sum of a till's day.
    """

    def __init__(self, seller: Seller, lines: Sequence[BankLine]) -> None:
        self.found: dict[tuple[str, int], list[_Deposit]] = defaultdict(list)
        came = [line.booked_on for line in lines if line.open_minor > 0]
        rows = TillEntry.objects.filter(till__cashier__seller=seller)
        if not came or not rows.exists():
            return
        first = min(came) - _WINDOW
        since = datetime.combine(first, time(), ZoneInfo(seller.time_zone))
        banked = rows.filter(kind=TillEntryKind.BANKED, at__gte=since).select_related("till")
        for one in banked.order_by("id"):
            on = local_date(one.at, seller.time_zone)
            deposit = _Deposit(f"desk:{METHODS[Means.CASH]}:{one.public_id}", on, one.note)
            self.found[one.till.currency, -one.amount_minor].append(deposit)
        sums = rows.filter(means__in=(Means.CHEQUE, Means.CARD), till__opened_on__gte=first)
        for till, means, on, currency, total in (
            sums.values_list("till__public_id", "means", "till__opened_on", "till__currency")
            .annotate(sum=Sum("amount_minor"))
            .order_by("till__public_id", "means")
        ):
            deposit = _Deposit(f"desk:{METHODS[Means(means)]}:{till}", on, "")
            self.found[currency, total].append(deposit)
        self._drop_shown()

    def find(self, line: BankLine) -> list[Proposal]:
        """One whose slip the bank's text names is certain; by the amount alone, it is likely."""
        words = squeeze(f"{line.text} {line.end_to_end_id} {line.bank_reference}")
        near = [
            one
            for one in self.found.get((line.currency, line.open_minor), ())
            if timedelta(0) <= line.booked_on - one.on <= _WINDOW
        ]
        named = [one for one in near if len(one.slip) >= _SHORTEST and squeeze(one.slip) in words]
        if len(named) == 1:
            return [_propose(named[0], line, (Reason("slip", named[0].slip), Reason("amount")), 99)]
        return [
            _propose(one, line, (Reason("amount"),), 75 if len(near) == 1 else 50) for one in near
        ]

    def _drop_shown(self) -> None:
        keys = [one.key for found in self.found.values() for one in found]
        rows = BankMatch.objects.filter(key__in=keys, status=MatchStatus.BOOKED)
        shown = set(rows.values_list("key", flat=True))
        for place, found in self.found.items():
            self.found[place] = [one for one in found if one.key not in shown]


def _propose(deposit: _Deposit, line: BankLine, reasons: tuple[Reason, ...], sure: int) -> Proposal:
    return Proposal(
        MatchKind.OTHER, deposit.key, line.open_minor, sure, reasons, is_certain=sure >= 99
    )
