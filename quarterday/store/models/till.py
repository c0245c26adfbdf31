"""Cash, cheques and card terminals at a desk: who takes money, and what each day closed with."""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.db import models

from quarterday.store.fields import PublicIdField, minor_field
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.payment import Payment
from quarterday.store.models.seller import Seller


class Cashier(Row):
    """Somebody who may take money for a seller, and nothing else.

    ``limit_minor`` is the most cash that may lie in the till, in the seller's currency.
    """

    public_id = PublicIdField("csh")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="cashiers", db_index=False)
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="cashiers"
    )
    limit_minor = minor_field(null=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["seller", "code"], name="cashier_once"),)

    def __str__(self) -> str:
        return self.code


class Till(Row):
    """A cashier's till from opening to closing. ``expected_minor`` is the cash that should be
    there, ``counted_minor`` what was counted; the difference is in the book.
    """

    public_id = PublicIdField("til")
    cashier = models.ForeignKey(Cashier, models.PROTECT, related_name="tills")
    number = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    opening_minor = minor_field()
    closed_at = models.DateTimeField(null=True)
    expected_minor = minor_field(null=True)
    counted_minor = minor_field(null=True)
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["cashier"],
                condition=models.Q(closed_at__isnull=True),
                name="till_one_open",
            ),
            models.UniqueConstraint(fields=["cashier", "number"], name="till_number_once"),
        )


class TillEntryKind(StrEnum):
    """``banked`` is cash brought to the bank; ``difference`` what counting found."""

    PAYMENT = "payment"
    BANKED = "banked"
    DIFFERENCE = "difference"
    CANCELLED = "cancelled"


class TillEntry(Row):
    """One movement of a till, numbered without gaps; what comes in is positive."""

    public_id = PublicIdField("ten")
    till = models.ForeignKey(Till, models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    means = models.CharField(max_length=16)
    amount_minor = minor_field()
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="till_entries")
    at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["till", "number"], name="till_entry_once"),
            one_of("kind", TillEntryKind, "till_entry_kind"),
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="till_entry_not_zero"),
        )
