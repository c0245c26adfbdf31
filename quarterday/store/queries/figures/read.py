"""Figures of days as they were written down, for pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from quarterday.core.figures import Amount, Figure
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.period import Period
from quarterday.store.models import DayFigure, Invoice, JobRun, Seller

# What the marks of each seller are kept under, in the runs of jobs.
JOB = "figures"
# The same bands as in the report of aged receivables; the first is not late yet.
BANDS = ("not_due", "to_30", "to_60", "to_90", "over_90")
# More than so many days late.
OVER = (None, 0, 30, 60, 90)


class Months:
    """Figures added up by month: ``of(figure, currency, first day)``; nothing is zero."""

    def __init__(self, sums: Mapping[tuple[str, str, date], Amount]) -> None:
        self._sums = sums

    def of(self, figure: Figure, currency: str, month: date) -> Amount:
        """A month's sum."""
        return self._sums.get((figure, currency, month), Amount())

    @property
    def currencies(self) -> set[str]:
        """Those that any figure is in."""
        return {currency for _, currency, _ in self._sums if currency}


def read_months(seller: Seller, figures: Collection[Figure], since: date) -> Months:
    """Figures of a seller by month and currency, from a day on: one query, over days."""
    rows = DayFigure.objects.filter(seller=seller, name__in=figures, day__gte=since)
    sums: dict[tuple[str, str, date], Amount] = defaultdict(Amount)
    for name, currency, day, count, minor in rows.values_list(
        "name", "currency", "day", "count", "amount_minor"
    ):
        key = name, currency, day.replace(day=1)
        sums[key] = sums[key].plus(Amount(count, minor))
    return Months(sums)


def sum_days(
    seller: Seller, figures: Collection[Figure], period: Period
) -> dict[tuple[str, str], Amount]:
    """The sums of a range by figure and currency."""
    rows = DayFigure.objects.filter(
        seller=seller, name__in=figures, day__gte=period.start, day__lt=period.end
    )
    grouped = rows.values_list("name", "currency").annotate(n=Sum("count"), sum=Sum("amount_minor"))
    return {(name, code): Amount(n, minor) for name, code, n, minor in grouped.order_by()}


def read_made_at(seller: Seller) -> datetime | None:
    """When figures were last looked after; None before the first time."""
    run = JobRun.objects.filter(job=JOB, slot=seller.code).first()
    return run.finished_at if run else None


def sum_open(seller: Seller, today: date) -> dict[str, list[Amount]]:
    """What is owed now by currency, one amount for each of ``BANDS``; from open invoices only."""
    asked: dict[str, Any] = {}
    for number, (over, more) in enumerate(zip(OVER, (*OVER[1:], None), strict=True)):
        band = Q()
        if over is not None:
            band &= Q(due_on__lt=today - timedelta(days=over))
        if more is not None:
            band &= Q(due_on__gte=today - timedelta(days=more))
        asked[f"n{number}"] = Count("due_on", filter=band)
        asked[f"sum{number}"] = Sum("open_minor", filter=band)
    rows = Invoice.objects.filter(seller=seller, status=InvoiceState.OPEN)
    found: Iterable[Any] = rows.values("currency").annotate(**asked).order_by("currency")
    return {
        row["currency"]: [
            Amount(row[f"n{number}"], row[f"sum{number}"] or 0) for number in range(len(BANDS))
        ]
        for row in found
    }
