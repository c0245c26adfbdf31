"""Usage events: one measurement each, counted once."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from quarterday.store.fields import DataField, ExactField
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row
from quarterday.store.models.catalog import Meter
from quarterday.store.models.subscription import Subscription


class UsageEvent(Row):
    """One measurement of a meter. The meter and the caller's event id name it once and for all.

    ``on`` is its civil day in the seller's zone. A correction is an event of its own that takes
    the place of another. ``billed`` says that an invoice line has taken it into account.
    """

    meter = models.ForeignKey(Meter, models.PROTECT, related_name="+", db_index=False)
    event_id = models.CharField(max_length=200)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    on = models.DateField()
    value = ExactField[Decimal]()
    key = models.CharField(max_length=200, blank=True, default="")
    corrects = models.CharField(max_length=200, blank=True, default="")
    superseded = models.BooleanField(default=False)
    billed = models.BooleanField(default=False)
    data = DataField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["subscription", "meter", "on"], name="usage_of_period"),
            models.Index(
                fields=["account"], name="usage_unbilled", condition=models.Q(billed=False)
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["meter", "event_id"], name="usage_event_once"),
        )
