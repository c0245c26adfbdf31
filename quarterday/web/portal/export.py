"""What an account may take with it: its documents of a year, and everything held about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from django.http import Http404, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quarterday.core.access import Permission
from quarterday.services.accounts.note_export import note_export
from quarterday.services.documents.get_document import get_document
from quarterday.services.errors import NotFound
from quarterday.store.models import Account, DocumentKind
from quarterday.store.queries.portal.export import Part, read_files, read_parts
from quarterday.store.queries.portal.years import has_year, list_papers
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.portal.archive import Member, stream_zip


@require_safe
@account_page(Permission.SEE_MONEY)
def download_year(request: AccountRequest, year: int) -> StreamingHttpResponse:
    """All invoices and credit notes of a year as PDF, in one ZIP file."""
    if not has_year(request.account, year, read_today(request.seller)):
        raise Http404(_("There is nothing of that year."))
    now = read_now()
    return _send_zip(_list_documents(request.account, year, now), now, f"documents-{year}")


@require_POST
@account_page(Permission.EXPORT_DATA)
def export_account(request: AccountRequest) -> StreamingHttpResponse:
    """Everything held about the account, as data and documents, in one ZIP file."""
    now = read_now()
    note_export(account=request.account, now=now, actor=request.user.public_id)
    members = chain(
        [("readme.txt", [str(_README).encode()])],
        ((f"{part.name}.json", _write_json(part)) for part in read_parts(request.account)),
        ((f"documents/{name}", [content]) for name, content in read_files(request.account)),
    )
    return _send_zip(members, now, f"account-{read_today(request.seller)}")


_README = """What we hold about this account.

Each .json file is a list of records, oldest first. Amounts that end in _minor are whole numbers of
the currency's smallest unit, such as cents. A period ends on the day before its period_end. The
folder documents has the documents as they were made.
"""


def _send_zip(members: Iterator[Member], now: datetime, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(stream_zip(members, now), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


def _list_documents(account: Account, year: int, now: datetime) -> Iterator[Member]:
    """Each document is made only when its turn has come."""
    for kind, public_id, label in list_papers(account, year):
        try:
            file = get_document(kind=DocumentKind(kind), subject=public_id, now=now)
        except NotFound:
            continue
        yield f"{label.replace('/', '-')}.pdf", [bytes(file.content)]


def _write_json(part: Part) -> Iterator[bytes]:
    """A list of records, a record at a time."""
    yield b"["
    separator = "\n"
    for record in part.rows:
        text = json.dumps(record, ensure_ascii=False, default=_plain, sort_keys=True)
        yield f"{separator}{text}".encode()
        separator = ",\n"
    yield b"\n]\n"


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{type(value).__name__} has no form in JSON")
