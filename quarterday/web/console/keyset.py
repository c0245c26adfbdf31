"""Pages of long lists by the last row seen, so that the last page costs what the first does."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

Found = TypeVar("Found", bound=Model)
PAGE = 50


def page_of(
    request: HttpRequest, rows: QuerySet[Found], *, size: int = PAGE
) -> tuple[list[Found], dict[str, Any]]:
    """The rows of the page asked for, the newest (by id) first, and ``previous_url`` and
    ``next_url`` for ``console/pieces/pages.html``.

    Reads one row more than it shows and counts none.
    """
    before, after = _number(request, "before"), _number(request, "after")
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        has_newer, has_older = len(found) > size, True
        found = found[:size][::-1]
    else:
        asked = rows if before is None else rows.filter(pk__lt=before)
        found = list(asked.order_by("-pk")[: size + 1])
        has_newer, has_older = before is not None, len(found) > size
        found = found[:size]
    return found, {
        "previous_url": _url(request, after=found[0].pk) if found and has_newer else "",
        "next_url": _url(request, before=found[-1].pk) if found and has_older else "",
    }


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _url(request: HttpRequest, **place: int) -> str:
    values = request.GET.copy()
    for name in ("before", "after"):
        values.pop(name, None)
    for name, value in place.items():
        values[name] = str(value)
    return f"?{values.urlencode()}"
