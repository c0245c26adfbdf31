"""Figures of days, and reports that are mailed by themselves."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField, minor_field
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.seller import Seller


class DayFigure(Row):
    """A figure of a seller's day in a currency, added up once so that pages need not.

    It is worked out again from the documents whenever ``made_at`` is older than the day's last
    change; ``name`` is one of `quarterday.core.figures`.
    """

    seller = models.ForeignKey(Seller, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    name = models.CharField(max_length=32)
    amount_minor = minor_field(default=0)
    count = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["seller", "name", "day", "currency"], name="day_figure_once"
            ),
        )


class ReportCadence(StrEnum):
    """How often a report is mailed; monthly ones tell of the month before."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class ReportSchedule(Row):
    """A report that is mailed on ``next_on``, which moves by compare-and-set when it is queued."""

    public_id = PublicIdField("rsc")
    seller = models.ForeignKey(Seller, models.CASCADE, related_name="report_schedules")
    report = models.CharField(max_length=32)
    options = DataField(default=dict)
    cadence = models.CharField(max_length=8)
    file_type = models.CharField(max_length=4, default="xlsx")
    recipients = DataField(default=list)
    next_on = models.DateField()
    last_on = models.DateField(null=True)
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    actor = models.CharField(max_length=100, default="system")
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            one_of("cadence", ReportCadence, "report_cadence"),
            models.CheckConstraint(
                condition=models.Q(file_type__in=["csv", "xlsx"]), name="report_file_type"
            ),
        )
        indexes = (
            models.Index(
                fields=["next_on"], name="report_due", condition=models.Q(is_enabled=True)
            ),
        )
