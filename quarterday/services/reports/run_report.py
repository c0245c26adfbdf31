"""Run a report for sellers, with parameters as people write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from quarterday.ports.report import Asked, ReportResult, check_values, find_report
from quarterday.store.models import Seller
from quarterday.store.queries.reports.view import report_view

# What a page, a file or a program waits for.
WAIT_SECONDS = 20.0


def run_report(
    name: str,
    given: Mapping[str, str],
    *,
    today: date,
    sellers: Sequence[int] | None = None,
    seconds: float | None = None,
) -> ReportResult:
    """The answer of a report, with the parameters that it was run with.

    ``sellers`` are the keys of those whose figures are wanted, None for all. Raises `BillingError`
    for an unknown report, and for parameters that it does not take; where somebody waits for it,
    `HeldUp` when it takes more than so many ``seconds``. Nothing is written.
    """
    report = find_report(name)
    values = check_values(report, given, today)
    with report_view(seconds):
        # Looking at everybody needs no condition, which is quicker.
        if sellers is not None and not Seller.objects.exclude(id__in=sellers).exists():
            sellers = None
        result = report.run(Asked(today, sellers, values))
    return replace(result, values=values)
