"""Payments that somebody recorded by hand before the statement came: they are booked once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from django.db.models import Exists, OuterRef

from quarterday.core.lifecycle import PaymentState
from quarterday.core.matching import BankText
from quarterday.core.matching_types import Reason
from quarterday.services.bank.proposal import Proposal, make_key
from quarterday.store.models import BankLine, BankMatch, MatchKind, MatchStatus, Payment

# What people call a payment that the bank will show.
METHODS = ("bank_transfer", "transfer", "bank")
_WINDOW = timedelta(days=21)
_SURE = 90
# Also what was given back since came first, and the bank shows both.
_CAME = (PaymentState.SUCCEEDED, PaymentState.PARTIALLY_REFUNDED, PaymentState.REFUNDED)


class KnownPayments:
    """Payments of the accounts of an index that no bank line shows yet."""

    def __init__(self, keys: Mapping[str, int], lines: Sequence[BankText]) -> None:
        self.names = {key: name for name, key in keys.items()}
        self.found: dict[tuple[int, int], list[Payment]] = defaultdict(list)
        if not lines:
            return
        shown = BankMatch.objects.filter(payment_id=OuterRef("id"), status=MatchStatus.BOOKED)
        amounts = {line.amount_minor for line in lines}
        ids = sorted(self.names)
        for start in range(0, len(ids), 500):
            rows = Payment.objects.filter(
                account_id__in=ids[start : start + 500],
                method__in=METHODS,
                status__in=_CAME,
                received_on__gte=min(line.on for line in lines) - _WINDOW,
            )
            # What a match made and took back again was never there.
            rows = rows.filter(~Exists(shown)).exclude(external_id__startswith="mat_")
            for one in rows.order_by("id"):
                if one.amount_minor in amounts:
                    self.found[one.account_id, one.amount_minor].append(one)

    def add(self, line: BankLine, proposals: list[Proposal]) -> list[Proposal]:
        """The proposals, and before them the payments that the line may be.

        Where there is one, nothing is certain: to book the line as a payment of its own would
        count the money twice.
        """
        known = []
        for account in dict.fromkeys(one.account_id for one in proposals if one.account_id):
            for payment in self.found.get((account, line.open_minor), ()):
                if abs(payment.received_on - line.booked_on) <= _WINDOW:
                    name = self.names[account]
                    known.append(
                        Proposal(
                            MatchKind.PAYMENT,
                            make_key(name, (), payment.public_id),
                            line.open_minor,
                            _SURE,
                            (Reason("recorded_before", payment.public_id), Reason("amount")),
                            account_id=account,
                            payment_id=payment.id,
                        )
                    )
        if not known:
            return proposals
        rest = [
            replace(one, is_certain=False, confidence=min(one.confidence, _SURE - 5))
            for one in proposals
        ]
        return [*known, *rest]
