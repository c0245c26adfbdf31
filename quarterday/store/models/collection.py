"""Automatic collection: what is charged by itself, instalments, top-ups, and money asked back."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField, minor_field
from quarterday.store.models.account import Account
from quarterday.store.models.attempt import PaymentAttempt, PaymentMethod
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.invoice import Invoice
from quarterday.store.models.payment import Payment, Refund


class CollectionStatus(StrEnum):
    """``waiting`` is charged on ``next_on``; ``charging`` has an attempt that is not over;
    ``action`` waits for the payer to confirm; ``exhausted`` was tried as often as the policy says;
    ``stopped`` by people, a dispute or a hold; ``done`` has nothing left to collect.
    """

    WAITING = "waiting"
    CHARGING = "charging"
    ACTION = "action"
    EXHAUSTED = "exhausted"
    STOPPED = "stopped"
    DONE = "done"


class Collection(Row):
    """The automatic collection of one invoice. ``tries`` moves by compare-and-set before an
    attempt is made, so that two workers never make one each.
    """

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="collection")
    account = models.ForeignKey(Account, models.PROTECT, related_name="collections")
    status = models.CharField(max_length=12, default=CollectionStatus.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_on = models.DateField(null=True)
    attempt = models.ForeignKey(
        PaymentAttempt, models.PROTECT, null=True, related_name="collections", db_index=False
    )
    reason = models.CharField(max_length=200, blank=True, default="")
    data = DataField(default=dict)

    class Meta:
        constraints = (one_of("status", CollectionStatus, "collection_status"),)
        indexes = (
            models.Index(
                fields=["next_on"],
                name="collection_due",
                condition=models.Q(status__in=["waiting", "charging", "action"]),
            ),
        )


class InstalmentPlan(Row):
    """An agreement to pay an invoice in parts; the invoice itself does not change."""

    public_id = PublicIdField("ins")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="instalment_plans")
    agreed_at = models.DateTimeField()
    actor = models.CharField(max_length=100, default="system")
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["invoice"],
                condition=models.Q(ended_at__isnull=True),
                name="instalment_plan_one_of_invoice",
            ),
        )


class Instalment(Row):
    """One part of a plan; payments fill the parts in their order."""

    plan = models.ForeignKey(InstalmentPlan, models.CASCADE, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount_minor = minor_field()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan", "number"], name="instalment_number_once"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="instalment_amount"
            ),
        )


class TopUp(Row):
    """An account's wish that credit is added by itself when it falls below a mark."""

    account = models.OneToOneField(Account, models.PROTECT, related_name="top_up")
    method = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, related_name="+", db_index=False
    )
    below_minor = minor_field()
    amount_minor = minor_field()
    is_enabled = models.BooleanField(default=True)
    attempt = models.ForeignKey(
        PaymentAttempt, models.PROTECT, null=True, related_name="+", db_index=False
    )
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(below_minor__gt=0, amount_minor__gt=0), name="top_up_amounts"
            ),
        )


class RefundStatus(StrEnum):
    """As with payments: ``created`` before the gateway is asked, ``unknown`` is looked up."""

    CREATED = "created"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundAttempt(Row):
    """A refund that a gateway makes. Its public id is the idempotency key there.

    The refund is in the book before the gateway is asked, so that its credit cannot be used twice;
    one that fails comes back as the payment ``returned``, and is credit again.
    """

    public_id = PublicIdField("rat")
    refund = models.OneToOneField(Refund, models.PROTECT, related_name="attempt")
    gateway = models.CharField(max_length=32)
    gateway_reference = models.CharField(max_length=200, blank=True, default="")
    status = models.CharField(max_length=12, default=RefundStatus.CREATED)
    error = models.CharField(max_length=500, blank=True, default="")
    returned = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=100, default="system")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (one_of("status", RefundStatus, "refund_attempt_status"),)
        indexes = (
            models.Index(
                fields=["created_at"],
                name="refund_attempt_open",
                condition=models.Q(status__in=["created", "pending", "unknown"]),
            ),
            models.Index(
                fields=["gateway", "gateway_reference"],
                name="refund_attempt_reference",
                condition=~models.Q(gateway_reference=""),
            ),
        )


class DisputeStatus(StrEnum):
    """``returned`` was taken back by a bank without a chance to object, as a debit can be."""

    OPENED = "opened"
    WON = "won"
    LOST = "lost"
    RETURNED = "returned"


class Dispute(Row):
    """A payment that somebody takes back. ``refund`` books the money out when it opens, and
    ``restored`` books it in again when it is won; ``fee_minor`` is what the gateway asks for it.
    """

    public_id = PublicIdField("dsp")
    account = models.ForeignKey(Account, models.PROTECT, related_name="disputes")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes")
    gateway = models.CharField(max_length=32)
    reference = models.CharField(max_length=200)
    status = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    amount_minor = minor_field()
    fee_minor = minor_field(default=0)
    reason = models.CharField(max_length=200, blank=True, default="")
    answer_by = models.DateField(null=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    invoices = DataField(default=list)
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, related_name="dispute")
    restored = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["payment", "reference"], name="dispute_once"),
            one_of("status", DisputeStatus, "dispute_status"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="dispute_amount"),
        )
        indexes = (
            models.Index(
                fields=["account"], name="dispute_open", condition=models.Q(status="opened")
            ),
        )


class DisputeRest(Row):
    """What a dispute booked out besides its ``refund``, where the same money stands in more than
    one payment: as after a refund that failed.
    """

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="rests")
    refund = models.OneToOneField(Refund, models.PROTECT, related_name="dispute_rest")
