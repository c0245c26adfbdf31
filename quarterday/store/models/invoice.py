"""Invoices and credit notes. Once issued they never change (rule 9); triggers see to it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from django.db import models

from quarterday.core.lifecycle import InvoiceState
from quarterday.store.fields import ExactField, PublicIdField, minor_field
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row, one_of, plain_key
from quarterday.store.models.catalog import Product
from quarterday.store.models.seller import Seller, Snapshot
from quarterday.store.models.subscription import SubscriptionItem


class LineKind(StrEnum):
    """Why a line is on the invoice. The first two cover service days, each day once."""

    RECURRING = "recurring"
    USAGE = "usage"
    SUPPLEMENT = "supplement"
    COMMITMENT = "commitment"
    SETUP = "setup"
    ONE_OFF = "one_off"
    UNUSED = "unused"
    ADJUSTMENT = "adjustment"


class DocumentSeries(StrEnum):
    """Where a document has its number. An advance taxes credit that was paid in, when it was."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    ADVANCE = "advance"


class Document(Row):
    """What invoices and credit notes share."""

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="%(class)ss")
    series = models.CharField(max_length=32)
    number = models.BigIntegerField()
    label = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    issued_on = models.DateField()
    seller_snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+", db_index=False)
    account_snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+", db_index=False)
    net_minor = minor_field()
    tax_minor = minor_field()
    total_minor = minor_field()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label


class DocumentTax(Row):
    """Tax of one rate on a document, with its EN 16931 category and reason (BG-23)."""

    code = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    percent = ExactField[Decimal]()
    category = models.CharField(max_length=2)
    reason_code = models.CharField(max_length=32, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    base_minor = minor_field()
    tax_minor = minor_field()

    class Meta:
        abstract = True


class Invoice(Document):
    """What an account owes. Only ``status`` and ``open_minor`` move, as money comes in."""

    public_id = PublicIdField("inv")
    status = models.CharField(max_length=12)
    due_on = models.DateField()
    open_minor = minor_field()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["seller", "series", "number"], name="invoice_number_once"
            ),
            one_of("status", InvoiceState, "invoice_status"),
            models.CheckConstraint(
                condition=models.Q(total_minor=models.F("net_minor") + models.F("tax_minor")),
                name="invoice_total",
            ),
            models.CheckConstraint(
                condition=models.Q(open_minor__gte=0)
                & models.Q(open_minor__lte=models.F("total_minor")),
                name="invoice_open",
            ),
        )
        indexes = (
            # With all that adds up what is owed, so that the invoices themselves need not be read.
            models.Index(
                fields=["due_on", "seller", "currency", "open_minor"],
                name="invoice_open_due",
                condition=models.Q(status="open"),
            ),
            models.Index(fields=["seller", "issued_on", "id"], name="invoice_by_day"),
            # Staff look for amounts; what is left of one that was paid in part is seldom its total.
            models.Index(fields=["seller", "total_minor", "id"], name="invoice_of_total"),
            models.Index(
                fields=["seller", "open_minor", "id"],
                name="invoice_of_rest",
                condition=models.Q(status="open") & ~models.Q(open_minor=models.F("total_minor")),
            ),
        )


class InvoiceLine(Row):
    """One line. ``explanation`` is how it came to be, as data (rule 14).

    ``gross_minor`` is before discounts and ``net_minor`` after them, both with the tax inside
    where the price has it inside. ``base_minor`` is after discounts and without tax (BT-131).
    ``income_code`` is where its income went, whatever the product says later.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    account_id = plain_key("account")
    subscription_id = models.BigIntegerField(null=True)
    item = models.ForeignKey(
        SubscriptionItem, models.PROTECT, null=True, related_name="lines", db_index=False
    )
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    revision = models.PositiveSmallIntegerField(default=0)
    description = models.CharField(max_length=500)
    period_start = models.DateField()
    period_end = models.DateField()
    quantity = ExactField[Decimal]()
    unit_code = models.CharField(max_length=8)
    unit_price = ExactField[Decimal]()
    gross_minor = minor_field()
    discount_minor = minor_field()
    net_minor = minor_field()
    base_minor = minor_field()
    tax_code = models.CharField(max_length=80)
    income_code = models.CharField(max_length=64)
    explanation = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["item", "kind", "period_start", "revision"], name="line_period_once"
            ),
            one_of("kind", LineKind, "line_kind"),
            models.CheckConstraint(
                condition=models.Q(period_end__gte=models.F("period_start")),
                name="line_period",
            ),
        )


class InvoiceTax(DocumentTax):
    """Tax of one rate on an invoice."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="taxes")


class CreditNote(Document):
    """A correction: it lowers what an invoice claimed, or what an account owes."""

    public_id = PublicIdField("crn")
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, null=True, related_name="credit_notes", db_index=False
    )
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["seller", "series", "number"], name="credit_note_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(total_minor=models.F("net_minor") + models.F("tax_minor")),
                name="credit_note_total",
            ),
        )
        indexes = (
            models.Index(
                fields=["invoice"],
                name="credit_note_of_invoice",
                condition=models.Q(invoice__isnull=False),
            ),
        )


class CreditNoteLine(Row):
    """One line of a credit note; amounts are positive and lower the debt.

    ``net_minor`` and ``base_minor`` are what they are on invoice lines: in the terms of the price,
    and without tax (BT-131).
    """

    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    invoice_line = models.ForeignKey(
        InvoiceLine, models.PROTECT, null=True, related_name="credit_lines"
    )
    item = models.ForeignKey(
        SubscriptionItem, models.PROTECT, null=True, related_name="+", db_index=False
    )
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    description = models.CharField(max_length=500)
    period_start = models.DateField()
    period_end = models.DateField()
    quantity = ExactField[Decimal]()
    unit_code = models.CharField(max_length=8)
    unit_price = ExactField[Decimal]()
    net_minor = minor_field()
    base_minor = minor_field()
    tax_code = models.CharField(max_length=80)
    income_code = models.CharField(max_length=64)
    explanation = models.TextField()


class CreditNoteTax(DocumentTax):
    """Tax of one rate on a credit note."""

    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="taxes")
