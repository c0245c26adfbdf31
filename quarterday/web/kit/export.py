"""Everything that is held about an account, as data and documents, in one ZIP file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from django.http import StreamingHttpResponse

from quarterday.services.accounts.note_export import note_export
from quarterday.store.models import Account
from quarterday.store.queries.portal.export import Part, read_files, read_parts
from quarterday.web.kit.archive import Member, stream_zip


def send_account(
    account: Account, *, today: date, now: datetime, actor: str
) -> StreamingHttpResponse:
    """The file, made while it is sent; who took it is written down first."""
    note_export(account=account, now=now, actor=actor)
    members = chain(
        [("readme.txt", [str(_README).encode()])],
        ((f"{part.name}.json", _write_json(part)) for part in read_parts(account)),
        ((f"documents/{name}", [content]) for name, content in read_files(account)),
    )
    return send_zip(members, now, f"account-{today}")


def send_zip(members: Iterator[Member], now: datetime, name: str) -> StreamingHttpResponse:
    """An answer that is a ZIP file of some members."""
    response = StreamingHttpResponse(stream_zip(members, now), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


_README = """What we hold about this account.

Each .json file is a list of records, oldest first. Amounts that end in _minor are whole numbers of
the currency's smallest unit, such as cents. A period ends on the day before its period_end. The
folder documents has the documents as they were made.
"""


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
