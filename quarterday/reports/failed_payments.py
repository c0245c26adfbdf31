"""Failed payments: how many attempts fail, and how much of it comes in after all."""

from __future__ import annotations

from typing import ClassVar

from quarterday.ports.report import (
    CURRENCY,
    SINCE,
    UNTIL,
    Asked,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Parameter,
    ReportResult,
    ReportRow,
)
from quarterday.services.reports.tables import add_up, share
from quarterday.store.queries.reports.attempts import read_reasons, read_tried

_MONEY, _COUNT, _RATE = ColumnKind.MONEY, ColumnKind.COUNT, ColumnKind.RATE
_COLUMNS = (
    Column("period", "Month"),
    Column("gateway", "Gateway"),
    Column("currency", "Currency"),
    Column("tried", "Attempts", _COUNT),
    Column("succeeded", "Succeeded", _COUNT),
    Column("failed", "Failed", _COUNT),
    Column("failed_rate", "Failed of those ended", _RATE),
    Column("failed_amount", "Failed amount", _MONEY),
    Column("invoices", "Invoices that failed", _COUNT),
    Column("at_risk", "Their total", _MONEY),
    Column("recovered", "Paid since", _COUNT),
    Column("recovered_amount", "Their total, paid", _MONEY),
    Column("recovered_rate", "Recovered", _RATE),
)
_NOTES = (
    "By the month in which an attempt was begun, in the time zone of the seller. Promises to pay "
    "elsewhere do not count.",
    "An invoice counts once for each month and gateway that it failed in; it is recovered when it "
    "is paid now, in whatever way.",
)


class FailedPayments:
    """Attempts to be paid by month and gateway, and their recovery."""

    name: ClassVar[str] = "failed_payments"
    title: ClassVar[str] = "Failed payments"
    question: ClassVar[str] = "How many payments fail, why, and how much do we get after all?"
    group: ClassVar[str] = "Money in"
    parameters: ClassVar[tuple[Parameter, ...]] = (SINCE, UNTIL, CURRENCY)

    def run(self, asked: Asked) -> ReportResult:
        """One row for each month, gateway and currency."""
        found = [
            one for one in read_tried(asked.period, asked.sellers) if asked.wants(one.currency)
        ]
        rows = [
            ReportRow(
                {
                    "period": f"{one.month:%Y-%m}",
                    "gateway": one.gateway,
                    "currency": one.currency,
                    "tried": one.tried,
                    "succeeded": one.succeeded,
                    "failed": one.failed,
                    "failed_rate": share(one.failed, one.succeeded + one.failed),
                    "failed_amount": one.failed_minor,
                    "invoices": one.invoices,
                    "at_risk": one.invoices_minor,
                    "recovered": one.recovered,
                    "recovered_amount": one.recovered_minor,
                    "recovered_rate": share(one.recovered_minor, one.invoices_minor),
                }
            )
            for one in sorted(found, key=lambda one: (one.currency, one.month, one.gateway))
        ]
        names = "tried succeeded failed failed_amount".split()
        chart = Chart("How many attempts fail?", ChartKind.LINES, "period", ("failed_rate",))
        return ReportResult(_COLUMNS, rows, add_up(rows, names), (*_NOTES, *_why(asked)), chart)


def _why(asked: Asked) -> list[str]:
    """The reasons as a sentence for each currency, the most frequent first."""
    by_currency: dict[str, list[tuple[int, str]]] = {}
    for currency, reason, count, _ in read_reasons(asked.period, asked.sellers):
        if asked.wants(currency):
            by_currency.setdefault(currency, []).append((count, reason or "no reason given"))
    return [
        f"Reasons in {currency}: "
        + ", ".join(
            f"{reason.replace('_', ' ')} {count}" for count, reason in sorted(found, reverse=True)
        )
        + "."
        for currency, found in by_currency.items()
    ]
