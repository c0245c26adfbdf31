"""Work: a worker that lives, days that end well, alerts, and backups that are young."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings

from quarterday.core.errors import BillingError
from quarterday.services.backup.archive import list_backups
from quarterday.services.backup.postgresql_dump import find_program
from quarterday.services.doctor.finding import Finding, Visit, bad, ok, warn
from quarterday.store.bulk import is_postgresql
from quarterday.store.models import Alert, WorkStatus
from quarterday.store.queries.signs import SILENT_AFTER, read_signs

_YOUNG, _OLD = timedelta(days=2), timedelta(days=7)
_SHOWN = 5


def check_work(visit: Visit) -> Iterator[Finding]:
    """Whether what is due gets done."""
    signs = read_signs(visit.now)
    if signs.beat_age is None:
        yield warn("worker", "no worker was ever at work", "quarterday serve, or quarterday work")
    elif signs.beat_age > SILENT_AFTER:
        minutes = int(signs.beat_age.total_seconds() // 60)
        text = f"no worker gave a sign of life for {minutes} minutes (last: {signs.worker})"
        yield bad("worker", text, "start it: quarterday serve, or quarterday work")
    else:
        yield ok("worker", f"a worker is at work ({signs.worker})")
    cycle = signs.cycle
    if cycle is None:
        yield warn("daily cycle", "no day was worked through yet", "quarterday cycle run")
    elif cycle.status in (WorkStatus.FAILED, WorkStatus.STOPPED):
        yield bad("daily cycle", f"that of {cycle.day} {cycle.status}", "quarterday cycle show")
    elif visit.now.date() - cycle.day > timedelta(days=1):
        yield bad("daily cycle", f"the last one was on {cycle.day}", "quarterday cycle run")
    else:
        yield ok("daily cycle", f"that of {cycle.day} is {cycle.status}")
    alerts = Alert.objects.filter(resolved_at__isnull=True).order_by("-id")
    for alert in alerts[:_SHOWN]:
        yield bad("alerts", alert.text, "see: quarterday alerts list")
    yield _check_backups(visit)


def _check_backups(visit: Visit) -> Finding:
    folder = settings.BACKUP_DIR
    if folder is None:
        return warn(
            "backups",
            "none are made by itself",
            "set QUARTERDAY_BACKUP_DIR, or call quarterday backup from elsewhere",
        )
    there = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        return bad(
            "backups",
            f"{folder} cannot be written, or made",
            "make the folder and give the user of the worker the right, or mend "
            "QUARTERDAY_BACKUP_DIR",
        )
    if is_postgresql():
        try:
            find_program("pg_dump")
        except BillingError as error:
            text, _, remedy = str(error).partition("; ")
            return bad("backups", text, remedy)
    made = list_backups(folder)
    if not made:
        return warn("backups", f"there is none in {folder}", "quarterday backup")
    age = visit.now - made[-1][0]
    text = f"the last one is of {made[-1][0]:%Y-%m-%d %H:%M} UTC, {len(made)} are kept"
    if age > _OLD:
        return bad("backups", text, "see why the job back_up fails: quarterday alerts list")
    return ok("backups", text) if age < _YOUNG else warn("backups", text, "quarterday backup")
