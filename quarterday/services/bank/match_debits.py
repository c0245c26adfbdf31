"""Direct debits on the statement: files that were collected, and debits that came back."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.matching_types import Reason
from quarterday.services.bank.proposal import Proposal
from quarterday.services.debits.find_debits import (
    DebitGroup,
    find_by_mandate,
    find_debit,
    find_group,
    find_groups,
)
from quarterday.services.debits.return_debit import return_debit
from quarterday.services.debits.settle_debits import settle_debit, settle_debits
from quarterday.services.errors import NotFound
from quarterday.store.models import BankLine, Debit, MatchKind, Seller

# Banks ask for less than this for a debit that comes back.
_MOST_FEE_MINOR = 5000


class DebitFinder:
    """Finds what of a seller's direct debits a line is about."""

    def __init__(self, seller: Seller) -> None:
        self.seller = seller
        self.waiting = [one for one in find_groups(seller) if not one.is_settled]

    def find(self, line: BankLine) -> list[Proposal]:
        """Debits that were collected, or one that came back; nothing where it is neither."""
        return self._find_collected(line) if line.open_minor > 0 else self._find_returned(line)

    def _find_collected(self, line: BankLine) -> list[Proposal]:
        if line.payment_group and (group := find_group(self.seller, line.payment_group)):
            fits = line.open_minor in (group.total_minor, group.left_minor)
            return [_propose_group(group, line, "payment_group", 99 if fits else 70, fits)]
        debit = _find_single(self.seller, line)
        if debit is not None and debit.attempt.amount_minor == line.open_minor:
            key, reason = f"debit:{debit.end_to_end_id}", Reason("end_to_end_id")
            return [_propose(debit, line, MatchKind.DEBITS, key, (reason, Reason("amount")), 99)]
        same = [
            one
            for one in self.waiting
            if line.open_minor in (one.total_minor, one.left_minor)
            and one.currency == line.currency
            and abs((line.booked_on - one.collect_on).days) <= 5
        ]
        sure = 80 if len(same) == 1 else 55
        return [_propose_group(one, line, "amount", sure, False) for one in same]

    def _find_returned(self, line: BankLine) -> list[Proposal]:
        debit = _find_single(self.seller, line)
        if debit is not None and 0 <= -line.open_minor - debit.attempt.amount_minor <= (
            _MOST_FEE_MINOR
        ):
            is_plain = -line.open_minor == debit.attempt.amount_minor
            # An id and a sum, or an id and the bank's word that it is a return.
            sure = 99 if is_plain or line.return_reason else 90
            return [_propose_return(debit, line, "end_to_end_id", sure)]
        if not line.mandate or debit is not None:
            return []
        found = find_by_mandate(self.seller, line.mandate, line.open_minor)
        sure = 85 if len(found) == 1 else 60
        return [_propose_return(one, line, "mandate", sure) for one in found[:3]]


def act_on_debits(
    *,
    seller: Seller,
    line: BankLine,
    kind: str,
    key: str,
    today: date,
    now: datetime,
    actor: str = "system",
) -> None:
    """Settle or return the debits that a match names, before the match is booked.

    Each debit is a transaction of its own and is settled once, so it can be done again after a
    crash. Nothing for other matches.
    """
    on = min(line.value_on or line.booked_on, today)
    what, _, name = key.partition(":")
    if kind == MatchKind.DEBITS and what == "debits":
        group = find_group(seller, name)
        if group is None:
            raise NotFound(f"there is no group of debits {name!r}")
        is_total = line.open_minor == group.total_minor
        settle_debits(debits=group.debits, received_on=on, now=now, is_total=is_total, actor=actor)
    elif kind in (MatchKind.DEBITS, MatchKind.RETURN):
        debit = find_debit(seller, name)
        if debit is None:
            raise NotFound(f"there is no debit {name!r}")
        if kind == MatchKind.DEBITS:
            settle_debit(debit=debit, received_on=on, now=now, actor=actor)
        else:
            return_debit(
                debit=debit,
                code=line.return_reason,
                today=today,
                now=now,
                key=line.public_id,
                on=min(line.booked_on, today),
                fee_minor=max(0, -line.open_minor - debit.attempt.amount_minor),
                actor=actor,
            )


def _find_single(seller: Seller, line: BankLine) -> Debit | None:
    return find_debit(seller, line.end_to_end_id) if line.end_to_end_id else None


def _propose_group(
    group: DebitGroup, line: BankLine, code: str, sure: int, is_certain: bool
) -> Proposal:
    reasons = (Reason(code, group.payment_group), Reason("amount"))
    return Proposal(
        MatchKind.DEBITS,
        f"debits:{group.payment_group}",
        line.open_minor,
        sure,
        reasons if code != "amount" else reasons[1:],
        is_certain,
        batch_id=group.batch.id,
    )


def _propose_return(debit: Debit, line: BankLine, code: str, sure: int) -> Proposal:
    reasons = [Reason(code), Reason("return", line.return_reason)]
    key = f"return:{debit.end_to_end_id}"
    return _propose(debit, line, MatchKind.RETURN, key, tuple(reasons), sure)


def _propose(
    debit: Debit,
    line: BankLine,
    kind: MatchKind,
    key: str,
    reasons: tuple[Reason, ...],
    sure: int,
) -> Proposal:
    return Proposal(
        kind,
        key,
        line.open_minor,
        sure,
        reasons,
        sure >= 99,
        account_id=debit.attempt.account_id,
        batch_id=debit.batch_id,
    )
