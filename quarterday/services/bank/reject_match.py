"""Reject what was proposed for a bank line."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.bank.book_match import record_match
from quarterday.services.bank.move_line import set_status
from quarterday.services.errors import Conflict
from quarterday.store.models import BankLine, BankMatch, MatchStatus


def reject_match(*, match: BankMatch, now: datetime, actor: str = "system") -> BankMatch:
    """Say that a line is not this; it is not proposed again. Raises `Conflict` if it is decided."""
    with transaction.atomic():
        line = BankLine.objects.select_for_update().get(id=match.line_id)
        rows = BankMatch.objects.filter(id=match.id, status=MatchStatus.PROPOSED)
        if not rows.update(status=MatchStatus.REJECTED, actor=actor, undone_at=now):
            raise Conflict(f"match {match.public_id} is not proposed any more")
        match.status, match.actor, match.undone_at = MatchStatus.REJECTED, actor, now
        set_status(line)
        record_match(match, "bank_match.rejected", now=now, actor=actor)
    return match
