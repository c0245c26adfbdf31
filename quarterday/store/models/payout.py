"""What gateways pay out to the bank, and how far each was asked for what it knows."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import PublicIdField, minor_field
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.collection import Dispute
from quarterday.store.models.payment import Payment, Refund
from quarterday.store.models.seller import Seller


class PayoutStatus(StrEnum):
    """``announced`` is on its way, ``arrived`` was seen at the bank, ``failed`` went back."""

    ANNOUNCED = "announced"
    ARRIVED = "arrived"
    FAILED = "failed"


class PayoutItemKind(StrEnum):
    """What a part of a payout is about."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    FEE = "fee"
    OTHER = "other"


class Payout(Row):
    """Money that a gateway sends to the bank: gross less fee is net, in minor units."""

    public_id = PublicIdField("pot")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="payouts")
    gateway = models.CharField(max_length=32)
    reference = models.CharField(max_length=200)
    status = models.CharField(max_length=12, default=PayoutStatus.ANNOUNCED)
    currency = models.CharField(max_length=3)
    gross_minor = minor_field()
    fee_minor = minor_field()
    net_minor = minor_field()
    arrives_on = models.DateField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "gateway", "reference"], name="payout_once"),
            one_of("status", PayoutStatus, "payout_status"),
            models.CheckConstraint(
                condition=models.Q(gross_minor=models.F("net_minor") + models.F("fee_minor")),
                name="payout_net",
            ),
        )


class PayoutItem(Row):
    """One movement within a payout, and what of ours it is; signed minor units."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    reference = models.CharField(max_length=200, blank=True, default="")
    gross_minor = minor_field()
    fee_minor = minor_field(default=0)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="+", db_index=False)
    dispute = models.ForeignKey(
        Dispute, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["payout", "position"], name="payout_item_once"),
            one_of("kind", PayoutItemKind, "payout_item_kind"),
        )


class SweepMark(Row):
    """Up to when a gateway was asked for everything that it knows."""

    seller = models.ForeignKey(Seller, models.CASCADE, related_name="+", db_index=False)
    gateway = models.CharField(max_length=32)
    swept_through = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "gateway"], name="sweep_mark_once"),
        )
