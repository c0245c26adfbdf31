"""Jobs that fail: the staff hears of it when it lasts, and again when it is over."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta

from django.db import DatabaseError

from quarterday.ports.clock import read_now
from quarterday.ports.job import Job
from quarterday.services.alerts.raise_alert import raise_alert
from quarterday.services.alerts.resolve_alert import resolve_alert

_log = logging.getLogger(__name__)
# A job that runs all the time may stumble; one that runs seldom may not.
_SELDOM, _IN_A_ROW = timedelta(hours=1), 3


class FailureNotes:
    """What one worker knows of jobs that failed; others may have resolved or raised the same."""

    def __init__(self) -> None:
        self.failed: Counter[str] = Counter()
        self.sound: set[str] = set()

    def note_failure(self, job: Job, error: Exception) -> None:
        """A job raised an error."""
        self.failed[job.name] += 1
        self.sound.discard(job.name)
        if job.every < _SELDOM and self.failed[job.name] < _IN_A_ROW:
            return
        text = f"The job {job.name} fails: {type(error).__name__}: {error}"
        try:
            raise_alert(key=f"job {job.name}", kind="job", text=text, now=read_now())
        except DatabaseError:
            # What keeps the job from running may keep the alert too; the log has both.
            _log.exception("no alert of the job %s could be raised", job.name)

    def note_success(self, job: Job) -> None:
        """A job did what it should; asked once for each time that it is sound again."""
        if job.name not in self.sound:
            resolve_alert(key=f"job {job.name}", now=read_now())
            self.sound.add(job.name)
            del self.failed[job.name]
