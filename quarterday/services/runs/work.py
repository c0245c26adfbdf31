"""A run that is being worked at: its heartbeat, its progress, and who may go on with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from quarterday.core.period import local_date
from quarterday.store.models import ScheduledRun, WorkStatus

Clock = Callable[[], datetime]
MOST_ERRORS = 200


class RunLost(Exception):  # noqa: N818 - a fact, not a fault
    """The run was stopped, or another worker has taken it over; leave it alone."""


class RunWork:
    """One worker's hold on a run. ``clock`` is asked for each heartbeat."""

    def __init__(self, run: ScheduledRun, clock: Clock) -> None:
        self.run, self.clock = run, clock
        self.done, self.total = run.done, run.total
        self.summary: dict[str, Any] = dict(run.summary)

    @property
    def today(self) -> date:
        """The day where the seller is."""
        return local_date(self.clock(), self.run.seller.time_zone)

    def beat(self, done: int, summary: Mapping[str, Any]) -> None:
        """Write down how far it is, in the transaction of the work itself.

        Raises `RunLost`, which undoes that work, when the run is no longer ours. `keep` takes the
        figures over once the transaction stands.
        """
        rows = ScheduledRun.objects.filter(
            id=self.run.id, claim=self.run.claim, status=WorkStatus.RUNNING
        )
        changed = rows.update(
            heartbeat_at=self.clock(),
            done=done,
            total=max(self.total, done),
            summary=dict(summary),
        )
        if changed != 1:
            raise RunLost
        self._next = done, dict(summary)

    def keep(self) -> None:
        """The transaction of the last `beat` stands."""
        self.done, self.summary = self._next

    @staticmethod
    def note_error(summary: dict[str, Any], name: str, reason: str) -> None:
        """Add what could not be done to a summary: the first ones by name, all of them by count.

        Who goes on with a run of somebody who died meets some of them again.
        """
        known, one = list(summary.get("errors", ())), [name, reason[:300]]
        if one in known:
            return
        summary["failed"] = summary.get("failed", 0) + 1
        summary["errors"] = [*known, one][:MOST_ERRORS]


def add_counts(
    summary: Mapping[str, Any], counts: Mapping[str, int], sums: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    """A summary with counts, and sums by currency in minor units, added to it.

    >>> add_counts({"invoices": 2}, {"invoices": 1}, {"invoiced": {"EUR": 500}})
    {'invoices': 3, 'invoiced': {'EUR': 500}}
    """
    found = dict(summary)
    for name, count in counts.items():
        found[name] = found.get(name, 0) + count
    for name, amounts in sums.items():
        had = dict(found.get(name, {}))
        for code, minor in amounts.items():
            had[code] = had.get(code, 0) + minor
        found[name] = had
    return found
