"""Have a cycle for oneself while working at it; whoever dies loses it."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from quarterday.services.errors import Conflict
from quarterday.store.models import Cycle, WorkStatus

# Without a sign of life for so long, a worker of another machine counts as dead.
LEASE = timedelta(minutes=5)


def claim_cycle(cycle: Cycle, *, worker: str, now: datetime) -> bool:
    """Take a cycle that is not finished and that nobody else is at; whether it is ours now.

    ``worker`` is ``host:pid``; one of this machine whose process is gone is succeeded at once.
    """
    free = Q(worker="") | Q(worker=worker) | Q(heartbeat_at__lt=now - LEASE)
    if _is_gone(cycle.worker):
        free |= Q(worker=cycle.worker)
    open_ones = Cycle.objects.filter(
        id=cycle.id, status__in=[WorkStatus.WAITING, WorkStatus.RUNNING]
    )
    taken = open_ones.filter(free).update(
        worker=worker, heartbeat_at=now, status=WorkStatus.RUNNING
    )
    if taken:
        open_ones.filter(started_at__isnull=True).update(started_at=now)
        cycle.refresh_from_db()
    return bool(taken)


def move_heartbeat(cycle: Cycle, *, worker: str, now: datetime) -> None:
    """Show that the worker lives; raises `Conflict` when another has taken over.

    Within a transaction it locks the cycle, so that what is written with it is written by its
    holder alone.
    """
    held = Cycle.objects.filter(id=cycle.id, worker=worker, status=WorkStatus.RUNNING)
    if not held.update(heartbeat_at=now):
        raise Conflict(f"the cycle of {cycle.day} was taken over by another worker")


def leave_cycle(cycle: Cycle, *, worker: str, now: datetime) -> None:
    """Let anybody go on with a cycle later: the time of its next step has not come."""
    with transaction.atomic():
        move_heartbeat(cycle, worker=worker, now=now)
        Cycle.objects.filter(id=cycle.id, worker=worker).update(worker="")


def name_worker() -> str:
    """This process, for people and for those who look whether it lives: its machine and number."""
    return f"{socket.gethostname()}:{os.getpid()}"[-100:]


def _is_gone(worker: str) -> bool:
    """Whether a worker was a process of this machine that there is no more."""
    host, _, number = worker.rpartition(":")
    if host != socket.gethostname() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
