"""Sellers, the numbers of their documents, and frozen copies of who billed whom."""

from __future__ import annotations

from django.db import models

from quarterday.store.fields import DataField, PublicIdField
from quarterday.store.models.base import Row


class Seller(Row):
    """The legal entity and brand that bills; its zone decides what day it is (rule 1)."""

    public_id = PublicIdField("sel")
    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=32, blank=True, default="")
    time_zone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=16, default="en")
    address = DataField(default=dict)
    tax_id = models.CharField(max_length=64, blank=True, default="")
    settings = DataField(default=dict)
    snapshot = models.ForeignKey(
        "store.Snapshot", models.PROTECT, null=True, related_name="+", db_index=False
    )

    def __str__(self) -> str:
        return self.code


class Snapshot(Row):
    """A party's details as they were when documents were issued; never changed, shared by all.

    Found again by the hash of its content, so a million invoices of one seller point at one row.
    """

    digest = models.CharField(max_length=64, unique=True)
    data = DataField()


class NumberSeries(Row):
    """The next number of a seller's series; taken in the transaction that issues (rule 9)."""

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="series")
    code = models.CharField(max_length=32)
    prefix = models.CharField(max_length=32, blank=True, default="")
    digits = models.PositiveSmallIntegerField(default=6)
    next_number = models.BigIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "code"], name="series_once_per_seller"),
            models.CheckConstraint(condition=models.Q(next_number__gte=1), name="series_from_one"),
        )

    def label(self, number: int) -> str:
        """How a number reads on the document: prefix and padded digits."""
        return f"{self.prefix}{number:0{self.digits}d}"
