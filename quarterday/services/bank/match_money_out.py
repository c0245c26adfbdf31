"""Money that went out: refunds that people made at the bank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Exists, OuterRef

from quarterday.core.matching_names import AGREES, compare_names
from quarterday.core.matching_text import squeeze
from quarterday.core.matching_types import Reason
from quarterday.services.bank.known_payments import METHODS
from quarterday.services.bank.proposal import Proposal
from quarterday.store.models import BankLine, BankMatch, MatchKind, MatchStatus, Refund, Seller

_WINDOW = timedelta(days=30)
_SHORTEST = 6


class RefundFinder:
    """Finds refunds by hand that no line shows yet."""

    def __init__(self, seller: Seller, lines: Sequence[BankLine]) -> None:
        self.by_amount: dict[tuple[str, int], list[Refund]] = defaultdict(list)
        went = [line for line in lines if line.open_minor < 0]
        if not went:
            return
        shown = BankMatch.objects.filter(refund_id=OuterRef("id"), status=MatchStatus.BOOKED)
        rows = Refund.objects.filter(
            account__seller=seller,
            payment__method__in=METHODS,
            refunded_on__gte=min(line.booked_on for line in went) - _WINDOW,
            attempt=None,
            dispute=None,
            dispute_rest=None,
        ).exclude(external_id__startswith="undo mat_")
        for one in rows.filter(~Exists(shown)).select_related("account").order_by("id"):
            self.by_amount[one.currency, one.amount_minor].append(one)

    def find(self, line: BankLine) -> list[Proposal]:
        """Refunds of exactly this amount; one that the text names is certain."""
        if line.open_minor >= 0:
            return []
        words = squeeze(f"{line.text} {line.end_to_end_id}")
        found = []
        for one in self.by_amount.get((line.currency, -line.open_minor), ()):
            if abs(line.booked_on - one.refunded_on) > _WINDOW:
                continue
            reasons, sure = [Reason("amount")], 50
            if line.name and compare_names(line.name, one.account.name) >= AGREES:
                reasons, sure = [*reasons, Reason("name")], 85
            names = [squeeze(name) for name in (one.public_id, one.external_id or "")]
            if any(len(name) >= _SHORTEST and name in words for name in names):
                reasons, sure = [Reason("refund_named", one.public_id), *reasons], 99
            found.append(
                Proposal(
                    MatchKind.REFUND,
                    f"refund:{one.public_id}",
                    line.open_minor,
                    sure,
                    tuple(reasons),
                    sure == 99,
                    account_id=one.account_id,
                    refund_id=one.id,
                )
            )
        return sorted(found, key=lambda one: -one.confidence)
