"""The work of each day as one line of steps: usage to check, seen by everybody, done once.

Every seller goes through the steps on its own day; the check of the books comes when all are
through. Whoever works at a cycle shows that it lives; when it dies, another goes on at the step
where it died. A step that fails is tried again a little later, and keeps neither the next steps
nor other sellers.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection

from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.jobs.cycle_check import CHECK, prove_books
from quarterday.jobs.cycle_steps import STEPS, Step
from quarterday.ports.clock import read_now
from quarterday.services.alerts.raise_alert import raise_alert
from quarterday.services.alerts.resolve_alert import resolve_alert
from quarterday.services.cycle.begin_cycle import begin_cycle
from quarterday.services.cycle.claim_cycle import (
    claim_cycle,
    leave_cycle,
    move_heartbeat,
    name_worker,
)
from quarterday.services.cycle.finish_cycle import finish_cycle
from quarterday.services.cycle.reopen_cycle import reopen_cycle
from quarterday.services.cycle.write_step import begin_step, end_step, note_failed, note_part
from quarterday.services.errors import Conflict
from quarterday.store.models import Cycle, CycleStep, Seller, WorkStatus

_log = logging.getLogger(__name__)
NAMES = (*(step.name for step in STEPS), CHECK)
_BEAT_SECONDS = 30
_FIRST_REST, _LONGEST_REST = timedelta(minutes=1), timedelta(hours=1)
# A step that has not come to an end so long after its hour is late.
LATE_AFTER = timedelta(hours=3)


class DailyCycle:
    """Looks every minute which steps of which day can be done."""

    name: ClassVar[str] = "daily_cycle"
    every: ClassVar[timedelta] = timedelta(minutes=1)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Do the steps whose hour has come; how each cycle stands that was worked at."""
        return self.run_days(early=False)

    def run_days(self, *, early: bool) -> dict[str, Any]:
        """Do the steps of the days that it is where sellers are; with ``early``, all at once."""
        sellers = list(Seller.objects.select_related("brand").order_by("id"))
        now, found = read_now(), {}
        for day in sorted({local_date(now, one.time_zone) for one in sellers}):
            cycle = begin_cycle(day=day, steps=NAMES)
            if cycle.finished_at is not None:
                here = [one.code for one in sellers if local_date(now, one.time_zone) == day]
                reopen_cycle(cycle=cycle, parts=here)
        open_ones = Cycle.objects.filter(status__in=[WorkStatus.WAITING, WorkStatus.RUNNING])
        for cycle in open_ones.order_by("day") if sellers else ():
            work = _Work(cycle, sellers, early)
            if claim_cycle(cycle, worker=work.worker, now=now) and (said := work.go_on()):
                found[cycle.day.isoformat()] = said
        return found


