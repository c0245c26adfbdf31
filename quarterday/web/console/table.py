"""Data tables of the console: amounts on the right, cards on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """What stands over a column; ``is_amount`` puts it on the right."""

    label: str
    is_amount: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """For ``console/pieces/table.html``; cells are text, or safe markup made with `format_html`.

    ``caption`` is read aloud, and shown unless it ``is_quiet``. ``foot`` sums up.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    foot: Sequence[Any] = ()
    is_quiet: bool = True

    def cells(self) -> Iterator[list[tuple[Column, Any]]]:
        """Each row, its cells with their columns."""
        return (list(zip(self.columns, row, strict=True)) for row in self.rows)

    def foot_cells(self) -> list[tuple[Column, Any]]:
        """The foot, its cells with their columns."""
        return list(zip(self.columns, self.foot, strict=True))
