"""Documents as files: made once, kept with their hash, never changed again."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.seller import Seller


class DocumentKind(StrEnum):
    """What a file is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"
    QUOTE = "quote"
    PRO_FORMA = "pro_forma"
    STATEMENT = "statement"


class DocumentTemplate(Row):
    """A seller's own layout of a kind of document, in typst; the newest version is used."""

    public_id = PublicIdField("dtp")
    seller = models.ForeignKey(Seller, models.CASCADE, related_name="document_templates")
    kind = models.CharField(max_length=16)
    version = models.PositiveIntegerField(default=1)
    source = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (
            one_of("kind", DocumentKind, "document_template_kind"),
            models.UniqueConstraint(
                fields=["seller", "kind", "version"], name="document_template_version_once"
            ),
        )


class DocumentFile(Row):
    """A file of a document. ``subject`` is the public id of what it shows, with the period after a
    colon where it shows one (``acc_…:2026``); ``digest`` is the SHA-256 of ``content``.
    """

    public_id = PublicIdField("doc")
    account = models.ForeignKey(Account, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=16)
    subject = models.CharField(max_length=80)
    language = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    made_at = models.DateTimeField()
    data = DataField(default=dict)

    class Meta:
        constraints = (
            one_of("kind", DocumentKind, "document_file_kind"),
            models.UniqueConstraint(fields=["kind", "subject"], name="document_file_once"),
        )
