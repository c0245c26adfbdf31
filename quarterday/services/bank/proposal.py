"""What a line may be for, before it is written down as a match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from quarterday.core.matching import Candidate
from quarterday.core.matching_types import Reason
from quarterday.store.models import BankLine, BankMatch, MatchKind, MatchStatus


@dataclass(frozen=True, slots=True)
class Proposal:
    """A match that is not written yet. ``expected_minor`` is what the invoices left open when it
    was found: should they leave another amount when it is booked, it is no longer certain.
    """

    kind: MatchKind
    key: str
    amount_minor: int
    confidence: int
    reasons: tuple[Reason, ...] = ()
    is_certain: bool = False
    account_id: int | None = None
    invoices: tuple[str, ...] = ()
    attempt: str = ""
    attempt_id: int | None = None
    payment_id: int | None = None
    payout_id: int | None = None
    batch_id: int | None = None
    refund_id: int | None = None
    expected_minor: int | None = None


def propose_payment(
    candidate: Candidate, account_id: int, line: BankLine, *, is_certain: bool, expected_minor: int
) -> Proposal:
    """A payment of an account."""
    return Proposal(
        MatchKind.PAYMENT,
        make_key(candidate.account, candidate.invoices),
        line.open_minor,
        candidate.confidence,
        candidate.reasons,
        is_certain,
        account_id=account_id,
        invoices=candidate.invoices,
        attempt=candidate.promise,
        expected_minor=expected_minor if is_certain else None,
    )


def make_key(account: str, invoices: Iterable[str], payment: str = "") -> str:
    """What is matched, in few characters: the same for the same account and invoices."""
    digest = sha256(" ".join((*sorted(invoices), payment)).encode()).hexdigest()
    return f"{account}:{digest[:16]}"


def make_row(line: BankLine, proposal: Proposal, *, now: datetime, actor: str) -> BankMatch:
    """The row of a proposal, not saved yet."""
    return BankMatch(
        line=line,
        kind=proposal.kind,
        status=MatchStatus.PROPOSED,
        key=proposal.key,
        amount_minor=proposal.amount_minor,
        confidence=proposal.confidence,
        reasons=to_data(proposal.reasons),
        account_id=proposal.account_id,
        invoices=list(proposal.invoices),
        attempt_id=proposal.attempt_id,
        payment_id=proposal.payment_id,
        payout_id=proposal.payout_id,
        batch_id=proposal.batch_id,
        refund_id=proposal.refund_id,
        made_at=now,
        actor=actor,
    )


def to_data(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Reasons as data."""
    return [{"code": one.code, **({"detail": one.detail} if one.detail else {})} for one in reasons]
