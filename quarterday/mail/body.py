"""The body of a message: what an author writes once, and both the text and the page come from.

A body is paragraphs with an empty line between them, and a few pieces that stand for themselves:

    {{ amount(invoice.open, "due on " ~ invoice.due_day) }}
    {{ button("Pay " ~ invoice.open) }}
    {{ lines(invoice.lines, total=invoice.total) }}

It is rendered once, as plain text, in which a piece leaves a mark; nothing that a value holds can
become markup, since only what is between the marks is escaped and set as paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_MARK = re.compile("\x02(\\d+)\x03")
_SUMS = ("net", "tax", "total", "paid", "open")


class Paragraph(NamedTuple):
    """Running text."""

    text: str


class Points(NamedTuple):
    """A list of points, each on a line that begins with a dash."""

    points: tuple[str, ...]


class Amount(NamedTuple):
    """What matters most, large, with a note under it."""

    value: str
    note: str


class Button(NamedTuple):
    """The one thing to do, and where it leads."""

    label: str
    link: str


class Lines(NamedTuple):
    """What it is for, and the sums under it, each with its name."""

    rows: tuple[Mapping[str, str], ...]
    sums: tuple[tuple[str, str], ...]


Block = Paragraph | Points | Amount | Button | Lines


@dataclass
class Pieces:
    """The pieces that a body may call; each call is kept, and its mark stands in the text."""

    words: Mapping[str, str]
    link: str
    kept: list[Block] = field(default_factory=list)

    def callables(self) -> dict[str, Callable[..., str]]:
        """The pieces by the names that authors use."""
        return {"amount": self.amount, "button": self.button, "lines": self.lines}

    def amount(self, value: Any, note: Any = "") -> str:
        """An amount, large, with a note under it."""
        return self._keep(Amount(str(value), str(note)))

    def button(self, label: Any) -> str:
        """A button to where this message leads, with the plain link under it."""
        return self._keep(Button(str(label), self.link)) if self.link else ""

    def lines(self, rows: Sequence[Mapping[str, Any]], **sums: Any) -> str:
        """Line items with their sums: ``net``, ``tax``, ``total``, ``paid`` and ``open``."""
        if not rows:
            return ""
        if not sums.get("paid"):
            sums.pop("open", None)  # it is the total again
        named = tuple((self.words[f"sum_{name}"], str(sums[name])) for name in sums if sums[name])
        return self._keep(Lines(tuple(rows), named))

    def _keep(self, block: Block) -> str:
        self.kept.append(block)
        return f"\x02{len(self.kept) - 1}\x03"

    def blocks(self, rendered: str) -> list[Block]:
        """The blocks of a rendered body, in their order."""
        found: list[Block] = []
        for place, part in enumerate(_MARK.split(rendered)):
            if place % 2:
                found.append(self.kept[int(part)])
            else:
                found += [_running(text) for text in re.split(r"\n\s*\n", part) if text.strip()]
        return found


def _running(text: str) -> Block:
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) > 1 and all(line.startswith("- ") for line in lines):
        return Points(tuple(line[2:].strip() for line in lines))
    return Paragraph(" ".join(lines))


def is_sum(name: str) -> bool:
    """Whether ``lines`` knows a sum of this name."""
    return name in _SUMS
