"""The text part: the same message for those who read no HTML, as good as the page."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

from quarterday.mail.body import Amount, Block, Button, Lines, Paragraph, Points

_WIDTH = 72


def to_text(blocks: Iterable[Block], foot: Iterable[str]) -> str:
    """Blocks as plain text, then the foot under the line that mail programs know."""
    body = "\n\n".join(_block(block) for block in blocks)
    end = "\n".join(_fold(line) for line in foot if line)
    # Kept together while lines were folded; plain from now on, so that it can be searched.
    return f"{body}\n\n-- \n{end}\n".replace("\u00a0", " ")


def _block(block: Block) -> str:
    match block:
        case Amount(value, note):
            return f"    {value}" + (f"\n    {note}" if note else "")
        case Button(label, link):
            # On a line of its own, so that every program makes a link of all of it.
            return f"{label}:\n{link}"
        case Lines():
            return _lines(block)
        case Points(points):
            return "\n".join(_fold(point, "- ", "  ") for point in points)
        case Paragraph(text):
            return _fold(text)


def _lines(block: Lines) -> str:
    rows = []
    for row in block.rows:
        rows.append(_row(row["text"], row["amount"]))
        if row["note"]:
            rows.append(f"  {row['note']}")
    if block.sums:
        rows.append("-" * _WIDTH)
        rows += [_row(name, value) for name, value in block.sums]
    return "\n".join(rows)


def _row(text: str, amount: str) -> str:
    """A row with its amount at the right edge; a long text takes lines of its own."""
    room = _WIDTH - len(amount) - 2
    lines = wrap(text, room, break_long_words=True) or [""]
    return "\n".join([*lines[:-1], f"{lines[-1]:<{room}}  {amount}"])


def _fold(text: str, first: str = "", then: str = "") -> str:
    """Text in lines that are easy to read; what has no space in it stays whole."""
    return "\n".join(
        wrap(
            text,
            _WIDTH,
            initial_indent=first,
            subsequent_indent=then,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
