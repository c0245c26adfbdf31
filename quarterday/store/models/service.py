"""Services outside: how each is to be, how it is, why it is held, and what was asked of whom."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.core.service import ServiceCondition
from quarterday.store.fields import DataField, PublicIdField
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row, one_of, plain_key
from quarterday.store.models.catalog import Plan, Product
from quarterday.store.models.subscription import Subscription


class Provisioning(models.Model):
    """How subscriptions to a product are made to run: which place, with which options.

    ``place`` is a code of the seller's ``provisioners`` (in its brand's data), or nothing where
    nothing outside is driven. ``features`` are what the product entitles to, besides itself.
    """

    product = models.OneToOneField(
        Product, models.CASCADE, primary_key=True, related_name="provisioning"
    )
    place = models.CharField(max_length=64, blank=True, default="")
    options = DataField(default=dict)
    features = DataField(default=list)


class ServiceStatus(StrEnum):
    """``due`` is to be driven at ``next_at``; ``failed`` was tried as often as is sensible, and
    stands in the inbox; ``manual`` waits for somebody to say that it was done.
    """

    SETTLED = "settled"
    DUE = "due"
    MANUAL = "manual"
    FAILED = "failed"


class ServiceState(Row):
    """What is wanted of a subscription's service, and what there is.

    ``generation`` grows by one whenever what is wanted changes; an answer counts only for the
    generation that it was asked for. ``claimed_until`` is a worker's, and lapses by itself.
    ``data`` is what the place calls it: a user name, an address; never a secret.
    """

    public_id = PublicIdField("svc")
    subscription = models.OneToOneField(Subscription, models.PROTECT, related_name="service")
    account_id = plain_key("account")
    place = models.CharField(max_length=64, blank=True, default="")
    wanted = models.CharField(max_length=12, default=ServiceCondition.NONE)
    wanted_plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, related_name="+", db_index=False
    )
    wanted_at = models.DateTimeField()
    generation = models.PositiveIntegerField(default=0)
    condition = models.CharField(max_length=12, default=ServiceCondition.NONE)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="+", db_index=False)
    condition_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=8, default=ServiceStatus.SETTLED)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")
    data = DataField(default=dict)

    class Meta:
        constraints = (
            one_of("wanted", ServiceCondition, "service_wanted"),
            one_of("condition", ServiceCondition, "service_condition"),
            one_of("status", ServiceStatus, "service_status"),
        )
        indexes = (
            models.Index(fields=["next_at"], name="service_due", condition=models.Q(status="due")),
            models.Index(
                fields=["status"],
                name="service_in_inbox",
                condition=models.Q(status__in=["failed", "manual"]),
            ),
            models.Index(fields=["account_id"], name="service_of_account"),
        )


class ServiceHoldCause(StrEnum):
    """Why a service is held back; only ``unpaid`` ends with a payment."""

    UNPAID = "unpaid"
    STAFF = "staff"
    ABUSE = "abuse"
    CUSTOMER = "customer"


class ServiceHold(Row):
    """A reason for which a service is suspended or restricted, until it ends.

    Several may hold at once; the service runs again when none is left. ``subject`` is what it is
    about: the public id of an unpaid invoice.
    """

    public_id = PublicIdField("sho")
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="service_holds")
    account = models.ForeignKey(Account, models.PROTECT, related_name="service_holds")
    cause = models.CharField(max_length=8)
    level = models.CharField(max_length=12, default=ServiceCondition.SUSPENDED)
    subject = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    started_at = models.DateTimeField()
    actor = models.CharField(max_length=100, default="system")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints = (
            one_of("cause", ServiceHoldCause, "service_hold_cause"),
            models.CheckConstraint(
                condition=models.Q(level__in=["suspended", "restricted"]),
                name="service_hold_level",
            ),
            models.UniqueConstraint(
                fields=["subscription", "cause", "subject", "level"],
                condition=models.Q(ended_at__isnull=True),
                name="service_hold_open_once",
            ),
        )


class CallOutcome(StrEnum):
    """What came of a call to a service; ``asked`` has no answer yet, or never got one."""

    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"


class ServiceCall(Row):
    """Something that was asked of a place; written before it is asked. Its public id and the
    generation are what the place can tell repeated calls by.
    """

    public_id = PublicIdField("scl")
    service = models.ForeignKey(ServiceState, models.PROTECT, related_name="calls")
    account_id = plain_key("account")
    generation = models.PositiveIntegerField()
    action = models.CharField(max_length=12)
    outcome = models.CharField(max_length=8, default=CallOutcome.ASKED)
    error = models.CharField(max_length=500, blank=True, default="")
    actor = models.CharField(max_length=100, default="system")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    data = DataField(default=dict)

    class Meta:
        constraints = (one_of("outcome", CallOutcome, "service_call_outcome"),)
        indexes = (models.Index(fields=["account_id"], name="service_call_of_account"),)
