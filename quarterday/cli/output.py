"""How commands print: tables, facts and JSON, the same on a terminal, in a pipe and in a file.

Amounts carry their currency and thousands, dates are ISO. Colour and folding are for terminals;
in a pipe nothing is cut off and nothing is coloured.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from typing import Any, NamedTuple

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from quarterday.cli.safe import make_safe
from quarterday.core.money import currency, format_minor, from_minor, plain

_FOLDED = 500
_NARROW = 14
_CHUNK = 1000


class Column(NamedTuple):
    """A column of a table; amounts and counts stand right."""

    title: str
    right: bool = False


def money(minor: int, code: str) -> str:
    """An amount as people read it: 1,234.56 EUR."""
    return f"{from_minor(minor, currency(code)):,f} {code}"


def amount(minor: int, code: str) -> str:
    """An amount as data: text in currency units, exact."""
    return format_minor(minor, currency(code))


def say(text: str = "") -> None:
    """A line of what the command found or did."""
    typer.echo(make_safe(text))


def note(text: str) -> None:
    """A remark beside what was asked for, on stderr."""
    typer.echo(make_safe(text), err=True)


def print_json(data: Any) -> None:
    """One JSON document."""
    typer.echo(make_safe(json.dumps(data, indent=2, ensure_ascii=False, default=to_plain)))


def to_plain(value: Any) -> Any:
    """Dates and exact numbers as text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain(value)
    raise TypeError(f"{type(value).__name__} is not printed as JSON")


def print_json_list(name: str, items: Iterable[Any], rest: Callable[[], Mapping[str, Any]]) -> None:
    """A JSON object with one long list, written while it is read; ``rest`` is asked at the end."""
    write = sys.stdout.write
    write(f'{{\n  "{name}": [')
    for place, item in enumerate(items):
        text = make_safe(json.dumps(item, ensure_ascii=False, default=to_plain))
        write(f"{',' if place else ''}\n    {text}")
    tail = json.dumps(dict(rest()), indent=2, ensure_ascii=False, default=to_plain)
    write(f"\n  ],{tail.removeprefix('{')}\n")


def print_list(
    records: Sequence[Mapping[str, Any]], shown: str, limit: int = 0, as_json: bool = False
) -> None:
    """Records as JSON, or as a table of the fields ``shown``, a text of their names.

    A name that ends with a plus sign is an amount of the record's currency. Columns that say
    nothing are left out: empty ones, and the seller where there is but one. With as many records
    as the limit there may be more, which is said on stderr.
    """
    if as_json:
        print_json(list(records))
    elif records:
        names = [name for name in shown.split() if _says_something(records, name)]
        columns = [Column(_title(name), right=name.endswith("+")) for name in names]
        print_table(columns, ([_cell(one, name) for name in names] for one in records))
    else:
        say("There are none.")
    if limit and len(records) == limit:
        note(f"These are {limit:,}; there may be more, --limit 0 shows all of them.")


def _says_something(records: Sequence[Mapping[str, Any]], name: str) -> bool:
    values = {str(record[name.removesuffix("+")] or "") for record in records}
    return len(values) > 1 if name == "seller" else values != {""}


def _title(name: str) -> str:
    return name.removesuffix("+").replace("_", " ").capitalize()


def _cell(record: Mapping[str, Any], name: str) -> object:
    value = record[name.removesuffix("+")]
    if not name.endswith("+"):
        return value
    number, unit = Decimal(value), currency(record["currency"])
    decimals = max(unit.exponent, len(f"{number:f}".partition(".")[2]))
    return f"{number:,.{decimals}f} {unit.code}"


def print_facts(facts: Iterable[tuple[str, object]]) -> None:
    """Names and values, one below the other; what is empty is left out."""
    shown = [(name, str(value)) for name, value in facts if value not in (None, "")]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        # A value of several lines stays in its column, so that it cannot pose as another fact.
        say(f"{name:<{width}}  " + f"\n{'':{width + 2}}".join(value.splitlines()))


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> int:
    """A table; how many rows it has. On a terminal long cells fold, elsewhere lines are long."""
    texts = ([_text(cell) for cell in row] for row in rows)
    head = list(islice(texts, _FOLDED + 1))
    console = Console(markup=False, highlight=False, emoji=False)
    if console.is_terminal and len(head) <= _FOLDED and _print_folded(console, columns, head):
        return len(head)
    return _print_plain(columns, chain(head, texts))


def _text(cell: object) -> str:
    """A cell as one line of text."""
    if cell is None:
        return ""
    return make_safe(" ".join((plain(cell) if isinstance(cell, Decimal) else str(cell)).split()))


def _print_folded(
    console: Console, columns: Sequence[Column], rows: Sequence[Sequence[str]]
) -> bool:
    """Fold cells of several words where the terminal is narrow; never amounts, dates or ids.

    False, with nothing printed, when the others alone are too wide: then whole lines are better.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    width = 2 * (len(columns) - 1)
    for place, column in enumerate(columns):
        cells = [column.title, *(row[place] for row in rows)]
        folds = not column.right and any(" " in cell for cell in cells[1:])
        widest = max(map(cell_len, cells))
        width += min(widest, _NARROW) if folds else widest
        justify = "right" if column.right else "left"
        table.add_column(
            column.title,
            justify=justify,  # type: ignore[arg-type]
            no_wrap=not folds,
            overflow="fold",
            min_width=min(widest, _NARROW) if folds else widest,
        )
    if width > console.width:
        return False
    for row in rows:
        table.add_row(*row)
    console.print(table)
    return True


def _print_plain(columns: Sequence[Column], rows: Iterator[Sequence[str]]) -> int:
    """Chunk by chunk, so that a million rows need no memory; columns only ever grow."""
    widths = [cell_len(column.title) for column in columns]
    count = 0
    pending: list[Sequence[str]] = [[column.title for column in columns]]
    while chunk := list(islice(rows, _CHUNK)):
        count += len(chunk)
        pending += chunk
        for place in range(len(columns)):
            widths[place] = max(widths[place], *(cell_len(row[place]) for row in chunk))
        for row in pending:
            sys.stdout.write(_line(columns, widths, row))
        pending = []
    for row in pending:
        sys.stdout.write(_line(columns, widths, row))
    return count


def _line(columns: Sequence[Column], widths: Sequence[int], row: Sequence[str]) -> str:
    cells = []
    for column, width, text in zip(columns, widths, row, strict=True):
        space = " " * (width - cell_len(text))
        cells.append(space + text if column.right else text + space)
    return "  ".join(cells).rstrip() + "\n"


def tell(record: dict[str, Any], text: str, as_json: bool) -> None:
    """Say what was done: as JSON, or in a sentence."""
    if as_json:
        print_json(record)
    else:
        say(text)
