"""Get the file of a document, made when it is first asked for and kept from then on."""

from __future__ import annotations

from datetime import datetime

from quarterday.services.errors import NotFound
from quarterday.store.models import DocumentFile, DocumentKind


def get_document(*, kind: DocumentKind, subject: str, now: datetime) -> DocumentFile:
    """The kept file of a document, or a new one that is kept.

    ``subject`` is the public id of the invoice, credit note, payment (for a receipt), quote, or
    order or subscription (for a pro forma); a statement is of an account and a year,
    ``acc_…:2026``. Raises `NotFound` where there is nothing of that name.
    """
    found = DocumentFile.objects.filter(kind=kind, subject=subject).first()
    if found is None:
        raise NotFound(f"there is no {kind} {subject!r}")
    return found
