"""The whole benchmark of the billing run, as figures."""

from __future__ import annotations

import resource
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from time import perf_counter
from typing import Any

from django.db import connection

from quarterday.core.errors import BillingError
from quarterday.services.bench.make_accounts import make_accounts
from quarterday.services.bench.measure_run import Measured, measure_run, set_aside
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.store.models import Seller

_START = date(2026, 1, 1)
_LIMIT_ACCOUNTS = 100_000

Progress = Callable[[str, int], None]


@dataclass(slots=True)
class BenchResult:
    """Invoices per second, microseconds per invoice, megabytes and milliseconds."""

    database: str
    accounts: int
    invoices_per_second: float
    limit_per_second: float
    ratio: float
    cost_us: float
    cost_us_at_a_tenth: float
    growth: float
    nothing_due_ms: float
    peak_memory_mb: float

    def to_data(self) -> dict[str, Any]:
        """Plain data, rounded for reading."""
        return {
            name: round(value, 3) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def run_bench(accounts: int, *, now: datetime, progress: Progress) -> BenchResult:
    """Bill a tenth of the accounts, then all of them in turns with the limit, then nothing.

    Raises `BillingError` on a database that holds anything: the rows stay there.
    """
    if Seller.objects.exists():
        raise BillingError("the benchmark fills the database; give it an empty one")
    small = _bill(max(1, accounts // 10), 0, now, progress, "a tenth")
    full = _bill(accounts, min(accounts, _LIMIT_ACCOUNTS), now, progress, "all")
    idle = min(_time_idle_run(now) for _ in range(3))
    cost, small_cost = 1e6 / full.run_rate, 1e6 / small.run_rate
    return BenchResult(
        connection.vendor,
        accounts,
        full.run_rate,
        full.limit_rate,
        full.run_rate / full.limit_rate,
        cost,
        small_cost,
        cost / small_cost,
        idle * 1000,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def _bill(
    accounts: int, limit_accounts: int, now: datetime, progress: Progress, label: str
) -> Measured:
    """Make accounts, bill them all, and measure the limit beside them."""
    aside: list[int] = []
    if limit_accounts:
        aside = set_aside(
            make_accounts(
                limit_accounts,
                start_on=_START,
                progress=lambda count: progress("accounts for the limit", count),
            )
        )
    make_accounts(
        accounts,
        start_on=_START,
        progress=lambda count: progress(f"accounts ({label})", count),
    )
    _analyze()
    return measure_run(
        _START,
        now,
        limit_accounts=aside,
        accounts=accounts,
        progress=lambda count: progress(f"billed ({label})", count),
    )


def _analyze() -> None:
    """What autovacuum would do within a minute of loading."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _time_idle_run(now: datetime) -> float:
    """Seconds of a run when nothing is due."""
    started = perf_counter()
    run_billing(first=_START, last=_START, now=now)
    return perf_counter() - started
