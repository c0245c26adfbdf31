"""Reminding of what is unpaid: policies, where each invoice stands, holds, and tasks."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.invoice import Invoice
from quarterday.store.models.seller import Seller


class DunningPolicy(Row):
    """A seller's own policy; a change is a new version, and the newest one holds.

    ``steps`` is what `quarterday.core.dunning` reads. One with the code of a built-in policy
    replaces that.
    """

    public_id = PublicIdField("dpo")
    seller = models.ForeignKey(Seller, models.CASCADE, related_name="dunning_policies")
    code = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=200)
    steps = DataField(default=list)
    data = DataField(default=dict)
    saved_at = models.DateTimeField()
    actor = models.CharField(max_length=100, default="system")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["seller", "code", "version"], name="dunning_policy_version_once"
            ),
        )

    def __str__(self) -> str:
        return self.code


class DunningStatus(StrEnum):
    """``running`` looks at the invoice again at ``next_at``; ``paused`` has a hold or dispute and
    is looked at again when that may have ended; ``ended`` has nothing more to do.
    """

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class Dunning(Row):
    """Where one invoice stands. ``policy`` is chosen for this invoice alone, where it is set;
    ``version`` moves with every change, so that two workers never take a step each. It was first
    seen at ``started_at``; what was said before ``resumed_at``, when a pause ended or money went
    back, warns of nothing any more.
    """

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="dunning")
    account = models.ForeignKey(Account, models.PROTECT, related_name="dunnings")
    policy = models.CharField(max_length=64, blank=True, default="")
    status = models.CharField(max_length=8, default=DunningStatus.RUNNING)
    next_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (one_of("status", DunningStatus, "dunning_status"),)
        indexes = (
            models.Index(
                fields=["next_at", "account"],
                name="dunning_next",
                condition=models.Q(status__in=["running", "paused"]),
            ),
        )


class StepOutcome(StrEnum):
    """``passed`` was overtaken by a later step of its kind, or came before there was a policy."""

    DONE = "done"
    PASSED = "passed"
    FAILED = "failed"


class DunningStep(Row):
    """A step that was taken for an invoice, once; the row never changes.

    ``step`` is its key in the policy; one that is repeated has its number behind it (``fee:2``).
    ``planned_on`` is the day that the policy gave it. ``data`` says what came of it: the public id
    of the message, charge, hold or task, and why.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="dunning_steps")
    step = models.CharField(max_length=64)
    action = models.CharField(max_length=24)
    policy = models.CharField(max_length=64)
    policy_version = models.PositiveIntegerField(default=0)
    planned_on = models.DateField()
    taken_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, default=StepOutcome.DONE)
    data = DataField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["invoice", "step"], name="dunning_step_once"),
            one_of("outcome", StepOutcome, "dunning_step_outcome"),
        )


class HoldCause(StrEnum):
    """Why nothing is done: somebody promised to pay, money is on its way, or staff said so.

    Disputes pause by themselves and need no hold.
    """

    PROMISE = "promise"
    TRANSFER = "transfer"
    STAFF = "staff"


class DunningHold(Row):
    """A pause of dunning, of one invoice or a whole account, through ``until`` or until ended."""

    public_id = PublicIdField("hld")
    account = models.ForeignKey(Account, models.PROTECT, related_name="dunning_holds")
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, null=True, related_name="dunning_holds", db_index=False
    )
    cause = models.CharField(max_length=8)
    reason = models.CharField(max_length=200, blank=True, default="")
    until = models.DateField(null=True)
    created_at = models.DateTimeField()
    actor = models.CharField(max_length=100, default="system")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (one_of("cause", HoldCause, "dunning_hold_cause"),)
        indexes = (
            models.Index(
                fields=["account"],
                name="dunning_hold_open",
                condition=models.Q(ended_at__isnull=True),
            ),
        )


class TaskStatus(StrEnum):
    """What became of a task."""

    OPEN = "open"
    DONE = "done"
    DISMISSED = "dismissed"


class Task(Row):
    """Something for the staff to do. ``key`` names its occasion, so that it is opened once."""

    public_id = PublicIdField("tsk")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="tasks", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="tasks")
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, default="")
    subject = models.CharField(max_length=40, blank=True, default="")
    due_on = models.DateField(null=True)
    assigned_to = models.ForeignKey(
        "store.User", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    status = models.CharField(max_length=12, default=TaskStatus.OPEN)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "key"], name="task_key_once"),
            one_of("status", TaskStatus, "task_status"),
        )
        indexes = (
            models.Index(
                fields=["seller", "due_on"], name="task_open", condition=models.Q(status="open")
            ),
        )
