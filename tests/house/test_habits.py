"""Habits that keep surprises out: no hidden writes, no hidden clock, every core rule shown."""

from __future__ import annotations

import ast
import doctest
import importlib
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, functions_of, module_of, name_of, python_files, tree_of

CORE = PACKAGE / "core"

# Where the day is decided; everything below is told it.
CLOCK_READERS = ("jobs", "cli", "project", "web", "api", "whmcs")
CLOCK = "quarterday.ports.clock"
CLOCK_EXCEPTIONS = {
    "quarterday/ports/clock.py": "the clock itself, which a rehearsal can move",
    "quarterday/store/fields.py": "public ids begin with the millisecond, which no rule ever reads",
}
CLOCKS = {
    ("date", "today"),
    ("datetime", "today"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("timezone", "localtime"),
    ("time", "time"),
    ("time", "time_ns"),
    ("functions", "Now"),
}


def offences(tree: ast.Module) -> list[str]:
    """Hidden writes in a module: a ``save`` or ``delete`` that does more, and signals."""
    found = [f"{node.name}()" for node in functions_of(tree) if node.name in {"save", "delete"}]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        else:
            continue
        found += [name for name in names if "signals" in name or name.startswith("django.dispatch")]
    return found


def clock_reads(tree: ast.Module) -> list[str]:
    """Where a module asks what time it is, be it called or only handed on as a default."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if (owner, node.attr) in CLOCKS:
                found.append(f"{owner}.{node.attr} in line {node.lineno}")
        elif isinstance(node, ast.ImportFrom) and node.module:
            owner = node.module.rpartition(".")[2]
            found += [
                f"{owner}.{alias.name} in line {node.lineno}"
                for alias in node.names
                if (owner, alias.name) in CLOCKS
            ]
    return found


def asks_clock(tree: ast.Module) -> bool:
    """Whether a module imports the clock."""
    return any(
        isinstance(node, ast.ImportFrom)
        and (
            node.module == CLOCK
            or (node.module == "quarterday.ports" and "clock" in {a.name for a in node.names})
        )
        for node in ast.walk(tree)
    )


def unshown_functions(tree: ast.Module) -> list[str]:
    """Public functions of a module that show no example of themselves."""
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and ">>>" not in (ast.get_docstring(node) or "")
    ]


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_nothing_happens_in_save_or_signals(path: Path) -> None:
    assert not offences(tree_of(path))


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_only_the_edges_read_the_clock(path: Path) -> None:
    tree = tree_of(path)
    reads = clock_reads(tree)
    if name_of(path) in CLOCK_EXCEPTIONS:
        assert reads, "this exception is no longer needed"
        return
    assert not reads, f"ask {CLOCK} at the edges; take today or now as an argument below them"
    if path.relative_to(PACKAGE).parts[0] not in CLOCK_READERS:
        assert not asks_clock(tree), "take today or now as an argument"


@pytest.mark.parametrize("path", python_files(CORE), ids=name_of)
def test_every_public_core_function_shows_an_example(path: Path) -> None:
    assert not unshown_functions(tree_of(path))


@pytest.mark.parametrize("path", python_files(CORE), ids=name_of)
def test_the_examples_are_true(path: Path) -> None:
    result = doctest.testmod(importlib.import_module(module_of(path)))
    assert result.failed == 0


@pytest.mark.parametrize(
    "code",
    [
        "class Invoice:\n def save(self): pass",
        "from django.db.models.signals import post_save",
        "from django.db.models import signals",
        "import django.dispatch",
    ],
)
def test_a_hidden_write_is_seen(code: str) -> None:
    assert offences(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "date.today()",
        "datetime.date.today()",
        "datetime.datetime.now(tz)",
        "field(default=timezone.now)",
        "import time\ntime.time()",
        "from time import time",
        "from django.utils.timezone import now",
        "from django.db.models.functions import Now",
    ],
)
def test_a_clock_read_is_seen(code: str) -> None:
    assert clock_reads(ast.parse(code))


@pytest.mark.parametrize(
    "code", ["from quarterday.ports.clock import read_now", "from quarterday.ports import clock"]
)
def test_asking_the_clock_is_seen(code: str) -> None:
    assert asks_clock(ast.parse(code))


def test_a_clock_that_only_measures_is_allowed() -> None:
    assert not clock_reads(ast.parse("time.perf_counter()\ntime.monotonic()"))


def test_a_function_without_an_example_is_seen() -> None:
    code = "def bare(): pass\ndef _own(): pass\ndef shown():\n '''Do.\n\n >>> 1\n 1\n '''"
    assert unshown_functions(ast.parse(code)) == ["bare"]
