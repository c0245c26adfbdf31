"""Subscriptions, their priced parts, and what waits for the next invoice."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from django.db import models

from quarterday.core.lifecycle import SubscriptionState
from quarterday.core.period import Unit
from quarterday.store.fields import DataField, ExactField, PublicIdField, minor_field
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row, one_of, plain_key
from quarterday.store.models.catalog import Discount, Plan, Price, Product


class ItemRole(StrEnum):
    """What an item is to its subscription."""

    BASE = "base"
    ADDON = "addon"
    COMMITMENT = "commitment"


class ChargeStatus(StrEnum):
    """A pending charge waits, was billed, or was dropped before it was billed."""

    PENDING = "pending"
    BILLED = "billed"
    VOID = "void"


class EndCause(StrEnum):
    """Why an item ended, for what can be undone: a pause by resuming, a cancellation by undoing."""

    CHANGE = "change"
    PAUSE = "pause"
    CANCEL = "cancel"


class Subscription(Row):
    """A contract of an account. Its items say what is charged; dates are half-open (rule 3)."""

    public_id = PublicIdField("sub")
    account = models.ForeignKey(Account, models.PROTECT, related_name="subscriptions")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+", db_index=False)
    external_id = models.CharField(max_length=128, null=True)
    status = models.CharField(max_length=16)
    start_on = models.DateField()
    end_on = models.DateField(null=True)
    trial_end = models.DateField(null=True)
    paused_on = models.DateField(null=True)
    cancel_reason = models.CharField(max_length=500, blank=True, default="")
    anchor_on = models.DateField()
    anchor_day = models.PositiveSmallIntegerField()
    settings = DataField(default=dict)
    data = DataField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "external_id"], name="subscription_external_id_once"
            ),
            one_of("status", SubscriptionState, "subscription_status"),
            models.CheckConstraint(
                condition=models.Q(end_on__isnull=True)
                | models.Q(end_on__gte=models.F("start_on")),
                name="subscription_ends_after_start",
            ),
        )
        # Each day asks whose time has come; only those that wait for a day are in these.
        indexes = (
            models.Index(
                fields=["start_on"],
                name="subscription_to_start",
                condition=models.Q(status=SubscriptionState.PENDING),
            ),
            models.Index(
                fields=["trial_end"],
                name="subscription_on_trial",
                condition=models.Q(status=SubscriptionState.TRIALING),
            ),
            models.Index(
                fields=["end_on"],
                name="subscription_to_end",
                condition=models.Q(status=SubscriptionState.CANCELLING),
            ),
        )

    def __str__(self) -> str:
        return self.external_id or self.public_id


class SubscriptionItem(Row):
    """A priced part. ``billed_through`` is the first day not yet billed, moved by compare-and-set.

    What it charges never changes: a new quantity or price ends this item and begins another. Its
    cadence and anchor are stored with the contract, not looked up in the catalogue.
    ``former_end_on`` is the end that was planned before a pause or cancellation came first.
    ``billed_from`` is the first day that is billed here, where that is not the start: after a
    trial, or when earlier days were billed elsewhere.
    """

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="items")
    account_id = plain_key("account")
    price = models.ForeignKey(Price, models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=12, default=ItemRole.BASE)
    quantity = ExactField[Decimal](default=Decimal(1))
    start_on = models.DateField()
    end_on = models.DateField(null=True)
    end_cause = models.CharField(max_length=8, null=True)
    former_end_on = models.DateField(null=True)
    billed_from = models.DateField(null=True)
    billed_through = models.DateField()
    anchor_on = models.DateField()
    anchor_day = models.PositiveSmallIntegerField()
    cadence_count = models.PositiveSmallIntegerField()
    cadence_unit = models.CharField(max_length=8)

    class Meta:
        indexes = (models.Index(fields=["account_id"], name="item_account"),)
        constraints = (
            one_of("role", ItemRole, "item_role"),
            one_of("end_cause", EndCause, "item_end_cause"),
            one_of("cadence_unit", Unit, "item_cadence_unit"),
            models.CheckConstraint(
                condition=models.Q(end_on__isnull=True)
                | models.Q(end_on__gte=models.F("start_on")),
                name="item_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(billed_through__gte=models.F("start_on")),
                name="item_billed_from_start",
            ),
        )


class SubscriptionDiscount(Row):
    """A discount agreed for a subscription, and for how many of its periods it was used.

    ``used_through`` is the end of the last of those periods (exclusive): whatever is billed of
    days before it has the discount without using it once more.
    """

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="discounts")
    discount = models.ForeignKey(Discount, models.PROTECT, related_name="+", db_index=False)
    start_on = models.DateField()
    end_on = models.DateField(null=True)
    used = models.PositiveIntegerField(default=0)
    used_through = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["subscription", "discount"], name="discount_once_per_subscription"
            ),
        )


class PendingCharge(Row):
    """Something to put on the next invoice: a setup fee, a one-off, a credit for unused time.

    ``amount_minor`` is exact and final before tax; tax is that of ``tax_on``.
    """

    public_id = PublicIdField("chg")
    account = models.ForeignKey(Account, models.PROTECT, related_name="pending_charges")
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, null=True, related_name="pending_charges", db_index=False
    )
    item = models.ForeignKey(
        SubscriptionItem, models.PROTECT, null=True, related_name="+", db_index=False
    )
    external_id = models.CharField(max_length=128, null=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=16)
    description = models.CharField(max_length=500)
    period_start = models.DateField()
    period_end = models.DateField()
    quantity = ExactField[Decimal](default=Decimal(1))
    unit_code = models.CharField(max_length=8, default="C62")
    unit_price = ExactField[Decimal]()
    currency = models.CharField(max_length=3)
    amount_minor = minor_field()
    tax_inclusive = models.BooleanField(default=False)
    tax_on = models.DateField()
    bill_on = models.DateField()
    source_line_id = models.BigIntegerField(null=True)
    explanation = DataField(default=dict)
    status = models.CharField(max_length=8, default=ChargeStatus.PENDING)

    class Meta:
        indexes = (
            models.Index(
                fields=["account"],
                name="pending_charge_open",
                condition=models.Q(status=ChargeStatus.PENDING),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["account", "external_id"], name="pending_charge_external_id_once"
            ),
            one_of("status", ChargeStatus, "pending_charge_status"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["setup", "one_off", "unused", "adjustment"]),
                name="pending_charge_kind",
            ),
        )
