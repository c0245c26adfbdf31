"""Get the file of a document, made when it is first asked for and kept from then on."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils import translation

from quarterday.core.errors import BillingError
from quarterday.ports.document import find_renderer
from quarterday.services.documents.find_source import Source, find_source
from quarterday.services.documents.words import choose_language
from quarterday.services.events.record_event import record_event
from quarterday.services.links.make_pay_links import make_pay_links
from quarterday.store.models import (
    DocumentFile,
    DocumentKind,
    DocumentTemplate,
    Link,
)
from quarterday.store.queries.printed import brand_of, find_template


class Rendered(NamedTuple):
    """A file, and which template made it; ``problem`` is why the seller's own did not."""

    content: bytes
    language: str
    template: str = ""
    problem: str = ""


def get_document(*, kind: DocumentKind, subject: str, now: datetime) -> DocumentFile:
    """The kept file of a document, or a new one that is kept.

    ``subject`` is the public id of the invoice, credit note, payment (for a receipt), quote, or
    order or subscription (for a pro forma); a statement is of an account and a year,
    ``acc_…:2026``. Asked for by two at once, both get the same file. Raises `NotFound` where there
    is nothing of that name.
    """
    if found := _find(kind, subject):
        return found
    source = find_source(DocumentKind(kind), subject, now)
    if found := _find(kind, source.subject):
        return found
    payable = [source.payable] if source.payable else []
    link = next(iter(make_pay_links(invoices=payable, kind="document", now=now)), None)
    kept = None
    try:
        template = find_template(source.seller, source.kind)
        kept = keep(source, render_source(source, link.url if link else "", template), now)
    finally:
        # Nobody has seen the link of a file that was not kept.
        if link and kept is None:
            Link.objects.filter(id=link.link.id).delete()
    return kept or DocumentFile.objects.get(kind=kind, subject=source.subject)


def render_source(
    source: Source, pay_url: str = "", template: DocumentTemplate | None = None
) -> Rendered:
    """The file of a source, by the seller's own template where it has one that works.

    A document must go out, so one that a template fails on is made by the built-in one, and the
    event of its making says why.
    """
    seller = source.seller
    language = choose_language(source.account.language, seller.language)
    with translation.override(language):
        page = source.build(pay_url)
    logo = bytes(brand_of(seller).logo or b"")
    if template is None:
        return Rendered(_render(page, "", logo), language)
    return _render_own(page, logo, language, template)


def _render_own(
    page: dict[str, Any], logo: bytes, language: str, template: DocumentTemplate
) -> Rendered:
    try:
        return Rendered(_render(page, template.source, logo), language, template.public_id)
    except BillingError as error:
        return Rendered(_render(page, "", logo), language, "", str(error))


def _render(page: dict[str, Any], template: str, logo: bytes) -> bytes:
    """A logo that cannot be drawn is left out, rather than the document."""
    renderer = find_renderer()
    try:
        return renderer.render(page, template=template, logo=logo)
    except BillingError:
        if not logo:
            raise
    return renderer.render(page, template=template)


def _find(kind: str, subject: str) -> DocumentFile | None:
    return DocumentFile.objects.filter(kind=kind, subject=subject).first()


def keep(source: Source, made: Rendered, now: datetime) -> DocumentFile | None:
    """The row of a new file; None where another writer was first."""
    row = DocumentFile(
        account=source.account,
        kind=source.kind,
        subject=source.subject,
        language=made.language,
        name=_name_file(source),
        digest=sha256(made.content).hexdigest(),
        content=made.content,
        made_at=now,
        data={"template": made.template, "problem": made.problem},
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            record_event(
                kind="document.made",
                subject=row.public_id,
                seller_id=source.seller.id,
                account_id=source.account.id,
                now=now,
                data={"kind": str(source.kind), "of": source.subject, "digest": row.digest}
                | ({"problem": made.problem} if made.problem else {}),
            )
    except IntegrityError:
        if _find(source.kind, source.subject) is None:
            raise
        return None
    return row


def _name_file(source: Source) -> str:
    """What the file is called where it is saved: letters, digits and hyphens only."""
    words = f"{source.kind.replace('_', '-')}-{source.number}"
    return re.sub(r"[^A-Za-z0-9.-]+", "-", words).strip("-.")[:100] + find_renderer().suffix
