"""Work at a run until it is over, has been stopped, or somebody else has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from quarterday.core.errors import BillingError
from quarterday.services.runs.claim_run import claim_run, finish_run
from quarterday.services.runs.foresee import foresee
from quarterday.services.runs.move_prices import move_prices
from quarterday.services.runs.run_charges import run_charges
from quarterday.services.runs.run_due import run_due
from quarterday.services.runs.work import Clock, RunLost, RunWork
from quarterday.store.models import RunKind, ScheduledRun

_WORK: Mapping[str, Callable[[RunWork], None]] = {
    RunKind.BILLING: run_due,
    RunKind.CHARGES: run_charges,
    RunKind.PREVIEW: foresee,
    RunKind.PRICES: move_prices,
}

_MOST_CLAIMS = 10


def work_at(clock: Clock, only: ScheduledRun | None = None) -> ScheduledRun | None:
    """Do the next run that is due, or ``only`` this one; None when there is none.

    It can die anywhere: what a batch did stands together with the progress that says so, and the
    next worker goes on from there. What a rule forbids ends the run as failed, with the reason.
    """
    run = claim_run(now=clock(), only=only)
    if run is None:
        return None
    error = ""
    try:
        if run.claim > _MOST_CLAIMS:
            raise BillingError("its worker died again and again; see the log, then order it anew")
        _WORK[run.kind](RunWork(run, clock))
    except RunLost:
        return run
    except BillingError as refused:
        error = str(refused)
    finish_run(run, now=clock(), error=error)
    return run
