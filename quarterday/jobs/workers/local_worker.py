"""The only worker of an installation: each job on a thread of its own."""

from __future__ import annotations

import signal
import threading
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

from django.db import connections

from quarterday.jobs.run_jobs import JobScheduler
from quarterday.ports.job import Job, Tell

_TICK = 1.0


class LocalWorker:
    """Runs each job when its slot comes, beside the others: a slow one holds up none."""

    def __init__(
        self, *, only: Collection[str], at_once: int, patience: timedelta, tell: Tell
    ) -> None:
        self.scheduler = JobScheduler(only)
        self.pool = ThreadPoolExecutor(at_once, "job")
        self.tell = tell
        self.stop = threading.Event()
        self.running: dict[str, Future[None]] = {}

    def run(self) -> None:
        """Work until told to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        while not self.stop.is_set():
            self.begin_due()
            self.stop.wait(_TICK)
        self.pool.shutdown()

    def begin_due(self) -> None:
        """Hand each job whose slot has come to the pool, unless it is at work still."""
        for job in self.scheduler.list_due():
            before = self.running.get(job.name)
            if before is None or before.done():
                self.running[job.name] = self.pool.submit(self._run, job)

    def _run(self, job: Job) -> None:
        if self.stop.is_set():
            return
        try:
            if found := self.scheduler.run(job):
                self.tell(job.name, found)
        finally:
            # The thread may not be needed again for long.
            connections.close_all()
