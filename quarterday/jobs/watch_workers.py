"""Notice in the web server that no worker lives, and tell it without one.

A worker that is dead cannot say so. Each process of the web server looks once a minute at the
workers' last sign of life; whichever sees first that it is old raises the alert, once for all of
them, and mails and posts it itself.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from datetime import datetime, timedelta

from django.db import DatabaseError, connections

from quarterday.jobs.send_hooks import send_waiting
from quarterday.jobs.tell_alerts import TellAlerts
from quarterday.ports.clock import read_now
from quarterday.services.alerts.raise_alert import raise_alert
from quarterday.services.alerts.resolve_alert import resolve_alert
from quarterday.services.jobs.beat import BEAT, LAST
from quarterday.store.models import Alert, JobRun, Seller
from quarterday.store.queries.signs import SILENT_AFTER

_log = logging.getLogger(__name__)
_KEY, _MOST = "workers", 50
# A worker that is started together with this process has that long to give its first sign.
EVERY = timedelta(minutes=1)


def start_watching() -> threading.Thread:
    """Look again and again, on a thread that ends with the process."""
    thread = threading.Thread(target=_watch, name="watch-workers", daemon=True)
    thread.start()
    return thread


def _watch() -> None:
    pause = threading.Event()
    while not pause.wait(EVERY.total_seconds()):
        try:
            look(read_now())
        except DatabaseError as error:
            # It has no tables yet, or is down, which `/healthz` says; there is nothing to keep
            # here who was told.
            _log.warning("it cannot be seen whether a worker lives: %s", error)
        except Exception:
            _log.exception("it cannot be told whether a worker lives")
        finally:
            connections.close_all()


def look(now: datetime) -> None:
    """Raise the alert and tell it when no worker lives, and resolve it when one does again."""
    last = JobRun.objects.filter(job=BEAT, slot=LAST).values_list("finished_at", flat=True).first()
    if last is not None and now - last < SILENT_AFTER:
        if Alert.objects.filter(key=_KEY, resolved_at__isnull=True).exists():
            resolve_alert(key=_KEY, now=now)
        return
    if not Seller.objects.exists():
        return
    since = "was ever seen" if last is None else f"was seen since {last:%Y-%m-%d %H:%M} UTC"
    text = f"No worker {since}: nothing is billed, collected or sent. Start quarterday work."
    raise_alert(key=_KEY, kind="worker", text=text, now=now)
    # Whatever else waits to be told waits for a worker, too.
    TellAlerts().run()
    send_waiting(Counter(), most=_MOST, kind="alert.")
