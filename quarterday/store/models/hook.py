"""What other systems are told, and by which key they may ask."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.seller import Seller


class WebhookEndpoint(Row):
    """An address of another system. ``kinds`` are those that it is told; none is every kind.

    ``secret`` is sealed (`quarterday.core.sealing`) or names a variable (``env:NAME``).
    ``events_through`` is the last event that was looked at and can no longer be followed by an
    earlier one that is still being written.
    """

    public_id = PublicIdField("whe")
    seller = models.ForeignKey(Seller, models.CASCADE, null=True, related_name="webhook_endpoints")
    url = models.CharField(max_length=500)
    kinds = DataField(default=list)
    secret = models.CharField(max_length=500)
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    actor = models.CharField(max_length=100, default="system")
    failing_since = models.DateTimeField(null=True)
    events_through = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.url


class HookStatus(StrEnum):
    """``queued`` goes out at ``next_at``; ``failed`` was tried as often as is sensible."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class WebhookDelivery(Row):
    """One thing to tell one endpoint. Its public id is the ``webhook-id``, the same at each try;
    ``key`` names the occasion, so that each is queued once.
    """

    public_id = PublicIdField("whd")
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries")
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=48)
    key = models.CharField(max_length=160)
    payload = DataField(default=dict)
    status = models.CharField(max_length=8, default=HookStatus.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answer = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            one_of("status", HookStatus, "webhook_delivery_status"),
            models.UniqueConstraint(fields=["endpoint", "key"], name="webhook_delivery_once"),
        )
        indexes = (
            models.Index(
                fields=["next_at"], name="webhook_due", condition=models.Q(status="queued")
            ),
            models.Index(
                fields=["endpoint"], name="webhook_failed", condition=models.Q(status="failed")
            ),
        )


class ApiKey(Row):
    """A key by which another system may ask. Only its hash is kept; ``start`` tells keys apart."""

    public_id = PublicIdField("key")
    seller = models.ForeignKey(Seller, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    start = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = DataField(default=list)
    created_at = models.DateTimeField()
    actor = models.CharField(max_length=100, default="system")
    used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
