"""Who was asked to join an account, and how often somebody tried something."""

from __future__ import annotations

from django.db import models

from quarterday.store.fields import PublicIdField
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row
from quarterday.store.models.user import User


class Invitation(Row):
    """Somebody is asked by mail to act for an account in a role."""

    public_id = PublicIdField("ivt")
    account = models.ForeignKey(Account, models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=16)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "billing", "technical", "read_only"]),
                name="invitation_role",
            ),
            models.UniqueConstraint(
                fields=["account", "email"],
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_open_once",
            ),
        )


class RateCount(Row):
    """How often something was asked for within a slot of time, for limits shared by processes."""

    key = models.CharField(max_length=128)
    slot = models.BigIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key", "slot"], name="rate_count_once"),)
