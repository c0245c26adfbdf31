"""Pages of long lists by the last row seen, so that the last page costs what the first does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

Found = TypeVar("Found", bound=Model)
PAGE = 50
PLACE = ("before", "after", "on")


class Spot(NamedTuple):
    """A row in the order of a list: its key, and its day where the order goes by days."""

    key: int
    day: date | None = None


def page_of(
    request: HttpRequest, rows: QuerySet[Found], *, size: int = PAGE, by: str = ""
) -> tuple[list[Found], dict[str, Any]]:
    """The rows of the page asked for, the newest (by id, or by the day in the column ``by``)
    first, and ``previous_url`` and ``next_url`` for ``console/pieces/pages.html``.

    Reads one row more than it shows and counts none.
    """
    before, after = _spot(request, "before", by), _spot(request, "after", by)
    if after is not None:
        found = list(_from(rows, after, by, "gt").order_by(*filter(None, (by, "pk")))[: size + 1])
        has_newer, has_older = len(found) > size, True
        found = found[:size][::-1]
    else:
        found = _older(rows, before, by, size + 1)
        has_newer, has_older = before is not None, len(found) > size
        found = found[:size]
    return found, {
        "previous_url": _url(request, "after", found[0], by) if found and has_newer else "",
        "next_url": _url(request, "before", found[-1], by) if found and has_older else "",
    }


def walk(rows: QuerySet[Found], *, size: int, by: str = "") -> Iterator[list[Found]]:
    """All rows in the same order, so many at a time; each part is a query of its own."""
    spot: Spot | None = None
    while found := _older(rows, spot, by, size):
        yield found
        if len(found) < size:
            return
        spot = Spot(found[-1].pk, getattr(found[-1], by) if by else None)


def _older(rows: QuerySet[Found], spot: Spot | None, by: str, size: int) -> list[Found]:
    asked = rows if spot is None else _from(rows, spot, by, "lt")
    return list(asked.order_by(*([f"-{by}"] if by else []), "-pk")[:size])


def _from(rows: QuerySet[Found], spot: Spot, by: str, side: str) -> QuerySet[Found]:
    """The rows on one side of a spot; the day alone comes first, since an index leads by it."""
    beside = Q(**{f"pk__{side}": spot.key})
    if not by:
        return rows.filter(beside)
    beyond = Q(**{f"{by}__{side}": spot.day}) | (Q(**{by: spot.day}) & beside)
    return rows.filter(Q(**{f"{by}__{side}e": spot.day}), beyond)


def _spot(request: HttpRequest, name: str, by: str) -> Spot | None:
    text = request.GET.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        return None
    if not by:
        return Spot(int(text))
    try:
        return Spot(int(text), date.fromisoformat(request.GET.get("on", "")))
    except ValueError:
        return None


def _url(request: HttpRequest, name: str, row: Model, by: str) -> str:
    values = request.GET.copy()
    for one in PLACE:
        values.pop(one, None)
    values[name] = str(row.pk)
    if by:
        values["on"] = getattr(row, by).isoformat()
    return f"?{values.urlencode()}"
