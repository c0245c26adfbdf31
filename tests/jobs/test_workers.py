"""Workers: how often they tick, and that a slow job keeps no other."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, ClassVar

import pytest
from croniter import croniter

from quarterday.core.errors import BillingError
from quarterday.jobs import run_jobs
from quarterday.jobs.workers.cron import write_cron
from quarterday.jobs.workers.local_worker import LocalWorker
from quarterday.ports.job import list_jobs, make_worker
from tests.services.till import Shop


@pytest.mark.parametrize("every", sorted({job.every for job in list_jobs().values()}))
def test_every_job_ticks_as_often_as_it_should(every: timedelta) -> None:
    ticks = croniter(write_cron(every), datetime(2026, 3, 2, tzinfo=UTC))
    first, second = ticks.get_next(datetime), ticks.get_next(datetime)
    assert second - first == every


@pytest.mark.parametrize("seconds", [1, 7, 45, 59, 61, 400, 3601, 5 * 3600, 90_000, 10**6])
def test_odd_times_tick_more_often_never_less(seconds: int) -> None:
    ticks = croniter(write_cron(timedelta(seconds=seconds)), datetime(2026, 3, 2, tzinfo=UTC))
    times = [ticks.get_next(datetime) for _ in range(50)]
    gaps = {after - before for before, after in pairwise(times)}
    assert max(gaps) <= timedelta(seconds=max(seconds, 1))


class _Slow:
    name: ClassVar[str] = "slow"
    every: ClassVar[timedelta] = timedelta(seconds=1)
    is_recorded: ClassVar[bool] = False
    begun, may_end = threading.Event(), threading.Event()
    count = 0

    def run(self) -> Mapping[str, Any]:
        _Slow.count += 1
        self.begun.set()
        assert self.may_end.wait(60)
        return {"slow": 1}


class _Quick:
    name: ClassVar[str] = "quick"
    every: ClassVar[timedelta] = timedelta(microseconds=1)
    is_recorded: ClassVar[bool] = False
    done = threading.Semaphore(0)

    def run(self) -> Mapping[str, Any]:
        self.done.release()
        return {}


def test_a_slow_job_keeps_no_other(open_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = {"slow": _Slow(), "quick": _Quick()}
    monkeypatch.setattr(run_jobs, "list_jobs", lambda: jobs)
    said: list[str] = []
    worker = LocalWorker(
        only=list(jobs),
        at_once=2,
        patience=timedelta(seconds=9),
        tell=lambda name, found: said.append(name),
    )
    try:
        worker.begin_due()
        assert _Slow.begun.wait(60)
        for _ in range(2):
            # It is due once a second.
            while not _Quick.done.acquire(timeout=0.1):
                worker.begin_due()
            worker.running["quick"].result(60)
        assert _Slow.count == 1, "it is not begun again while it runs"
        assert said == []
    finally:
        _Slow.may_end.set()
        worker.pool.shutdown()
    assert said == ["slow"]


def test_unknown_jobs_are_refused() -> None:
    with pytest.raises(BillingError, match="nonsense"):
        make_worker(
            is_shared=False,
            only=["nonsense"],
            at_once=1,
            patience=timedelta(seconds=9),
            tell=lambda name, found: None,
        )
