"""The staff of a seller: who they are, and what needs a second pair of eyes."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.core.access import StaffRole
from quarterday.store.fields import DataField, PublicIdField, minor_field
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.seller import Seller
from quarterday.store.models.user import User


class StaffMember(Row):
    """A user works for a seller in a role, or for all of them where none is named."""

    public_id = PublicIdField("stf")
    user = models.ForeignKey(User, models.PROTECT, related_name="staff_roles")
    seller = models.ForeignKey(
        Seller, models.PROTECT, null=True, related_name="staff", db_index=False
    )
    role = models.CharField(max_length=12)
    since = models.DateTimeField()
    actor = models.CharField(max_length=100, default="system")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            one_of("role", StaffRole, "staff_role"),
            models.UniqueConstraint(
                fields=["user", "seller"],
                condition=models.Q(ended_at__isnull=True),
                name="staff_member_once",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(ended_at__isnull=True, seller__isnull=True),
                name="staff_member_of_all_once",
            ),
        )


class ApprovalStatus(StrEnum):
    """``approved`` is being carried out; ``done`` was, and ``failed`` could not be."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    DONE = "done"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Approval(Row):
    """Money that leaves above a limit, until somebody else has looked. ``data`` is what the
    service is to be called with; ``result`` the public id of what it made.
    """

    public_id = PublicIdField("apr")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="approvals", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="approvals")
    kind = models.CharField(max_length=16)
    subject = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    amount_minor = minor_field()
    reason = models.CharField(max_length=500, blank=True, default="")
    data = DataField(default=dict)
    status = models.CharField(max_length=12, default=ApprovalStatus.WAITING)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=40, blank=True, default="")
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            one_of("status", ApprovalStatus, "approval_status"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="approval_amount"),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | models.Q(status="withdrawn")
                | ~models.Q(decided_by=models.F("asked_by")),
                name="approval_by_another",
            ),
        )
        indexes = (
            models.Index(
                fields=["seller", "asked_at"],
                name="approval_waiting",
                condition=models.Q(status__in=["waiting", "approved"]),
            ),
        )

    @property
    def deed(self) -> str:
        """What it is about in words: a refund, credit, or what gives something up."""
        return str(self.data.get("waiver") or self.kind).replace("_", " ")


class AccountNote(Row):
    """What staff remember about a customer; the customer never sees it."""

    public_id = PublicIdField("nte")
    account = models.ForeignKey(Account, models.CASCADE, related_name="notes")
    text = models.TextField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    is_pinned = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True)
