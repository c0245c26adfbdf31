"""Save a seller's own layout of a kind of document, once it has proved to work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import translation

from quarterday.ports.document import find_renderer
from quarterday.services.documents.sample_page import make_sample_page
from quarterday.services.documents.words import choose_language
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_word
from quarterday.store.models import DocumentKind, DocumentTemplate, Seller


def save_template(
    *, seller: Seller, kind: DocumentKind, source: str, now: datetime, actor: str = "system"
) -> DocumentTemplate:
    """Save a template as the newest version; the same source again is the version it is.

    It is tried on a short page and on one of several sheets before it is kept. Raises
    `BillingError` with the line for one that is broken or reaches for what is not its own.
    """
    kind = check_word(DocumentKind, kind, "kind")
    for lines in (1, 60):
        find_renderer().check(_sample(seller, kind, lines), template=source)
    rows = DocumentTemplate.objects.filter(seller=seller, kind=kind)
    try:
        with transaction.atomic():
            newest = rows.order_by("-version").first()
            if newest and newest.source == source:
                return newest
            version = (rows.aggregate(last=Max("version"))["last"] or 0) + 1
            template = DocumentTemplate.objects.create(
                seller=seller, kind=kind, version=version, source=source, saved_at=now
            )
            record_event(
                kind="document_template.saved",
                subject=template.public_id,
                seller_id=seller.id,
                actor=actor,
                now=now,
                data={"kind": str(kind), "version": version},
            )
    except IntegrityError:
        raise Conflict(f"another template of {kind} was saved just now; save yours again") from None
    return template


def _sample(seller: Seller, kind: DocumentKind, lines: int) -> dict[str, Any]:
    with translation.override(choose_language(seller.language)):
        return make_sample_page(seller, kind, lines)
