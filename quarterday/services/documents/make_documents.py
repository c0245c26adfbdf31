"""Make the files of many invoices, as a billing run leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from quarterday.services.documents.find_source import Source, source_of_invoice
from quarterday.services.documents.get_document import keep, render_source
from quarterday.services.links.make_pay_links import make_pay_links
from quarterday.store.models import DocumentFile, DocumentKind, DocumentTemplate, Link
from quarterday.store.queries.printed import find_template, load_invoices

_BATCH = 100


def make_documents(*, invoices: Sequence[str], now: datetime) -> int:
    """Make and keep what is not kept yet of some invoices, by public id; how many were new.

    Batch by batch: what was made before it was stopped stands, and the next call goes on. Files
    that somebody else makes in the meantime stay as they are.
    """
    count = 0
    templates: dict[int, DocumentTemplate | None] = {}
    for start in range(0, len(invoices), _BATCH):
        wanted = invoices[start : start + _BATCH]
        rows = DocumentFile.objects.filter(kind=DocumentKind.INVOICE, subject__in=wanted)
        kept = set(rows.values_list("subject", flat=True))
        found = load_invoices([one for one in wanted if one not in kept])
        count += _make_batch([source_of_invoice(one) for one in found.values()], templates, now)
    return count


def _make_batch(
    sources: Sequence[Source], templates: dict[int, DocumentTemplate | None], now: datetime
) -> int:
    payable = [source.payable for source in sources if source.payable]
    made = make_pay_links(invoices=payable, kind="document", now=now)
    links = {link.link.subject: link for link in made}
    files = []
    for source in sources:
        key, link = source.seller.id, links.get(source.subject)
        if key not in templates:
            templates[key] = find_template(source.seller, source.kind)
        files.append(render_source(source, link.url if link else "", templates[key]))
    count, unseen = 0, []
    with transaction.atomic():
        for source, file in zip(sources, files, strict=True):
            if keep(source, file, now):
                count += 1
            elif source.subject in links:
                unseen.append(links[source.subject].link.id)
        Link.objects.filter(id__in=unseen).delete()
    return count
