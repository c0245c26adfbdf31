"""How money is asked for: the ways an account pays, and each attempt to be paid."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField, minor_field
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.payment import Payment


class AttemptStatus(StrEnum):
    """``created`` is written before the gateway is asked; ``unknown`` was asked and never
    answered, and is looked up; ``action`` waits for the payer; ``pending`` for the bank.
    """

    CREATED = "created"
    ACTION = "action"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class AttemptPurpose(StrEnum):
    """``pay`` moves money; ``save`` only keeps a way to pay, and its amount is zero."""

    PAY = "pay"
    SAVE = "save"


class PaymentMethod(Row):
    """A way to pay that an account has kept; ``token`` is the gateway's name for it, no number.

    ``data`` is what else the gateway needs to charge it, such as its own customer and mandate.
    """

    public_id = PublicIdField("pmt")
    account = models.ForeignKey(Account, models.PROTECT, related_name="payment_methods")
    gateway = models.CharField(max_length=32)
    token = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    label = models.CharField(max_length=100)
    expires_on = models.DateField(null=True)
    is_default = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()
    data = DataField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "gateway", "token"], name="payment_method_once"
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(is_default=True, removed_at__isnull=True),
                name="payment_method_one_default",
            ),
        )


class PaymentAttempt(Row):
    """One try to be paid by a gateway. Its public id is the idempotency key at the gateway.

    ``invoices`` lists the public ids that it is meant to settle, in order; none means credit.
    The money is recorded as ``payment`` at most once. ``choice`` is which of the gateway's ways to
    pay was chosen. A promise sets nothing off: the payer said to pay elsewhere, as by a transfer.
    ``data`` holds what the payer was told, and nothing that they typed. One that ``is_automatic``
    was started with nobody there. ``fee_minor`` is the part of the amount that the payer pays for
    paying this way.
    """

    public_id = PublicIdField("att")
    account = models.ForeignKey(Account, models.PROTECT, related_name="payment_attempts")
    purpose = models.CharField(max_length=4, default=AttemptPurpose.PAY)
    gateway = models.CharField(max_length=32)
    choice = models.CharField(max_length=32, blank=True, default="")
    method = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, related_name="+", db_index=False
    )
    status = models.CharField(max_length=12, default=AttemptStatus.CREATED)
    currency = models.CharField(max_length=3)
    amount_minor = minor_field()
    invoices = DataField(default=list)
    is_promise = models.BooleanField(default=False)
    is_automatic = models.BooleanField(default=False)
    fee_minor = minor_field(default=0)
    gateway_reference = models.CharField(max_length=200, blank=True, default="")
    error = models.CharField(max_length=500, blank=True, default="")
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="attempt")
    actor = models.CharField(max_length=100, default="system")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    data = DataField(default=dict)

    class Meta:
        constraints = (
            one_of("status", AttemptStatus, "payment_attempt_status"),
            one_of("purpose", AttemptPurpose, "payment_attempt_purpose"),
            models.CheckConstraint(
                condition=models.Q(purpose="pay", amount_minor__gt=0)
                | models.Q(purpose="save", amount_minor=0),
                name="payment_attempt_amount",
            ),
        )
        indexes = (
            models.Index(
                fields=["gateway", "gateway_reference"],
                name="payment_attempt_reference",
                condition=~models.Q(gateway_reference=""),
            ),
            models.Index(
                fields=["created_at"],
                name="payment_attempt_open",
                condition=models.Q(
                    status__in=["created", "action", "pending", "unknown"], is_promise=False
                ),
            ),
            models.Index(
                fields=["created_at"],
                name="payment_attempt_failed",
                condition=models.Q(status="failed"),
            ),
        )