class _Work:
    """What one worker does for a cycle at one go."""

    def __init__(self, cycle: Cycle, sellers: Sequence[Seller], early: bool) -> None:
        self.cycle, self.sellers, self.early = cycle, sellers, early
        self.worker, self.did = name_worker(), 0

    def go_on(self) -> str:
        """Do what can be done now; how the cycle stands, nothing when there was nothing to do."""
        try:
            with self._beating():
                self._note_late()
                over = [self._do_step(step) for step in STEPS]
                if all(over) and self._check():
                    return self._finish()
        except Conflict as error:
            _log.warning("%s", error)
            return "taken over"
        leave_cycle(self.cycle, worker=self.worker, now=read_now())
        return "under way" if self.did else ""

    def _do_step(self, step: Step) -> bool:
        """Do a step for every seller whose hour has come; whether it is over for all of them."""
        row = CycleStep.objects.select_related("cycle").get(cycle=self.cycle, name=step.name)
        if row.status in (WorkStatus.DONE, WorkStatus.FAILED, WorkStatus.STOPPED):
            return True
        states = [self._do_part(step, row, seller) for seller in self.sellers]
        if not all(states):
            return False
        lost = row.summary.get("failed") or row.summary.get("passed")
        status = WorkStatus.FAILED if lost else WorkStatus.DONE
        end_step(row, status, worker=self.worker, now=read_now())
        return True

    def _do_part(self, step: Step, row: CycleStep, seller: Seller) -> bool:
        """Do a step for one seller, if it is to be done now; whether it is over for that one."""
        if seller.code in row.summary.get("parts", {}):
            return True
        now = read_now()
        local = now.astimezone(ZoneInfo(seller.time_zone))
        if local.date() > self.cycle.day:
            # The cycle of the next day catches up what this one did not do.
            if self._was_here(seller):
                row.summary = {**row.summary, "passed": True}
            return True
        hour = 0 if self.early else step.hour
        if local.date() < self.cycle.day or local.hour < hour or _rests(row, seller.code, now):
            return False
        self._begin(row)
        begun = time.monotonic()
        try:
            said = step.do(seller, self.cycle.day, now)
        except Exception as error:
            self._fail(row, seller.code, error)
            return False
        facts = {**said, "seconds": round(time.monotonic() - begun, 2)}
        note_part(row, seller.code, facts, worker=self.worker, now=read_now())
        resolve_alert(key=f"cycle {step.name} {seller.code}", now=read_now())
        return True

    def _was_here(self, seller: Seller) -> bool:
        """Whether a seller was worked for by then; a day that was over when it came is not lost."""
        rows = CycleStep.objects.filter(cycle__day__lte=self.cycle.day, name=NAMES[0])
        return any(
            seller.code in one.summary.get("parts", {}) for one in rows.order_by("-cycle__day")[:2]
        )

    def _begin(self, row: CycleStep) -> None:
        if row.status != WorkStatus.RUNNING or not self.did:
            begin_step(row, worker=self.worker, now=read_now())
        self.did += 1

    def _fail(self, row: CycleStep, part: str, error: Exception) -> None:
        """Write a failure down, tell of it, and try again a little later each time."""
        now, text = read_now(), f"{type(error).__name__}: {error}"
        if isinstance(error, Conflict):
            raise error
        if not isinstance(error, BillingError):
            _log.exception("step %s of %s failed for %s", row.name, self.cycle.day, part)
        tries = row.summary.get("failed", {}).get(part, {}).get("tries", 0)
        rest = min(_FIRST_REST * 2 ** min(tries, 10), _LONGEST_REST)
        note_failed(row, part, text, again_at=now + rest, worker=self.worker, now=now)
        raise_alert(
            key=f"cycle {row.name} {part}",
            kind="cycle",
            text=f"The step {row.name} of {self.cycle.day} fails for {part}: {text}",
            now=now,
            data={"day": self.cycle.day.isoformat(), "step": row.name},
        )

    def _check(self) -> bool:
        """Prove the books, once all sellers are through; whether that could be done."""
        row = CycleStep.objects.select_related("cycle").get(cycle=self.cycle, name=CHECK)
        if row.status == WorkStatus.DONE:
            return True
        if _rests(row, CHECK, read_now()):
            return False
        self._begin(row)
        begun = time.monotonic()
        try:
            said = prove_books(now=read_now())
        except Exception as error:
            self._fail(row, CHECK, error)
            return False
        now = read_now()
        facts = {**said, "seconds": round(time.monotonic() - begun, 2)}
        note_part(row, CHECK, facts, worker=self.worker, now=now)
        end_step(row, WorkStatus.DONE, worker=self.worker, now=now)
        resolve_alert(key=f"cycle {CHECK} {CHECK}", now=now)
        return True

    def _finish(self) -> str:
        now = read_now()
        status = finish_cycle(self.cycle, worker=self.worker, now=now)
        resolve_alert(key=f"late {self.cycle.day}", now=now)
        return str(status)

    def _note_late(self) -> None:
        """Tell when a step should long have been over; not on the first day of an installation."""
        first = Cycle.objects.order_by("day").values_list("day", flat=True).first()
        now = read_now()
        begin = max(_begin_of(self.cycle.day, seller) for seller in self.sellers)
        last = max(step.hour for step in STEPS)
        if self.cycle.day != first and now > begin + timedelta(hours=last) + LATE_AFTER:
            text = f"The daily cycle of {self.cycle.day} is late: see `quarterday cycle show`"
            raise_alert(key=f"late {self.cycle.day}", kind="late", text=text, now=now)

    @contextmanager
    def _beating(self) -> Iterator[None]:
        """Move the heartbeat from beside, however long a step takes."""
        over = threading.Event()
        beat = threading.Thread(target=self._beat, args=(over,), daemon=True)
        beat.start()
        try:
            yield
        finally:
            over.set()
            beat.join()

    def _beat(self, over: threading.Event) -> None:
        while not over.wait(_BEAT_SECONDS):
            try:
                move_heartbeat(self.cycle, worker=self.worker, now=read_now())
            except (Conflict, DatabaseError) as error:
                _log.warning("no heartbeat: %s", error)
            finally:
                connection.close()


def _begin_of(day: date, seller: Seller) -> datetime:
    local = datetime.combine(day, datetime.min.time(), ZoneInfo(seller.time_zone))
    return local.astimezone(UTC)


def _rests(row: CycleStep, part: str, now: datetime) -> bool:
    """Whether a part failed lately and is left alone for a while."""
    failed = row.summary.get("failed", {}).get(part)
    return failed is not None and now < datetime.fromisoformat(failed["again_at"])
