"""Write down the figures of days again where something is new, from the documents themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from quarterday.core.figures import MOVES, Amount, DayAmount, Figure, runs_of_days
from quarterday.core.period import Period, local_date
from quarterday.services.figures.add_up_mrr import add_up_mrr
from quarterday.store.models import DayFigure, JobRun, Seller
from quarterday.store.queries.figures.added import (
    add_bounced,
    add_failed,
    add_issued,
    add_paid,
    add_sent,
)
from quarterday.store.queries.figures.read import JOB
from quarterday.store.queries.figures.touched import find_touched, read_marks
from quarterday.store.queries.reports.view import report_view

_MRR_EVERY = timedelta(hours=1)
_BATCH = 500
_LONG_AGO = date(1900, 1, 1)


class _Group(NamedTuple):
    """Figures that are added up together: from which tables, and how many days back they may
    still change although nothing is new, since what was tried fails or comes back later.
    """

    figures: tuple[Figure, ...]
    sources: tuple[str, ...]
    recent_days: int
    add_up: Callable[[Seller, Period], Iterator[DayAmount]]


_GROUPS = (
    _Group((Figure.INVOICED, Figure.CREDITED), ("invoices", "credit_notes"), 0, add_issued),
    _Group(
        (Figure.COLLECTED, Figure.REFUNDED, Figure.DEPOSITED, Figure.RESTORED),
        ("payments", "refunds", "grants"),
        0,
        add_paid,
    ),
    _Group((Figure.FAILED,), ("attempts",), 45, add_failed),
    _Group((Figure.SENT,), ("deliveries",), 2, add_sent),
    _Group((Figure.BOUNCED,), ("deliveries",), 45, add_bounced),
)


class _Fresh(NamedTuple):
    """What days, or all of them, say now."""

    figures: tuple[Figure, ...]
    periods: list[Period]
    rows: list[DayAmount]


def refresh_figures(*, seller: Seller, now: datetime, is_whole: bool = False) -> int:
    """How many figures were written: those of days with something new, or all of them.

    Once a day it is all of them, so that nothing stays wrong for longer. Of two at the same time
    the second one writes nothing: what it read may be older.
    """
    today = local_date(now, seller.time_zone)
    run, _ = JobRun.objects.get_or_create(
        job=JOB, slot=seller.code, defaults={"started_at": now, "summary": {}}
    )
    known: Mapping[str, Any] = run.summary
    whole = [Period(_LONG_AGO, today + timedelta(days=366))]
    is_whole = is_whole or known.get("whole_on") != today.isoformat()
    with report_view():
        marks = read_marks()
        before = None if is_whole else known["marks"]
        found = list(_read_groups(seller, today, whole, before, marks))
        mrr_at = datetime.fromisoformat(known["mrr_at"]) if "mrr_at" in known else None
        if is_whole or mrr_at is None or not timedelta(0) <= now - mrr_at < _MRR_EVERY:
            found.append(_Fresh((Figure.MRR, *MOVES), whole, list(add_up_mrr(seller, today))))
            mrr_at = now
    summary = {
        "marks": marks,
        "whole_on": today.isoformat(),
        "mrr_at": mrr_at.isoformat(),
        "turn": known.get("turn", 0) + 1,
    }
    with transaction.atomic():
        rows = JobRun.objects.filter(id=run.id, summary=known)
        if not rows.update(summary=summary, started_at=now, finished_at=now):
            return 0
        return sum(_write(seller, one, now) for one in found)


def _read_groups(
    seller: Seller,
    today: date,
    whole: list[Period],
    before: Mapping[str, int] | None,
    marks: Mapping[str, int],
) -> Iterator[_Fresh]:
    for group in _GROUPS:
        if before is None:
            periods = whole
        else:
            days = {today - timedelta(days=back) for back in range(group.recent_days)}
            for name in group.sources:
                if marks[name] != before.get(name):
                    days |= find_touched(seller, name, before.get(name, 0))
            periods = runs_of_days(days)
        rows = [row for period in periods for row in group.add_up(seller, period)]
        if periods:
            yield _Fresh(group.figures, periods, _sum(rows))


def _sum(rows: Iterable[DayAmount]) -> list[DayAmount]:
    sums: dict[tuple[date, str, Figure], Amount] = defaultdict(Amount)
    for row in rows:
        key = row.day, row.currency, row.figure
        sums[key] = sums[key].plus(row.amount)
    return [DayAmount(*key, amount) for key, amount in sums.items()]


def _write(seller: Seller, fresh: _Fresh, now: datetime) -> int:
    rows = DayFigure.objects.filter(seller=seller, name__in=fresh.figures)
    for period in fresh.periods:
        rows.filter(day__gte=period.start, day__lt=period.end).delete()
    DayFigure.objects.bulk_create(
        [
            DayFigure(
                seller=seller,
                day=row.day,
                currency=row.currency,
                name=row.figure,
                amount_minor=row.amount.minor,
                count=row.amount.number,
                made_at=now,
            )
            for row in fresh.rows
        ],
        batch_size=_BATCH,
    )
    return len(fresh.rows)
