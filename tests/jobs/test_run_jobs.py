"""Jobs run when their slot has come, once in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.jobs.daily_cycle import DailyCycle
from quarterday.jobs.run_jobs import JobScheduler, name_slot
from quarterday.ports.job import list_jobs, make_scheduler
from quarterday.services.jobs.take_slot import finish_slot, leave_slot, take_slot
from quarterday.store.models import Invoice, JobRun
from tests.jobs.conftest import NOW, Move
from tests.services.till import Shop

HOUR = timedelta(hours=1)


def test_the_jobs_are_found() -> None:
    assert {"daily_cycle", "check_links", "deliver_messages"} <= set(list_jobs())


@pytest.mark.parametrize(
    ("every", "at", "slot"),
    [
        (timedelta(days=1), "2026-03-02T23:59:59+00:00", "2026-03-02"),
        (timedelta(minutes=5), "2026-03-02T12:07:00+00:00", "2026-03-02T12:05:00Z"),
    ],
)
def test_slots_divide_time(every: timedelta, at: str, slot: str) -> None:
    assert name_slot(every, datetime.fromisoformat(at)) == slot


def test_a_slot_is_taken_once(shop: Shop) -> None:
    run = take_slot(job="j", slot="s", now=NOW)
    assert run is not None
    assert take_slot(job="j", slot="s", now=NOW + HOUR) is None
    finish_slot(run, now=NOW, summary={"done": 1})
    assert take_slot(job="j", slot="s", now=NOW + 9 * HOUR) is None
    assert JobRun.objects.get().summary == {"done": 1}


def test_a_run_that_died_is_taken_over_and_one_that_failed_is_left(shop: Shop) -> None:
    assert take_slot(job="j", slot="s", now=NOW) is not None
    again = take_slot(job="j", slot="s", now=NOW + 3 * HOUR)
    assert again is not None
    assert take_slot(job="j", slot="s", now=NOW + 3 * HOUR) is None
    leave_slot(again)
    assert take_slot(job="j", slot="s", now=NOW + 4 * HOUR) is not None


def test_each_day_of_the_seller_is_billed_once(shop: Shop, clock: Move) -> None:
    shop.charge(10_00)
    assert DailyCycle().run() == {"2026-03-02": "done"}
    clock(HOUR)
    assert DailyCycle().run() == {}
    shop.charge(10_00)
    # Midnight in Berlin is 23:00 UTC.
    clock(timedelta(hours=9))
    assert DailyCycle().run() == {}
    assert Invoice.objects.count() == 1
    clock(timedelta(hours=11))
    assert DailyCycle().run() == {"2026-03-03": "under way"}
    assert Invoice.objects.count() == 2


def test_a_job_that_fails_keeps_no_others(
    shop: Shop, clock: Move, deliver: Callable[[], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: DailyCycle) -> dict[str, Any]:
        raise RuntimeError("no")

    monkeypatch.setattr(DailyCycle, "run", fail)
    shop.charge(10_00)
    said = JobScheduler().run_due()
    assert "daily_cycle" not in said
    assert "check_links" in said


@pytest.mark.django_db
def test_one_job_can_be_run_alone() -> None:
    scheduler = JobScheduler(["deliver_messages"])
    scheduler.run_due()
    assert set(scheduler.last) == {"deliver_messages"}


def test_an_unknown_job_is_refused_by_name() -> None:
    with pytest.raises(BillingError, match="there is no job 'nonsense'; there are back_up, "):
        make_scheduler(["nonsense"])
