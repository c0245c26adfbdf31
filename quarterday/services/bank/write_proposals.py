"""Write down what lines likely are, in place of what was proposed before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from quarterday.services.bank.proposal import Proposal, make_row
from quarterday.store.models import BankLine, BankLineStatus, BankMatch, MatchStatus

_CHUNK = 500


def write_proposals(
    lines: Sequence[BankLine],
    proposals: Mapping[int, Sequence[Proposal]],
    *,
    now: datetime,
    actor: str,
) -> None:
    """The proposals of lines, by the key of the line; the same again changes nothing.

    Proposals are no facts of money, so those that hold no longer are deleted. Two workers who
    write the same find it there. A line that was booked meanwhile gets none.
    """
    by_key = {line.id: line for line in lines if line.id in proposals}
    keys = sorted(by_key)
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        with transaction.atomic():
            open_rows = BankLine.objects.select_for_update().filter(id__in=chunk).order_by("id")
            still = {
                one.id: one
                for one in open_rows
                if one.status in (BankLineStatus.OPEN, BankLineStatus.PROPOSED)
            }
            _replace({one: proposals[one] for one in still}, still, now, actor)


def _say(one: BankMatch | Proposal) -> tuple[object, ...]:
    return (one.confidence, one.amount_minor, one.attempt_id)


def _replace(
    proposals: Mapping[int, Sequence[Proposal]],
    lines: Mapping[int, BankLine],
    now: datetime,
    actor: str,
) -> None:
    known: dict[tuple[int, str], BankMatch] = {}
    rows = BankMatch.objects.filter(line_id__in=list(lines), status=MatchStatus.PROPOSED)
    for row in rows:
        known[row.line_id, row.key] = row
    new = []
    for line_id, found in proposals.items():
        for one in found:
            there = known.get((line_id, one.key))
            if there is not None and _say(there) == _say(one):
                known.pop((line_id, one.key))
            else:
                new.append(make_row(lines[line_id], one, now=now, actor=actor))
    gone = [row.id for row in known.values()]
    BankMatch.objects.filter(id__in=gone, status=MatchStatus.PROPOSED).delete()
    BankMatch.objects.bulk_create(new, ignore_conflicts=True)
    for status, is_it in ((BankLineStatus.PROPOSED, True), (BankLineStatus.OPEN, False)):
        moved = [key for key, found in proposals.items() if bool(found) is is_it]
        moved = [key for key in moved if lines[key].status != status]
        BankLine.objects.filter(id__in=moved).update(status=status)
