"""The demo as a real process: it begins anew each time, is always the same, and is careful."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Run, Shop

_SMALL = ("demo", "--accounts", "30", "--today", "2026-03-31")


def test_the_demo_is_the_same_each_time(
    fresh_database_url: str, run_quarterday: Run, run_command: Run, tmp_path: Path
) -> None:
    said = run_quarterday(fresh_database_url, *_SMALL).stdout
    assert "Loaded it into" in said
    assert "none refused" in said
    assert "all is right" in said
    books = run_command(fresh_database_url, "export", "all").stdout
    # What it shows to look at next can be pasted.
    shown = [line.strip() for line in said.partition("Look next:")[2].splitlines()]
    commands = [
        line.partition("#")[0].split()[1:] for line in shown if line.startswith("quarterday")
    ]
    assert {command[0] for command in commands} >= {
        *("explain", "forecast", "check", "export", "collect", "reconcile", "matches")
    }
    for command in commands:
        run_command(fresh_database_url, *command)
    assert (tmp_path / "demo.beancount").exists()
    # Its file is a file as any other; what the year changed since is no conflict.
    again = json.loads(run_command(fresh_database_url, "load", "demo.jsonl", "--json").stdout)
    assert again["unchanged"] == again["rows"]
    data = json.loads(run_quarterday(fresh_database_url, *_SMALL, "--json").stdout)
    assert data["offences"] == []
    assert len(data["months"]) in (14, 15)
    assert set(data["months"][6]["invoiced"]) == {"EUR", "JPY", "USD"}
    assert run_command(fresh_database_url, "export", "all").stdout == books


def test_the_demo_never_touches_another_database(shop: Shop) -> None:
    books = shop.books()
    error = shop.refuses("demo --accounts 30")
    assert "which is not of the demo; unset QUARTERDAY_DATABASE_URL" in error
    assert shop.books() == books


def test_the_links_of_the_demo_are_signed_with_the_key_beside_its_file(tmp_path: Path) -> None:
    """Whoever serves the file afterwards has no other key to read them with."""
    code = (
        "import django; django.setup()\n"
        "from quarterday.cli.demo import _choose_database\n"
        "from django.conf import settings\n"
        "_choose_database()\n"
        "print(str(settings.SECRET_KEY))"
    )
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("QUARTERDAY_")
    } | {"DJANGO_SETTINGS_MODULE": "quarterday.project.settings"}
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert said.strip() == (tmp_path / "demo.secret-key").read_text().strip()
    assert not (tmp_path / "quarterday.secret-key").exists()
