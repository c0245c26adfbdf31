"""A list as a file: the rows that it shows, on every page of it, written while they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import BoundedSemaphore
from typing import Any, Protocol
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from quarterday.services.staff.note_list import note_list
from quarterday.store.queries.exports.cells import CsvWriter
from quarterday.web.console.door import Staff
from quarterday.web.console.keyset import PLACE, walk
from quarterday.web.kit.clock import read_now, read_today

_PART = 500
# The server answers few requests at a time, and a long file keeps one of them.
_ROWS, _AT_ONCE = 200_000, 2
_TOO_LONG = "The list goes on. Narrow it, or take everything with `quarterday export`."
_BUSY = "Two files are being made already. Try again in a minute, or take fewer days."
_places = BoundedSemaphore(_AT_ONCE)


class Listed(Protocol):
    """What a file needs to know of a list: its address, its columns, and the key of its rows."""

    slug: str
    key: str
    list_display: Sequence[Any]

    def ready(self, rows: Sequence[Any], staff: Staff) -> None:
        """Make rows fit to be written."""


def send_sheet(
    request: HttpRequest, staff: Staff, admin: Listed, rows: QuerySet[Any], by: str
) -> HttpResponse | StreamingHttpResponse:
    """The file, made while it is sent; who took it, and of what, is written down first.

    So many rows at most, and so many files at once in each process; who comes beyond that is asked
    to come again.
    """
    if not _places.acquire(blocking=False):
        return HttpResponse(_BUSY, status=503, content_type="text/plain; charset=utf-8")
    text = _Text(_write(staff, admin, rows, by))
    try:
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
            text,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    except BaseException:
        text.close()
        raise


class _Text:
    """The text of a file, which gives its place back once, however it ends."""

    def __init__(self, parts: Iterator[str]) -> None:
        self.parts = parts
        self._is_open = True

    def __iter__(self) -> Iterator[str]:
        try:
            yield from self.parts
        finally:
            self.close()

    def close(self) -> None:
        """The server calls it, also when the reader is gone."""
        if self._is_open:
            self._is_open = False
            _places.release()

    def __del__(self) -> None:
        self.close()


def _write(staff: Staff, admin: Listed, rows: QuerySet[Any], by: str) -> Iterator[str]:
    """Plain numbers and days, for a spreadsheet of any language."""
    columns: Sequence[Any] = admin.list_display
    unit = next((one.unit for one in columns if hasattr(one, "unit")), None)
    parts: list[str] = []
    writer = CsvWriter(parts.append)
    titles = [one.title for one in columns]
    writer.row(["Id", *titles, *(["Currency"] if unit and "Currency" not in titles else [])])
    # So that spreadsheets read it as UTF-8.
    yield "\ufeff" + "".join(parts)
    written = 0
    for found in walk(rows, size=_PART, by=by):
        parts.clear()
        admin.ready(found, staff)
        for row in found:
            values = [one.plain(row) for one in columns]
            values += [unit(row)] if unit and "Currency" not in titles else []
            writer.row([getattr(row, admin.key), *values])
        written += len(found)
        if written >= _ROWS:
            writer.row([_TOO_LONG])
        yield "".join(parts)
        if written >= _ROWS:
            return
