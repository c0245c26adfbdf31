"""Payouts of gateways on the statement: what they announced, and what has arrived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Exists, OuterRef

from quarterday.core.matching_text import squeeze
from quarterday.core.matching_types import Reason
from quarterday.services.bank.proposal import Proposal
from quarterday.store.models import (
    BankLine,
    BankMatch,
    MatchKind,
    MatchStatus,
    Payout,
    PayoutStatus,
    Seller,
)

_WINDOW = timedelta(days=7)
_SHORTEST = 6
# Some gateways pay out under another name.
_CALLED = {"gocardless": ("GOCARDLESS", "GOCDLESS"), "stripe": ("STRIPE",), "paypal": ("PAYPAL",)}


class PayoutFinder:
    """Finds the payouts that lines may be, which have not arrived yet."""

    def __init__(self, seller: Seller, lines: Sequence[BankLine]) -> None:
        self.by_net: dict[tuple[str, int], list[Payout]] = defaultdict(list)
        if not lines:
            return
        arrived = BankMatch.objects.filter(payout_id=OuterRef("id"), status=MatchStatus.BOOKED)
        first = min(line.booked_on for line in lines) - _WINDOW
        rows = Payout.objects.filter(seller=seller, arrives_on__gte=first).exclude(
            status=PayoutStatus.FAILED
        )
        for one in rows.filter(~Exists(arrived)).order_by("arrives_on", "id"):
            self.by_net[one.currency, one.net_minor].append(one)

    def find(self, line: BankLine) -> list[Proposal]:
        """Payouts of exactly this net; one whose reference, or whose gateway and day, agree too
        is certain.
        """
        words = squeeze(f"{line.name} {line.text} {line.end_to_end_id} {line.bank_reference}")
        found = []
        near = [
            one
            for one in self.by_net.get((line.currency, line.open_minor), ())
            if abs(line.booked_on - one.arrives_on) <= _WINDOW
        ]
        for one in near:
            reference = squeeze(one.reference)
            reasons = [Reason("amount")]
            sure = 60
            names = _CALLED.get(one.gateway, (squeeze(one.gateway),))
            if any(name in words for name in names):
                reasons.insert(0, Reason("gateway", one.gateway))
                sure = 98 if len(near) == 1 else 80
            if len(reference) >= _SHORTEST and reference in words:
                reasons.insert(0, Reason("payout_reference", one.reference))
                sure = 99
            found.append(
                Proposal(
                    MatchKind.PAYOUT,
                    f"payout:{one.public_id}",
                    line.open_minor,
                    sure,
                    tuple(reasons),
                    sure >= 98,
                    payout_id=one.id,
                )
            )
        return sorted(found, key=lambda one: -one.confidence)

    def drop(self, payout_id: int) -> None:
        """Forget one that has arrived."""
        for known in self.by_net.values():
            known[:] = [one for one in known if one.id != payout_id]
