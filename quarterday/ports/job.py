"""Jobs: work that is done again and again by itself. A new job is a new file in ``jobs/``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import cache
from importlib import import_module
from typing import Any, ClassVar, Protocol, cast

from quarterday.core.errors import BillingError
from quarterday.ports.discover import discover


class Job(Protocol):
    """Work that is due every so often.

    ``every`` divides time into slots. One that ``is_recorded`` runs once in each slot, whatever
    number of workers there are, and what it did is kept; the others look for work in the tables
    themselves, claim it row by row, and may run at once. One that also says ``is_spread = True`` is
    done by every worker at the same time, since it takes only what no other has claimed.
    """

    name: ClassVar[str]
    every: ClassVar[timedelta]
    is_recorded: ClassVar[bool]

    def run(self) -> Mapping[str, Any]:
        """Do what is due; a word or number for each thing worth telling."""


def is_spread(job: Job) -> bool:
    """Whether every worker does a job, beside the others that do."""
    return bool(getattr(job, "is_spread", False))


Tell = Callable[[str, Mapping[str, Any]], None]


class Scheduler(Protocol):
    """What runs jobs when their time has come."""

    def run_due(self) -> Mapping[str, Mapping[str, Any]]:
        """Run each job whose slot has come; what those said that did anything."""


class Worker(Protocol):
    """What runs jobs until it is told to stop, each at its time and none waiting for another."""

    def run(self) -> None:
        """Work until SIGTERM or Ctrl-C; what was begun is finished."""


class DailyJob(Job, Protocol):
    """The daily cycle, which can also be done by hand."""

    def run_days(self, *, early: bool) -> Mapping[str, Any]:
        """Do what can be done of the open days; with ``early``, before its hour too."""


@cache
def list_jobs() -> Mapping[str, Job]:
    """All jobs by name."""
    found = {}
    for value in discover("jobs"):
        if isinstance(value, type) and {"every", "is_recorded", "run"} <= vars(value).keys():
            job = cast(Job, value())
            found[job.name] = job
    return found


def make_scheduler(only: Collection[str] = ()) -> Scheduler:
    """The scheduler, of all jobs or only of the named ones; raises `BillingError` for others."""
    _check_known(only)
    return cast(Scheduler, import_module("quarterday.jobs.run_jobs").JobScheduler(only))


def find_cycle() -> DailyJob:
    """The daily cycle."""
    return cast(DailyJob, list_jobs()["daily_cycle"])


def make_worker(
    *, is_shared: bool, only: Collection[str], at_once: int, patience: timedelta, tell: Tell
) -> Worker:
    """A worker for all jobs or the named ones, doing so many at once.

    One that ``is_shared`` shares the work with any number of others, by way of PostgreSQL, and
    takes over from those that gave no sign of life for as long as ``patience``. ``tell`` hears
    what each job did. Raises `BillingError` for jobs that there are not.
    """
    _check_known(only)
    name = "shared_worker.SharedWorker" if is_shared else "local_worker.LocalWorker"
    module, _, kind = name.partition(".")
    make = getattr(import_module(f"quarterday.jobs.workers.{module}"), kind)
    chosen = sorted(only or list_jobs())
    return cast(Worker, make(only=chosen, at_once=at_once, patience=patience, tell=tell))


def _check_known(only: Collection[str]) -> None:
    if unknown := sorted(set(only) - set(list_jobs())):
        known = ", ".join(sorted(list_jobs()))
        raise BillingError(f"there is no job {unknown[0]!r}; there are {known}")
