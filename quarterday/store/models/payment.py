"""Money in and out, credit, and which document each amount settles."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.core.lifecycle import PaymentState
from quarterday.store.fields import DataField, PublicIdField, minor_field
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row, one_of, open_of_amount
from quarterday.store.models.invoice import CreditNote, Invoice


class CreditKind(StrEnum):
    """Where credit came from; only promotional and goodwill credit was never paid for."""

    DEPOSIT = "deposit"
    OVERPAYMENT = "overpayment"
    CREDIT_NOTE = "credit_note"
    PROMOTIONAL = "promotional"
    GOODWILL = "goodwill"


class DeductionKind(StrEnum):
    """Why credit went without settling an invoice."""

    EXPIRED = "expired"
    REVERSED = "reversed"
    DEDUCTED = "deducted"
    REFUNDED = "refunded"


class PaymentKind(StrEnum):
    """How money came: ``received`` from a payer, ``restored`` by a dispute that was won, or
    ``returned`` from a refund that did not reach the payer.
    """

    RECEIVED = "received"
    RESTORED = "restored"
    RETURNED = "returned"


class Payment(Row):
    """Money received. ``open_minor`` is what no document and no credit has taken yet."""

    public_id = PublicIdField("pay")
    account = models.ForeignKey(Account, models.PROTECT, related_name="payments")
    external_id = models.CharField(max_length=128, null=True)
    kind = models.CharField(max_length=8, default=PaymentKind.RECEIVED)
    status = models.CharField(max_length=20)
    method = models.CharField(max_length=32)
    reference = models.CharField(max_length=200, blank=True, default="")
    received_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount_minor = minor_field()
    open_minor = minor_field()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "external_id"], name="payment_external_id_once"
            ),
            one_of("status", PaymentState, "payment_status"),
            one_of("kind", PaymentKind, "payment_kind"),
            open_of_amount("payment_open"),
        )
        indexes = (
            models.Index(fields=["received_on"], name="payment_by_day"),
            # Staff look for amounts, the newest first.
            models.Index(fields=["amount_minor", "id"], name="payment_of_amount"),
            # The operators let PostgreSQL find by the beginning, too, whatever its collation.
            models.Index(
                fields=["reference"],
                name="payment_reference",
                condition=~models.Q(reference=""),
                opclasses=["varchar_pattern_ops"],
            ),
        )


class Refund(Row):
    """Money given back, from a payment or from a deposit."""

    public_id = PublicIdField("rfd")
    account = models.ForeignKey(Account, models.PROTECT, related_name="refunds")
    external_id = models.CharField(max_length=128, null=True)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="refunds")
    refunded_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount_minor = minor_field()
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "external_id"], name="refund_external_id_once"
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="refund_amount"),
        )


class CreditGrant(Row):
    """Credit of an account, used by priority, then expiry, then age (rule 13).

    ``payment`` is the one whose money it is, where it came from one. What was granted is what is
    open, what settled invoices (`Allocation`), and what went otherwise (`CreditDeduction`).
    ``scope`` says what it may pay for: ``use`` (any, orders, renewals) and ``products`` (codes);
    nothing is everything. ``advance`` is the invoice by which tax was paid when the credit was.
    """

    public_id = PublicIdField("crd")
    account = models.ForeignKey(Account, models.PROTECT, related_name="credit_grants")
    external_id = models.CharField(max_length=128, null=True)
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, related_name="grants", db_index=False
    )
    kind = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    amount_minor = minor_field()
    open_minor = minor_field()
    priority = models.SmallIntegerField(default=100)
    granted_on = models.DateField()
    expires_on = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    scope = DataField(default=dict)
    advance = models.ForeignKey(
        Invoice, models.PROTECT, null=True, related_name="advances", db_index=False
    )

    class Meta:
        indexes = (
            models.Index(
                fields=["account"],
                name="credit_grant_open",
                condition=models.Q(open_minor__gt=0),
            ),
            models.Index(
                fields=["expires_on"],
                name="credit_grant_expiry",
                condition=models.Q(open_minor__gt=0, expires_on__isnull=False),
            ),
            models.Index(
                fields=["payment"],
                name="credit_grant_of_payment",
                condition=models.Q(payment__isnull=False),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["account", "external_id"], name="credit_grant_external_id_once"
            ),
            one_of("kind", CreditKind, "credit_grant_kind"),
            open_of_amount("credit_grant_open_amount"),
        )


class CreditDeduction(Row):
    """An amount of a grant that expired, was taken back, or was paid out; never changed."""

    public_id = PublicIdField("ded")
    grant = models.ForeignKey(CreditGrant, models.PROTECT, related_name="deductions")
    refund = models.ForeignKey(
        Refund, models.PROTECT, null=True, related_name="deductions", db_index=False
    )
    kind = models.CharField(max_length=12)
    on = models.DateField()
    amount_minor = minor_field()
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            one_of("kind", DeductionKind, "credit_deduction_kind"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="credit_deduction_amount"
            ),
        )


class Allocation(Row):
    """An amount of a payment, a credit grant or a credit note that settles an invoice.

    Exactly one of the three is the source. It is never changed; ``reverses`` names the one that
    it takes back, with a negative amount.
    """

    public_id = PublicIdField("alc")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="allocations")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="allocations")
    grant = models.ForeignKey(CreditGrant, models.PROTECT, null=True, related_name="allocations")
    credit_note = models.ForeignKey(
        CreditNote, models.PROTECT, null=True, related_name="allocations"
    )
    on = models.DateField()
    amount_minor = minor_field()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="allocation_not_zero"),
            models.CheckConstraint(
                condition=models.Q(
                    payment__isnull=False, grant__isnull=True, credit_note__isnull=True
                )
                | models.Q(payment__isnull=True, grant__isnull=False, credit_note__isnull=True)
                | models.Q(payment__isnull=True, grant__isnull=True, credit_note__isnull=False),
                name="allocation_one_source",
            ),
        )
