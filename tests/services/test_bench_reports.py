"""The year that reports are measured on is a business with right books."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from quarterday.core.errors import BillingError
from quarterday.ports.report import list_reports
from quarterday.services.bench.bench_reports import bench_reports
from quarterday.store.queries.check.balances import check_balances
from quarterday.store.queries.check.movements import check_movements

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_every_report_is_measured_on_a_year_whose_books_are_right() -> None:
    found = bench_reports(240, now=NOW, progress=lambda step, count: None)
    assert found["invoices"] == 240
    assert {one["report"] for one in found["reports"]} == set(list_reports())
    assert all(one["seconds"] < 5 for one in found["reports"])
    assert not list(check_balances())
    assert not list(check_movements())
    with pytest.raises(BillingError, match="an empty one"):
        bench_reports(240, now=NOW, progress=lambda step, count: None)
