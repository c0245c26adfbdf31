"""Accept what was proposed for a bank line."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.services.bank.book_match import book_match
from quarterday.services.bank.match_debits import act_on_debits
from quarterday.services.errors import Conflict
from quarterday.store.models import BankMatch, MatchStatus


def accept_match(
    *, match: BankMatch, today: date, now: datetime, actor: str = "system"
) -> BankMatch:
    """Book a proposal, and drop the other ones of its line. Raises `Conflict` if it is decided."""
    if match.status != MatchStatus.PROPOSED:
        raise Conflict(f"match {match.public_id} is {match.status}, so there is nothing to accept")
    line = match.line
    act_on_debits(
        seller=line.bank_account.seller,
        line=line,
        kind=match.kind,
        key=match.key,
        today=today,
        now=now,
        actor=actor,
    )
    return book_match(match=match, today=today, now=now, actor=actor)
