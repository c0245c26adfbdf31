"""One of any number of workers on PostgreSQL, by way of procrastinate.

Each job has a tick of its own, which any worker gives and PostgreSQL keeps once, and a lock, so
that of each job one runs at a time and ticks do not pile up behind it. A tick holds nothing: what
is due stands in the tables, so what failed is tried again by the next one. Where a worker dies,
its ticks are given again by those that live.

Jobs that every worker does need no ticks: each worker looks for itself, beside all others, so more
workers make them faster. What one has claimed no other takes, until the claim lapses.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import connections
from procrastinate import App, PsycopgConnector, exceptions
from procrastinate.contrib.django.utils import connector_params
from procrastinate.jobs import Job as Tick
from procrastinate.jobs import Status

from quarterday.jobs.note_failures import FailureNotes
from quarterday.jobs.run_jobs import Taken, name_slot, run_in_slot
from quarterday.jobs.workers.cron import write_cron
from quarterday.ports.clock import read_now
from quarterday.ports.job import Job, Tell, is_spread, list_jobs
from quarterday.services.jobs.take_slot import free_slots

_log = logging.getLogger(__name__)
# A tick that nobody could give for a while is given late, never left out.
_LATEST = timedelta(days=7)
# A slot is asked for so often until it is done, though it may be as long as a day.
_RETRY = timedelta(minutes=5)
# After a failure a job is left alone for a while, however often it ticks.
_REST = timedelta(minutes=1)


class SharedWorker:
    """Runs ticks until told to stop, several at once."""

    def __init__(
        self, *, only: Collection[str], at_once: int, patience: timedelta, tell: Tell
    ) -> None:
        self.jobs = [list_jobs()[name] for name in only]
        self.at_once = at_once
        self.patience = patience.total_seconds()
        self.tell = tell
        self.notes = FailureNotes()
        self.resting: dict[str, datetime] = {}
        self.spread = [job for job in self.jobs if is_spread(job)]
        self.app = self._make_app()

    def run(self) -> None:
        """Work until SIGTERM or Ctrl-C."""
        asyncio.run(self._work())

    def _make_app(self) -> App:
        # One connection listens, one beats, and the others fetch and acknowledge.
        connector = PsycopgConnector(kwargs=connector_params(), min_size=2, max_size=5)
        app = App(connector=connector, periodic_defaults={"max_delay": _LATEST.total_seconds()})
        for job in self.jobs:
            if job in self.spread:
                continue
            task = app.task(
                name=f"quarterday.{job.name}",
                queue=job.name,
                lock=job.name,
                queueing_lock=job.name,
            )(self._make_body(job))
            every = min(job.every, _RETRY) if job.is_recorded else job.every
            app.periodic(cron=write_cron(every))(task)
        return app

    def _make_body(self, job: Job) -> Callable[[int], None]:
        def body(timestamp: int) -> None:
            if (until := self.resting.get(job.name)) and read_now() < until:
                return
            try:
                found = run_in_slot(job, name_slot(job.every, read_now()))
                self.notes.note_success(job)
            except Taken:
                return
            except Exception as error:
                self.resting[job.name] = read_now() + _REST
                self.notes.note_failure(job, error)
                raise
            finally:
                connections.close_all()
            if found:
                self.tell(job.name, found)

        return body

    async def _work(self) -> None:
        threads = self.at_once + 2 + len(self.spread)
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads))
        stop = asyncio.Event()
        async with self.app.open_async():
            rescue = asyncio.create_task(self._rescue_again_and_again())
            spread = [asyncio.create_task(self._repeat(job, stop)) for job in self.spread]
            try:
                await self.app.run_worker_async(
                    queues=[job.name for job in self.jobs],
                    concurrency=self.at_once,
                    delete_jobs="always",
                    update_heartbeat_interval=self.patience / 4,
                    stalled_worker_timeout=self.patience,
                    fetch_job_polling_interval=2.0,
                )
            finally:
                rescue.cancel()
                stop.set()
                # What was begun is finished.
                await asyncio.gather(*spread)

    async def _repeat(self, job: Job, stop: asyncio.Event) -> None:
        """Do a job that every worker does, until told to stop."""
        body = self._make_body(job)
        while not stop.is_set():
            try:
                await asyncio.to_thread(body, 0)
            except Exception:
                _log.exception("job %s failed", job.name)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), job.every.total_seconds())

    async def _rescue_again_and_again(self) -> None:
        while True:
            try:
                await self._rescue()
            except exceptions.ConnectorException:
                _log.exception("the ticks of dead workers could not be looked for")
            await asyncio.sleep(self.patience / 3)

    async def _rescue(self) -> None:
        """Give the ticks of dead workers again."""
        manager = self.app.job_manager
        for tick in await manager.get_stalled_jobs(seconds_since_heartbeat=self.patience):
            _log.warning("a worker died at the job %s, which is begun again", tick.queue)
            await asyncio.to_thread(_free, tick.queue)
            try:
                await manager.retry_job(tick)
            except exceptions.ConnectorException:
                # The next tick waits already (only one may), or another worker was quicker.
                await self._drop(tick)

    async def _drop(self, tick: Tick) -> None:
        try:
            await self.app.job_manager.finish_job(tick, status=Status.FAILED, delete_job=True)
        except exceptions.ConnectorException:
            _log.info("the tick of %s was taken care of by another worker", tick.queue)


def _free(job: str) -> None:
    try:
        free_slots(job)
    finally:
        connections.close_all()
