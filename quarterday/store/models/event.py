"""What happened, what was asked for once, and what ran."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.seller import Seller


class Event(Row):
    """A fact, for the audit log and outgoing webhooks; written with what it tells about."""

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="+", db_index=False)
    account_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=48)
    subject = models.CharField(max_length=40)
    actor = models.CharField(max_length=100, default="system")
    at = models.DateTimeField()
    data = models.TextField(default="{}")

    class Meta:
        indexes = (
            models.Index(fields=["account_id"], name="event_of_account"),
            # What people did; what the system does by itself is far more, and nobody's doing.
            models.Index(
                fields=["actor", "id"],
                name="event_of_person",
                condition=~models.Q(actor__in=["system", "billing run"]),
            ),
        )


class IdempotencyKey(Row):
    """What a caller asked for under a key, and the answer it got; asking again changes nothing."""

    caller = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    input_hash = models.CharField(max_length=64)
    answer = DataField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["caller", "key"], name="idempotency_key_once"),
        )


class JobRun(Row):
    """One run of a job for one slot of time, at most once."""

    job = models.CharField(max_length=64)
    slot = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    summary = DataField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["job", "slot"], name="job_slot_once"),)


class GatewayEventStatus(StrEnum):
    """``received`` is to be processed; ``unmatched`` is about nothing that we know, and stands in
    the inbox; ``ignored`` was said by staff; ``failed`` is tried again at ``next_at``.
    """

    RECEIVED = "received"
    PROCESSED = "processed"
    UNMATCHED = "unmatched"
    FAILED = "failed"
    IGNORED = "ignored"


class GatewayEvent(Row):
    """A message from a gateway, stored as it came, once, and processed afterwards.

    ``news`` is what it says as data. ``source`` is ``hook``, or ``sweep`` where the gateway was
    asked.
    """

    public_id = PublicIdField("gev")
    seller = models.ForeignKey(Seller, models.PROTECT, null=True, related_name="+", db_index=False)
    gateway = models.CharField(max_length=32)
    event_id = models.CharField(max_length=200)
    source = models.CharField(max_length=8, default="hook")
    kind = models.CharField(max_length=64, blank=True, default="")
    status = models.CharField(max_length=12, default=GatewayEventStatus.RECEIVED)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True, default="")
    news = DataField(default=dict)
    body = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["gateway", "event_id"], name="gateway_event_once"),
            one_of("status", GatewayEventStatus, "gateway_event_status"),
        )
        indexes = (
            models.Index(
                fields=["status", "received_at"],
                name="gateway_event_open",
                condition=models.Q(status__in=["received", "failed", "unmatched"]),
            ),
        )
