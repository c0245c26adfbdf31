"""What every table shares."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


def one_of(field: str, kinds: type[StrEnum], name: str) -> models.CheckConstraint:
    """A constraint that a column holds one of the words of an enumeration."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": [str(kind) for kind in kinds]}), name=name
    )


def open_of_amount(name: str) -> models.CheckConstraint:
    """A constraint that what is open of an amount, which is above zero, is a part of it."""
    return models.CheckConstraint(
        condition=models.Q(amount_minor__gt=0)
        & models.Q(open_minor__gte=0)
        & models.Q(open_minor__lte=models.F("amount_minor")),
        name=name,
    )


def plain_key(to: str) -> models.BigIntegerField[int, int]:
    """A copy of another row's key, kept for speed; the row's parent carries the foreign key.

    ``to`` names the table, for the reader only.
    """
    return models.BigIntegerField(help_text=f"copied key of {to}; its parent row enforces it")


class Row(models.Model):
    """A table of the house: 64-bit keys that stay inside."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True
