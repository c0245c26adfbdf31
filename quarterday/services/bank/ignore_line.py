"""Say that a bank line is no business of these books, such as rent."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.matching_types import Reason
from quarterday.services.bank.book_match import book_proposal
from quarterday.services.bank.proposal import Proposal
from quarterday.services.errors import Conflict
from quarterday.services.inputs import check_text
from quarterday.store.models import BankLine, BankMatch, MatchKind

KEY = "other"


def ignore_line(
    *, line: BankLine, today: date, now: datetime, reason: str, actor: str = "system"
) -> BankMatch:
    """Move what is open of a line to other books, so that it is not asked about again.

    It is a match like any other, and can be undone. Raises `Conflict` when nothing is open.
    """
    reason = check_text(reason, "reason", 200)
    line = BankLine.objects.select_related("bank_account").get(id=line.id)
    if not line.open_minor:
        raise Conflict(f"bank line {line.public_id} is {line.status}; there is nothing to ignore")
    proposal = Proposal(
        MatchKind.OTHER, KEY, line.open_minor, 100, (Reason("by_hand", reason),), is_certain=True
    )
    return book_proposal(line=line, proposal=proposal, today=today, now=now, actor=actor)
