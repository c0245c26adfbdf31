"""Who was asked to join an account, who is signed in, and how often somebody tried something."""

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


class SignIn(Row):
    """A browser in which a user is signed in; gone when the session is.

    ``device`` is what the browser says of itself in two words. Where it stands is not kept.
    """

    public_id = PublicIdField("sgn")
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    method = models.CharField(max_length=12)
    device = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()


class RateCount(Row):
    """How often something was asked for within a slot of time, for limits shared by processes."""

    key = models.CharField(max_length=128)
    slot = models.BigIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key", "slot"], name="rate_count_once"),)
