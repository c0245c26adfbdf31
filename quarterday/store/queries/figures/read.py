"""Figures of days as they were written down, for pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from quarterday.core.aging import BANDS, age_open, band_of
from quarterday.core.figures import Amount, Figure
from quarterday.core.instalments import Part
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.period import Period
from quarterday.store.models import DayFigure, Invoice, JobRun, Seller
from quarterday.store.queries.plans_of_day import read_plans_of_day

# What the marks of each seller are kept under, in the runs of jobs.
JOB = "figures"
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
    """What is owed now by currency, one amount for each of ``BANDS``; from open invoices only.

    As in the report of aged receivables, an invoice that is paid in parts is in the band of each
    part that is open, and counts in each.
    """
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
    owed = {
        row["currency"]: [
            Amount(row[f"n{number}"], row[f"sum{number}"] or 0) for number in range(len(BANDS))
        ]
        for row in found
    }
    plans = read_plans_of_day(today, [seller.id], open_only=True)
    for start in range(0, len(plans), 1000):
        planned = rows.filter(id__in=list(plans)[start : start + 1000])
        for one in planned.values_list("id", "currency", "due_on", "open_minor"):
            _move_parts(owed, one, plans[one[0]], today)
    return owed


def _move_parts(
    owed: dict[str, list[Amount]],
    invoice: tuple[int, str, date, int],
    parts: Sequence[Part],
    today: date,
) -> None:
    """From the band of the invoice to those of its parts."""
    _, currency, due_on, open_minor = invoice
    bands = owed[currency]
    own = BANDS.index(band_of(due_on, today))
    bands[own] = bands[own].plus(Amount(-1, -open_minor))
    for part in age_open(due_on, open_minor, parts, today):
        number = BANDS.index(part.band)
        bands[number] = bands[number].plus(Amount(1, part.amount_minor))
