"""Verify kept files: their hashes, and that each is still a whole PDF of the kind that we make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256

from quarterday.store.models import Account, DocumentFile, Seller

_CHUNK = 100
_MARKS = (
    (re.compile(rb"\A%PDF-1\.[4-7]"), "is no PDF"),
    (re.compile(rb"%%EOF\s*\Z"), "ends too early"),
    (re.compile(rb"<pdfaid:part>3</pdfaid:part>"), "does not say that it is PDF/A-3"),
    (re.compile(rb"<pdfaid:conformance>[ABU]</pdfaid:conformance>"), "names no PDF/A level"),
    (re.compile(rb"/MarkInfo"), "is not tagged"),
    (re.compile(rb"/Lang\s*\("), "names no language"),
)


def verify_documents(
    *, seller: Seller | None = None, account: Account | None = None
) -> Iterator[tuple[DocumentFile, str]]:
    """Every kept file with what is wrong with it, or an empty text; memory stays flat."""
    rows = DocumentFile.objects.select_related("account").order_by("id")
    if seller is not None:
        rows = rows.filter(account__seller=seller)
    if account is not None:
        rows = rows.filter(account=account)
    for row in rows.iterator(chunk_size=_CHUNK):
        yield row, _find_problem(row)


def _find_problem(row: DocumentFile) -> str:
    content = bytes(row.content)
    if sha256(content).hexdigest() != row.digest:
        return "its content is not what its hash says"
    return next((words for mark, words in _MARKS if not mark.search(content)), "")
