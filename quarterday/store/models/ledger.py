"""The book: entries of postings that sum to zero, never updated, never deleted (rule 12)."""

from __future__ import annotations

from django.db import models

from quarterday.store.fields import minor_field
from quarterday.store.models.base import Row
from quarterday.store.models.seller import Seller


class LedgerAccount(Row):
    """An account of a seller's book, such as ``assets:receivable``."""

    seller = models.ForeignKey(
        Seller, models.PROTECT, related_name="ledger_accounts", db_index=False
    )
    code = models.CharField(max_length=100)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "code"], name="ledger_account_once"),
        )

    def __str__(self) -> str:
        return self.code


class JournalEntry(Row):
    """A fact of money on a day. ``source`` is the public id of what caused it."""

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=24)
    on = models.DateField()
    source = models.CharField(max_length=40)
    reference = models.CharField(max_length=128)
    memo = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = (models.Index(fields=["seller", "on"], name="journal_entry_order"),)
        constraints = (
            models.UniqueConstraint(fields=["source", "kind"], name="journal_entry_once"),
        )


class Posting(Row):
    """One signed amount in minor units: debit positive, credit negative."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="postings")
    ledger_account = models.ForeignKey(
        LedgerAccount, models.PROTECT, related_name="+", db_index=False
    )
    account_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    amount_minor = minor_field()

    class Meta:
        indexes = (models.Index(fields=["account_id"], name="posting_of_account"),)
        constraints = (
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="posting_not_zero"),
        )
