"""The tables of docs/messages.md are those of the program.

``python -m tests.docs.test_messages_page`` writes them anew.
"""

from __future__ import annotations

import re
from pathlib import Path

from quarterday.core.message import KINDS
from quarterday.core.message.field import ALWAYS, GROUPS

PAGE = Path(__file__).parents[2] / "docs" / "messages.md"


def write_kinds() -> str:
    rows = ["| kind | topic | button leads to | fields | lapses after |", "|---|---|---|---|---|"]
    for kind in KINDS.values():
        groups = ", ".join(f"`{group}`" for group in kind.groups)
        days = "1 day" if kind.fresh_days == 1 else f"{kind.fresh_days} days"
        rows.append(f"| `{kind.name}` | {kind.topic} | {kind.link} | {groups} | {days} |")
    return "\n".join(rows)


def write_fields() -> str:
    rows = ["| field | what it is |", "|---|---|"]
    for group, fields in {**ALWAYS, **GROUPS}.items():
        rows += [f"| `{group}.{name}` | {field.about} |" for name, field in fields.items()]
    return "\n".join(rows)


def fill(page: str) -> str:
    for name, table in (("kinds", write_kinds()), ("fields", write_fields())):
        place = re.compile(rf"<!-- {name} -->\n.*?<!-- end -->", re.DOTALL)
        page = place.sub(lambda _, n=name, t=table: f"<!-- {n} -->\n{t}\n<!-- end -->", page)  # type: ignore[misc]
    return page


def test_the_tables_are_those_of_the_program() -> None:
    page = PAGE.read_text()
    assert fill(page) == page, "run python -m tests.docs.test_messages_page"


if __name__ == "__main__":
    PAGE.write_text(fill(PAGE.read_text()))
