"""Work that is seen: the daily cycle and its steps, runs that were ordered, and alerts."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField, minor_field
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.seller import Seller


class WorkStatus(StrEnum):
    """``stopped`` was given up by people; a ``running`` one whose heartbeat is old has died."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class Cycle(Row):
    """The work of one day: usage, run, credit, collecting, dunning, delivery, reconciling, check.

    Whoever works at it moves ``heartbeat_at``; another may take over when that is old. ``worker``
    names the process for people.
    """

    day = models.DateField(unique=True)
    status = models.CharField(max_length=8, default=WorkStatus.WAITING)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints = (one_of("status", WorkStatus, "cycle_status"),)


class CycleStep(Row):
    """One step of a day. It may be begun again after a crash: every step can be repeated."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="steps")
    name = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=8, default=WorkStatus.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    summary = DataField(default=dict)
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            one_of("status", WorkStatus, "cycle_step_status"),
            models.UniqueConstraint(fields=["cycle", "name"], name="cycle_step_once"),
        )


class RunKind(StrEnum):
    """What a run does: bills what is due; bills charges of its own; foresees what billing will do;
    or moves contracts from a price to another.
    """

    BILLING = "billing"
    CHARGES = "charges"
    PREVIEW = "preview"
    PRICES = "prices"


class ScheduledRun(Row):
    """A run that somebody ordered, for now or for a day. ``scope`` says which accounts and through
    which day. ``done`` of ``total`` accounts are finished; the heartbeat shows that it lives.
    ``claim`` counts who took it: a worker that was thought dead finds another number, and stops.
    """

    public_id = PublicIdField("run")
    seller = models.ForeignKey(
        Seller, models.PROTECT, related_name="scheduled_runs", db_index=False
    )
    kind = models.CharField(max_length=8, default=RunKind.BILLING)
    start_at = models.DateTimeField()
    scope = DataField(default=dict)
    status = models.CharField(max_length=8, default=WorkStatus.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    summary = DataField(default=dict)
    error = models.CharField(max_length=500, blank=True, default="")
    asked_at = models.DateTimeField()
    actor = models.CharField(max_length=100, default="system")
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    claim = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            one_of("status", WorkStatus, "scheduled_run_status"),
            one_of("kind", RunKind, "scheduled_run_kind"),
        )
        indexes = (
            models.Index(
                fields=["start_at"],
                name="scheduled_run_due",
                condition=models.Q(status__in=["waiting", "running"]),
            ),
            models.Index(fields=["seller", "kind", "-id"], name="scheduled_run_of_seller"),
        )


class RunForecast(Row):
    """What the run of a day was expected to make, kept to compare the next one with it."""

    seller = models.ForeignKey(Seller, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    made_at = models.DateTimeField()
    data = DataField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["seller", "day"], name="run_forecast_once"),)


class Foreseen(Row):
    """What a preview found for an account: what it is to be billed, beside what it was last time.

    ``change`` is new, gone, higher, lower, same or blocked (``reason`` says why); ``size_minor``
    is by how much it differs, without a sign, to find the unusual first.
    """

    run = models.ForeignKey(ScheduledRun, models.CASCADE, related_name="foreseen", db_index=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    documents = models.PositiveSmallIntegerField(default=1)
    total_minor = minor_field()
    last_minor = models.BigIntegerField(null=True)
    size_minor = minor_field()
    change = models.CharField(max_length=8)
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["run", "account"], name="foreseen_once"),)
        indexes = (
            models.Index(fields=["run", "-size_minor", "id"], name="foreseen_by_size"),
            models.Index(fields=["run", "-total_minor", "id"], name="foreseen_by_total"),
        )


class Alert(Row):
    """Something that the staff must hear of, told once when it begins and once when it is over."""

    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=32)
    text = models.CharField(max_length=500)
    raised_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_told_at = models.DateTimeField(null=True)
    data = DataField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(resolved_at__isnull=True),
                name="alert_open_once",
            ),
        )
