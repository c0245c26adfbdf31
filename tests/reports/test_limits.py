"""A report that somebody waits for ends in time, and leaves places to others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic

import pytest
from django.db import connection

from quarterday.ports.report import ReportResult
from quarterday.services.reports.run_report import run_report
from quarterday.store.queries.raw import fetch
from quarterday.store.queries.reports import limits
from quarterday.store.queries.reports.limits import MOST, HeldUp
from quarterday.store.queries.reports.view import report_view
from tests.reports.test_agreement import TODAY

pytestmark = pytest.mark.django_db(transaction=True)
ENDLESS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000)
SELECT COUNT(*) FROM n
"""


@contextmanager
def other_reports(count: int) -> Iterator[None]:
    """Reports of other people, which are under way."""
    with ExitStack() as stack:
        for place in range(count):
            if connection.vendor == "sqlite":
                assert limits._places.acquire(blocking=False)
                stack.callback(limits._places.release)
                continue
            other = connection.copy()
            stack.callback(other.close)
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s, %s)", [limits._LOCK, place])
        yield


def test_what_takes_too_long_is_ended_and_nothing_stays_behind() -> None:
    begun = monotonic()
    said = r"longer than 0\.2 seconds; ask for fewer days"
    with pytest.raises(HeldUp, match=said), report_view(0.2):
        fetch(ENDLESS)
    assert monotonic() - begun < 10
    # Many short ones count together.
    with pytest.raises(HeldUp), report_view(0.2):
        while True:
            fetch(f"SELECT COUNT(*) FROM ({ENDLESS.replace('2000000000', '20000')}) x")
    with report_view(5):
        assert fetch("SELECT 1") == [(1,)]
    if connection.vendor == "postgresql":
        assert fetch("SHOW statement_timeout") == [("0",)]


def test_some_at_once_and_the_next_may_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_PATIENCE", 0.1)
    ask: Callable[[float | None], ReportResult] = lambda seconds: run_report(  # noqa: E731
        "revenue", {}, today=TODAY, seconds=seconds
    )
    with other_reports(MOST - 1):
        assert not ask(5).rows
    with other_reports(MOST):
        with pytest.raises(HeldUp, match="try again in a moment"):
            ask(5)
        assert not ask(None).rows, "nobody waits for what is mailed"
    assert not ask(5).rows
