"""A list as a file: the rows that it shows, on every page of it, written while they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from quarterday.services.staff.note_list import note_list
from quarterday.store.queries.exports.cells import CsvWriter
from quarterday.web.console.door import Staff
from quarterday.web.console.keyset import PLACE, walk
from quarterday.web.kit.clock import read_now, read_today

if TYPE_CHECKING:
    from quarterday.web.console.lists.base import ListAdmin

_PART = 500


def send_sheet(
    request: HttpRequest, staff: Staff, admin: ListAdmin, rows: QuerySet[Any], by: str
) -> StreamingHttpResponse:
    """The file, made while it is sent; who took it, and of what, is written down first."""
    asked = {name: text for name, text in request.GET.items() if name not in (*PLACE, "seller")}
    # A request to see only the head takes nothing.
    if request.method == "GET":
        note_list(
            seller=staff.seller,
            name=admin.slug,
            asked=urlencode(asked),
            actor=staff.actor,
            now=read_now(),
        )
    name = f"{admin.slug}-{staff.seller.code}-{read_today(staff.seller)}.csv"
    return StreamingHttpResponse(
        _write(staff, admin, rows, by),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _write(staff: Staff, admin: ListAdmin, rows: QuerySet[Any], by: str) -> Iterator[str]:
    """Plain numbers and days, for a spreadsheet of any language."""
    columns: Sequence[Any] = admin.list_display
    unit = next((one.unit for one in columns if hasattr(one, "unit")), None)
    parts: list[str] = []
    writer = CsvWriter(parts.append)
    titles = [one.title for one in columns]
    writer.row(["Id", *titles, *(["Currency"] if unit and "Currency" not in titles else [])])
    # So that spreadsheets read it as UTF-8.
    yield "\ufeff" + "".join(parts)
    for found in walk(rows, size=_PART, by=by):
        parts.clear()
        admin.prepare(found, staff)
        for row in found:
            values = [one.plain(row) for one in columns]
            values += [unit(row)] if unit and "Currency" not in titles else []
            writer.row([getattr(row, admin.key), *values])
        yield "".join(parts)
