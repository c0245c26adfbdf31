"""The scheduler: looks at the clock, and runs what is due.

It keeps nothing but when it last looked. What is due stands in the tables, so a scheduler that
dies loses nothing, and any number of them may run.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from quarterday.jobs.note_failures import FailureNotes
from quarterday.ports.clock import read_now
from quarterday.ports.job import Job, list_jobs
from quarterday.services.jobs.take_slot import finish_slot, is_slot_done, leave_slot, take_slot

_log = logging.getLogger(__name__)
_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
# After a failure, or while another works at its slot, a job is left alone for a while.
_REST = timedelta(minutes=1)


class Taken(Exception):  # noqa: N818 - a fact, not a fault
    """Another worker has begun the slot and not finished it yet; it may have died."""


class JobScheduler:
    """Runs jobs when their slots come, one after the other."""

    def __init__(self, only: Collection[str] = ()) -> None:
        self.only = set(only) or set(list_jobs())
        self.last: dict[str, str] = {}
        self.resting: dict[str, datetime] = {}
        self.notes = FailureNotes()

    def list_due(self) -> Iterator[Job]:
        """The jobs whose slot has come, as the clock is when each is asked for."""
        for job in list_jobs().values():
            now = read_now()
            if (
                job.name in self.only
                and self.last.get(job.name) != name_slot(job.every, now)
                and self.resting.get(job.name, _BEGIN) <= now
            ):
                yield job

    def run_due(self) -> Mapping[str, Mapping[str, Any]]:
        """Run each job whose slot has come; what those said that did anything."""
        said = {}
        for job in self.list_due():
            if found := self.run(job):
                said[job.name] = found
        return said

    def run(self, job: Job) -> Mapping[str, Any]:
        """Run one job; what it said. One that fails must not keep the others: it is tried again."""
        slot = name_slot(job.every, read_now())
        try:
            found = run_in_slot(job, slot)
        except Taken:
            self.resting[job.name] = read_now() + _REST
            return {}
        except Exception as error:
            _log.exception("job %s failed", job.name)
            self.resting[job.name] = read_now() + _REST
            self.notes.note_failure(job, error)
            return {}
        self.last[job.name] = slot
        self.notes.note_success(job)
        return found


def name_slot(every: timedelta, now: datetime) -> str:
    """The slot of time that an instant lies in, by its beginning."""
    begin = _BEGIN + (now - _BEGIN) // every * every
    return f"{begin:%Y-%m-%d}" if every == timedelta(days=1) else f"{begin:%Y-%m-%dT%H:%M:%SZ}"


def run_in_slot(job: Job, slot: str) -> Mapping[str, Any]:
    """Run a job for a slot of time, one that is recorded at most once; what it said.

    Raises `Taken` while another worker is at it.
    """
    if not job.is_recorded:
        return job.run()
    run = take_slot(job=job.name, slot=slot, now=read_now())
    if run is None:
        if is_slot_done(job.name, slot):
            return {}
        raise Taken(job.name)
    try:
        found = job.run()
    except BaseException:
        leave_slot(run)
        raise
    finish_slot(run, now=read_now(), summary=found)
    return found
