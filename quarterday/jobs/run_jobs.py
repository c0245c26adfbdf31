"""The scheduler: looks at the clock, and runs what is due.

It keeps nothing but when it last looked. What is due stands in the tables, so a scheduler that
dies loses nothing, and any number of them may run.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from quarterday.ports.clock import read_now
from quarterday.ports.job import Job, list_jobs
from quarterday.services.jobs.take_slot import finish_slot, leave_slot, take_slot

_log = logging.getLogger(__name__)
_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
# After a failure a job is left alone for a while, however often it is due.
_REST = timedelta(minutes=1)


class JobScheduler:
    """Runs jobs when their slots come."""

    def __init__(self, only: Collection[str] = ()) -> None:
        self.only = set(only) or set(list_jobs())
        self.last: dict[str, str] = {}
        self.resting: dict[str, datetime] = {}

    def run_due(self) -> Mapping[str, Mapping[str, Any]]:
        """Run each job whose slot has come; what those said that did anything."""
        said = {}
        for job in list_jobs().values():
            if job.name not in self.only:
                continue
            slot = name_slot(job.every, read_now())
            if self.last.get(job.name) == slot or self.resting.get(job.name, _BEGIN) > read_now():
                continue
            try:
                found = _run(job, slot)
            except Exception:
                # One job that fails must not keep the others; it is tried again.
                _log.exception("job %s failed", job.name)
                self.resting[job.name] = read_now() + _REST
                continue
            self.last[job.name] = slot
            if found:
                said[job.name] = found
        return said


def name_slot(every: timedelta, now: datetime) -> str:
    """The slot of time that an instant lies in, by its beginning."""
    begin = _BEGIN + (now - _BEGIN) // every * every
    return f"{begin:%Y-%m-%d}" if every == timedelta(days=1) else f"{begin:%Y-%m-%dT%H:%M:%SZ}"


def _run(job: Job, slot: str) -> Mapping[str, Any]:
    if not job.is_recorded:
        return job.run()
    run = take_slot(job=job.name, slot=slot, now=read_now())
    if run is None:
        return {}
    try:
        found = job.run()
    except BaseException:
        leave_slot(run)
        raise
    finish_slot(run, now=read_now(), summary=found)
    return found
