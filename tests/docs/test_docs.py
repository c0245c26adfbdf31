"""What the pages say works: commands parse, links lead somewhere, example files load."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from quarterday.cli.app import app
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TREE: Any = typer.main.get_command(app)


def name_of(path: Path) -> str:
    """The path of a page in the repository."""
    return path.relative_to(ROOT).as_posix()


def find_commands(page: str) -> list[str]:
    """The command lines of a page: indented, or whole in a span of code."""
    text = BLOCK.sub("", page)
    indented = re.findall(r"^ {4}(quarterday .*)$", text, re.MULTILINE)
    return indented + re.findall(r"`(quarterday [^`]*)`", text)


LINES = [(name_of(path), line) for path in PAGES for line in find_commands(path.read_text())]


def parse(line: str) -> None:
    """Parse a command line without running it; words in capitals stand for any value."""
    words = shlex.split(line, comments=True)[1:]
    found, context = TREE, TREE.make_context("quarterday", [], resilient_parsing=True)
    while hasattr(found, "commands") and words and words[0][0].islower():
        name = words.pop(0)
        assert name in found.commands, f"{name!r} is no command of {found.name}"
        found = found.commands[name]
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    known = {name for option in found.params for name in (*option.opts, *option.secondary_opts)}
    assert options <= known | {"--help", "--install-completion"}
    if not words or options & {"--help", "--install-completion"} or hasattr(found, "commands"):
        return
    if any(re.fullmatch(r"[A-Z][A-Z-]*", word) for word in words):
        return
    # Raises what the command line would say.
    found.make_context(found.name, words, parent=context)


@pytest.mark.parametrize(("page", "line"), LINES, ids=[f"{page}: {line}" for page, line in LINES])
def test_every_command_line_parses(page: str, line: str) -> None:
    parse(line)


@pytest.mark.parametrize(
    "line",
    [
        "quarterday rum",
        "quarterday run --tomorrow",
        "quarterday run --on 2026-02-30",
        "quarterday invoices void INV-000001",
    ],
)
def test_a_wrong_command_line_would_be_found(line: str) -> None:
    with pytest.raises((AssertionError, typer.BadParameter)):
        parse(line)


def test_the_pages_show_commands() -> None:
    pages = {page for page, _ in LINES}
    assert pages >= {"README.md", "docs/commands.md", "docs/money.md", "docs/running.md"}
    assert len(LINES) > 60


def anchors(page: str) -> set[str]:
    """What links can point to within a page: its headings, as they are shown on the web."""
    headings = re.findall(r"^#+ (.*)$", BLOCK.sub("", page), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {text.replace(" ", "-") for text in words}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", BLOCK.sub("", path.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        found = (path.parent / place).resolve() if place else path
        assert found.exists(), f"{target} leads nowhere"
        if anchor:
            assert anchor in anchors(found.read_text()), f"{target} names no heading"


def test_every_page_is_found_from_the_first_one() -> None:
    readme = (ROOT / "README.md").read_text()
    for path in (ROOT / "docs").glob("*.md"):
        assert f"](docs/{path.name})" in readme, f"README.md does not lead to {path.name}"


EXAMPLES = [
    (name_of(path), text)
    for path in PAGES
    for kind, text in BLOCK.findall(path.read_text())
    if kind == "jsonl"
]


@pytest.mark.parametrize(("page", "text"), EXAMPLES, ids=[page for page, _ in EXAMPLES])
def test_every_business_loads(
    page: str, text: str, fresh_database_url: str, run_quarterday: Run, tmp_path: Path
) -> None:
    path = tmp_path / "business.jsonl"
    path.write_text(text)
    said = run_quarterday(fresh_database_url, "load", path.name, "--dry-run").stdout
    assert "Refused" not in said.partition("\n")[2].partition("\n")[2]


def test_the_mapping_loads_its_table(
    fresh_database_url: str, run_quarterday: Run, tmp_path: Path
) -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "loading.md").read_text())
    table, mapping, partial = (
        next(text for kind, text in blocks if kind == "csv"),
        *(text for kind, text in blocks if kind == "toml"),
    )
    (tmp_path / "customers.csv").write_text(table)
    (tmp_path / "customers.toml").write_text(mapping)
    command = ("load", "customers.csv", "--mapping")
    run_quarterday(fresh_database_url, *command, "customers.toml")
    # The second one shows a part, for the same seller.
    (tmp_path / "more.csv").write_text("Customer,Company,Country,VAT,Checked\n9,A,FR,FR0,yes\n")
    (tmp_path / "more.toml").write_text('[seller]\ncode = "web"\n' + partial)
    run_quarterday(fresh_database_url, "load", "more.csv", "--mapping", "more.toml")
    shown = run_quarterday(fresh_database_url, "accounts", "show", "9").stdout
    assert "FR0 (valid)" in shown
