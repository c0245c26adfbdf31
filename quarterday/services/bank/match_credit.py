"""Credit that people wrote down before the statement came: paid in, or paid out, by a transfer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from quarterday.core.ledger import clearing
from quarterday.core.matching_names import AGREES, compare_names
from quarterday.core.matching_text import squeeze
from quarterday.core.matching_types import Reason
from quarterday.services.bank.known_payments import METHODS
from quarterday.services.bank.proposal import Proposal
from quarterday.store.models import (
    BankLine,
    BankMatch,
    CreditDeduction,
    CreditGrant,
    CreditKind,
    DeductionKind,
    MatchKind,
    MatchStatus,
    Posting,
    Refund,
    Seller,
)

_WINDOW = timedelta(days=21)
_SHORTEST = 6
_CODES = {clearing(method): method for method in METHODS}


class _Owner(NamedTuple):
    """Whose it is, and what it is called."""

    account_id: int
    name: str
    names: tuple[str, str]


class _Moved(NamedTuple):
    """Money that the bank has to show; ``key`` says how it came or went."""

    key: str
    on: date
    owner: _Owner


class CreditFinder:
    """Finds deposits, and credit that was paid out, of exactly the amount of a line."""

    def __init__(self, seller: Seller, lines: Sequence[BankLine]) -> None:
        self.found: dict[tuple[str, int], list[_Moved]] = defaultdict(list)
        if not lines:
            return
        first = min(line.booked_on for line in lines) - _WINDOW
        taken_back = CreditDeduction.objects.filter(kind=DeductionKind.REVERSED)
        grants = CreditGrant.objects.filter(
            account__seller=seller, kind=CreditKind.DEPOSIT, granted_on__gte=first
        ).exclude(id__in=taken_back.values("grant_id"))
        refunds = Refund.objects.filter(
            account__seller=seller, payment=None, refunded_on__gte=first
        )
        owners = {
            public_id: _Owner(account_id, name, (public_id, external_id or ""))
            for rows in (grants, refunds)
            for public_id, external_id, account_id, name in rows.values_list(
                "public_id", "external_id", "account_id", "account__name"
            )
        }
        self._read(seller, owners)
        self._drop_shown()

    def _read(self, seller: Seller, owners: dict[str, _Owner]) -> None:
        """How it was paid stands in the book alone."""
        ids = sorted(owners)
        for start in range(0, len(ids), 500):
            rows = Posting.objects.filter(
                entry__source__in=ids[start : start + 500],
                entry__kind__in=("deposit", "refund"),
                ledger_account__seller=seller,
                ledger_account__code__in=list(_CODES),
            ).select_related("entry", "ledger_account")
            for one in rows.order_by("id"):
                source = one.entry.source
                key = f"desk:{_CODES[one.ledger_account.code]}:{source}"
                moved = _Moved(key, one.entry.on, owners[source])
                self.found[one.currency, one.amount_minor].append(moved)

    def _drop_shown(self) -> None:
        keys = [one.key for found in self.found.values() for one in found]
        shown: set[str] = set()
        for start in range(0, len(keys), 500):
            booked = BankMatch.objects.filter(
                key__in=keys[start : start + 500], kind=MatchKind.OTHER, status=MatchStatus.BOOKED
            )
            shown.update(booked.values_list("key", flat=True))
        for place, found in self.found.items():
            self.found[place] = [one for one in found if one.key not in shown]

    def find(self, line: BankLine) -> list[Proposal]:
        """One that the text names is certain; by the amount, with or without a name, is likely."""
        words = squeeze(f"{line.text} {line.end_to_end_id}")
        found = []
        for one in self.found.get((line.currency, line.open_minor), ()):
            if abs(line.booked_on - one.on) > _WINDOW:
                continue
            reasons, sure = [Reason("credit_recorded", one.owner.names[0]), Reason("amount")], 50
            if line.name and compare_names(line.name, one.owner.name) >= AGREES:
                reasons, sure = [*reasons, Reason("name")], 90
            named = [squeeze(name) for name in one.owner.names]
            is_named = any(len(name) >= _SHORTEST and name in words for name in named)
            found.append(
                Proposal(
                    MatchKind.OTHER,
                    one.key,
                    line.open_minor,
                    99 if is_named else sure,
                    tuple(reasons),
                    is_named,
                    account_id=one.owner.account_id,
                )
            )
        return sorted(found, key=lambda one: -one.confidence)
