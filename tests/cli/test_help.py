"""The command explains itself, quickly, and docs/commands.md leaves nothing out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from quarterday import __version__
from quarterday.cli.app import app
from quarterday.cli.command import Command
from quarterday.cli.errors import EXIT_CODES

DOCS = (Path(__file__).parents[2] / "docs" / "commands.md").read_text()


def walk(found: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group with its words."""
    yield path, found
    for name, inner in getattr(found, "commands", {}).items():
        yield from walk(inner, (*path, name))


COMMANDS = dict(walk(typer.main.get_command(app)))
LEAVES = [path for path, found in COMMANDS.items() if not hasattr(found, "commands")]


def quarterday(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with an environment that no command can work in."""
    return subprocess.run(
        [sys.executable, "-m", "quarterday", *arguments],
        env=os.environ | {"QUARTERDAY_DATABASE_URL": "mysql://db.example/bills"} | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_helps(path: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*path, "--help"])
    assert done.exit_code == 0, done.output
    assert "Usage:" in done.output
    for option in COMMANDS[path].params:
        if path:
            assert option.help, f"{' '.join(path)}: {option.name} says nothing of itself"


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_command_says_errors_in_words(path: tuple[str, ...]) -> None:
    assert isinstance(COMMANDS[path], Command)


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_command_has_json_but_exports_and_the_server(path: tuple[str, ...]) -> None:
    options = {name for option in COMMANDS[path].params for name in option.opts}
    assert ("--json" in options) != (path[0] in {"export", "serve"})


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_the_docs_name_every_command(path: tuple[str, ...]) -> None:
    assert re.search(rf"`(quarterday )?{' '.join(path)}[ `]", DOCS)


def test_the_docs_name_no_other_command() -> None:
    named = re.findall(r"^\| `([a-z]+ [a-z-]+)|^### `quarterday ([a-z ]+)", DOCS, re.MULTILINE)
    words = [tuple((row or heading).split()) for row, heading in named]
    assert len(words) > len(LEAVES)
    assert not [path for path in words if path not in COMMANDS]


def test_exit_codes_are_in_the_help_and_in_the_docs() -> None:
    said = " ".join(CliRunner().invoke(app, ["--help"]).output.split())
    for code, text in EXIT_CODES.items():
        assert f"{code.value} {text}" in said
        assert f"\n| {code.value} | " in DOCS


def test_help_needs_no_database() -> None:
    assert quarterday("run", "--help").returncode == 0


def test_nothing_slow_is_loaded_for_help() -> None:
    slow = ("django.db", "stripe", "gocardless_pro", "httpx", "lxml", "sepaxml", "typst")
    code = f"import sys, quarterday.cli.app; print([one for one in {slow} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_version_is_said() -> None:
    assert quarterday("--version").stdout == f"quarterday {__version__}\n"


def test_the_shell_completes_commands() -> None:
    done = quarterday(
        _QUARTERDAY_COMPLETE="complete_bash", COMP_WORDS="quarterday fore", COMP_CWORD="1"
    )
    assert done.stdout.split() == ["forecast"], done.stderr


def test_wrong_usage_is_said_in_words() -> None:
    done = quarterday("run", "--nonsense")
    assert done.returncode == 2
    assert "No such option" in done.stderr
    assert "Traceback" not in done.stderr
