"""The bank's side: accounts, statements, their lines, and what each line was for."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField, minor_field
from quarterday.store.models.account import Account
from quarterday.store.models.attempt import PaymentAttempt
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.debit import DebitBatch
from quarterday.store.models.payment import Payment, Refund
from quarterday.store.models.payout import Payout
from quarterday.store.models.seller import Seller


class BankAccount(Row):
    """A bank account of a seller. ``number`` is its IBAN, or what its bank calls it, without
    spaces; ``columns`` is how its CSV statements are read.
    """

    public_id = PublicIdField("bac")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="bank_accounts")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=200, blank=True, default="")
    number = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    columns = DataField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "code"], name="bank_account_once"),
            models.UniqueConstraint(
                fields=["seller", "number", "currency"], name="bank_account_number_once"
            ),
        )

    def __str__(self) -> str:
        return self.code


class BankStatement(Row):
    """One statement of a file that was read; the same file is read once. Amounts are minor.

    ``lines`` and ``total_minor`` are of all that it states; ``new_lines`` were not known before.
    """

    public_id = PublicIdField("bst")
    bank_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="statements")
    digest = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    format = models.CharField(max_length=16)
    name = models.CharField(max_length=200, blank=True, default="")
    reference = models.CharField(max_length=200, blank=True, default="")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    opening_minor = minor_field(null=True)
    closing_minor = minor_field(null=True)
    total_minor = minor_field(default=0)
    lines = models.PositiveIntegerField()
    new_lines = models.PositiveIntegerField()
    imported_at = models.DateTimeField()
    actor = models.CharField(max_length=100, default="system")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["bank_account", "digest", "number"], name="bank_statement_once"
            ),
        )


class BankLineStatus(StrEnum):
    """``open`` is understood by nobody yet, ``proposed`` has a likely match, ``booked`` is done;
    ``ignored`` was said by staff to be no business of ours, such as rent.
    """

    OPEN = "open"
    PROPOSED = "proposed"
    BOOKED = "booked"
    IGNORED = "ignored"


class BankLine(Row):
    """One movement as the bank states it. What comes in is positive, in minor units.

    ``fingerprint`` knows it again in another statement that overlaps this one. Only ``status``
    and ``open_minor``, what no match has taken yet, move.
    """

    public_id = PublicIdField("bln")
    bank_account = models.ForeignKey(
        BankAccount, models.PROTECT, related_name="lines", db_index=False
    )
    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="bank_lines")
    fingerprint = models.CharField(max_length=64)
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    amount_minor = minor_field()
    open_minor = minor_field()
    status = models.CharField(max_length=8, default=BankLineStatus.OPEN)
    name = models.CharField(max_length=200, blank=True, default="")
    iban = models.CharField(max_length=64, blank=True, default="")
    text = models.TextField(blank=True, default="")
    creditor_reference = models.CharField(max_length=35, blank=True, default="")
    end_to_end_id = models.CharField(max_length=64, blank=True, default="")
    mandate = models.CharField(max_length=64, blank=True, default="")
    payment_group = models.CharField(max_length=64, blank=True, default="")
    bank_reference = models.CharField(max_length=200, blank=True, default="")
    bank_code = models.CharField(max_length=64, blank=True, default="")
    return_reason = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["bank_account", "fingerprint"], name="bank_line_once"),
            one_of("status", BankLineStatus, "bank_line_status"),
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="bank_line_not_zero"),
        )
        indexes = (
            models.Index(
                fields=["bank_account", "booked_on"],
                name="bank_line_open",
                condition=models.Q(status__in=["open", "proposed"]),
            ),
            models.Index(fields=["iban"], name="bank_line_payer", condition=~models.Q(iban="")),
        )


class MatchKind(StrEnum):
    """What a bank line, or a part of it, is."""

    PAYMENT = "payment"
    PAYOUT = "payout"
    DEBITS = "debits"
    RETURN = "return"
    REFUND = "refund"
    OTHER = "other"


class MatchStatus(StrEnum):
    """``proposed`` waits for staff; ``booked`` is in the book; ``undone`` was, and was reversed."""

    PROPOSED = "proposed"
    BOOKED = "booked"
    REJECTED = "rejected"
    UNDONE = "undone"


class BankMatch(Row):
    """What a line, or a part of it, was for: signed minor units, with a confidence in percent.

    ``invoices`` are public ids in their order. ``key`` names what is matched, so that the same is
    never proposed or booked twice for a line.
    """

    public_id = PublicIdField("mat")
    line = models.ForeignKey(BankLine, models.PROTECT, related_name="matches")
    kind = models.CharField(max_length=8)
    status = models.CharField(max_length=8)
    key = models.CharField(max_length=64)
    amount_minor = minor_field()
    confidence = models.PositiveSmallIntegerField()
    reasons = DataField(default=list)
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", db_index=False
    )
    invoices = DataField(default=list)
    attempt = models.ForeignKey(
        PaymentAttempt, models.PROTECT, null=True, related_name="+", db_index=False
    )
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="bank_matches")
    payout = models.ForeignKey(Payout, models.PROTECT, null=True, related_name="bank_matches")
    batch = models.ForeignKey(DebitBatch, models.PROTECT, null=True, related_name="bank_matches")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="bank_matches")
    made_at = models.DateTimeField()
    actor = models.CharField(max_length=100, default="system")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["key"], name="bank_match_other", condition=models.Q(kind="other")),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["line", "key"],
                condition=models.Q(status__in=["proposed", "booked"]),
                name="bank_match_once",
            ),
            one_of("kind", MatchKind, "bank_match_kind"),
            one_of("status", MatchStatus, "bank_match_status"),
            models.CheckConstraint(
                condition=models.Q(confidence__lte=100), name="bank_match_confidence"
            ),
        )
