"""SEPA direct debit without a provider: mandates, and the files that go to the bank."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField, minor_field
from quarterday.store.models.account import Account
from quarterday.store.models.attempt import PaymentAttempt, PaymentMethod
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.seller import Seller


class MandateScheme(StrEnum):
    """Core may be taken back for eight weeks, B2B is for businesses only."""

    CORE = "CORE"
    B2B = "B2B"


class MandateStatus(StrEnum):
    """A mandate expires 36 months after it was used last."""

    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Mandate(Row):
    """What permits a seller to debit a bank account. ``sealed_iban`` is encrypted."""

    public_id = PublicIdField("man")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="mandates", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="mandates")
    method = models.OneToOneField(PaymentMethod, models.PROTECT, null=True, related_name="mandate")
    reference = models.CharField(max_length=35)
    scheme = models.CharField(max_length=4, default=MandateScheme.CORE)
    status = models.CharField(max_length=8, default=MandateStatus.ACTIVE)
    holder = models.CharField(max_length=70)
    sealed_iban = models.TextField()
    last_digits = models.CharField(max_length=4)
    bic = models.CharField(max_length=11, blank=True, default="")
    signed_on = models.DateField()
    evidence = DataField(default=dict)
    first_used_on = models.DateField(null=True)
    last_used_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "reference"], name="mandate_reference_once"),
            one_of("scheme", MandateScheme, "mandate_scheme"),
            one_of("status", MandateStatus, "mandate_status"),
        )


class DebitBatchStatus(StrEnum):
    """``made`` can still be dropped, ``sent`` was given to the bank."""

    MADE = "made"
    SENT = "sent"
    DROPPED = "dropped"


class DebitBatch(Row):
    """One pain.008 file; ``message_id`` is its name at the bank, and never used twice."""

    public_id = PublicIdField("dbt")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="debit_batches")
    message_id = models.CharField(max_length=35)
    status = models.CharField(max_length=8, default=DebitBatchStatus.MADE)
    currency = models.CharField(max_length=3)
    count = models.PositiveIntegerField()
    total_minor = minor_field()
    content = models.TextField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=100, default="system")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "message_id"], name="debit_batch_once"),
            one_of("status", DebitBatchStatus, "debit_batch_status"),
        )


class Debit(Row):
    """One debit: of an attempt, by a mandate, in at most one file that was not dropped."""

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="+", db_index=False)
    attempt = models.OneToOneField(PaymentAttempt, models.PROTECT, related_name="debit")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="debits")
    batch = models.ForeignKey(DebitBatch, models.PROTECT, null=True, related_name="debits")
    payment_group = models.CharField(max_length=35, blank=True, default="")
    end_to_end_id = models.CharField(max_length=35)
    sequence = models.CharField(max_length=4, blank=True, default="")
    collect_on = models.DateField()
    announced_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["seller", "end_to_end_id"], name="debit_end_to_end_once"
            ),
        )
