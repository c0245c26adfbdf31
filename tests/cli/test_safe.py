"""What other people wrote is shown, but does nothing: to the terminal, the shell or the reader."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from quarterday.cli.output import (
    Column,
    note,
    print_facts,
    print_json,
    print_json_list,
    print_table,
    say,
)
from tests.cli.conftest import Run, Shop

EVIL = "Example\x1b[2J\x1b]0;title\x07\x9b31m\u202eGmbH \ud800[red]x[/red]"
SHOWN = "Example\\u001b[2J\\u001b]0;title\\u0007\\u009b31m\\u202eGmbH \\ud800[red]x[/red]"


@pytest.mark.parametrize("force", ["", "1"])
def test_nothing_that_is_printed_reaches_the_terminal_as_a_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, force: str
) -> None:
    if force:
        monkeypatch.setenv("FORCE_COLOR", force)
        monkeypatch.setenv("TERM", "dumb")
        monkeypatch.setenv("COLUMNS", "200")
    say(EVIL)
    note(EVIL)
    print_facts([("Name", EVIL)])
    print_table([Column("Name")], [(EVIL,)])
    said = capsys.readouterr()
    for text in (said.out, said.err):
        assert SHOWN in text
        assert text.replace("\n", "").isprintable()


def test_json_stays_the_same_data(capsys: pytest.CaptureFixture[str]) -> None:
    data = {"name": EVIL, "lines": "a\nb"}
    print_json(data)
    said = capsys.readouterr().out
    assert json.loads(said) == data
    print_json_list("names", [data], dict)
    said += capsys.readouterr().out
    assert said.replace("\n", "").isprintable()


def test_a_value_cannot_pose_as_another_fact(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts([("Name", "Example\nOwed  0.00 EUR"), ("Owed", "5.00 EUR")])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("Owed")] == ["Owed  5.00 EUR"]


def test_names_with_commands_are_refused(shop: Shop) -> None:
    said = shop.refuses("accounts open --seller host --external-id X --country DE", EVIL[:20])
    assert "name holds the character U+001B; remove it" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "line", ["run --on", "forecast --until", "export ledger --format csv --from"]
)
def test_days_outside_the_calendar_of_bills_are_wrong_usage(
    shop: Shop, line: str, day: str
) -> None:
    assert "is no day that can be billed" in shop.refuses(line, day, status=2)


def test_bytes_that_are_no_text_are_wrong_usage(shop: Shop) -> None:
    said = shop.refuses("accounts show", os.fsdecode(b"\xff"), status=2)
    assert "give it in UTF-8" in said


def test_a_full_disk_is_said_in_words(shop: Shop) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with full.open("w") as file:
        done = subprocess.run(
            [sys.executable, "-m", "quarterday", "export", "all"],
            env=os.environ | {"QUARTERDAY_DATABASE_URL": shop.url},
            stdout=file,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert "cannot be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.sqlite_only  # the disk of a PostgreSQL server is not this process's own
def test_a_run_on_a_full_disk_ends_in_words_and_goes_on_later(shop: Shop) -> None:
    most = Path(urlsplit(shop.url).path[1:]).stat().st_size

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    before = shop.books()
    line = [sys.executable, "-m", "quarterday", "run", "--from", "2026-01-15", "--to", "2036-01-15"]
    done = subprocess.run(
        line,
        env=os.environ | {"QUARTERDAY_DATABASE_URL": shop.url},
        preexec_fn=limit,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert "is full or cannot be written" in done.stderr
    assert "make room and do it again" in done.stderr
    shop("check")
    shop("run --from 2026-01-15 --to 2026-02-15", status=4)
    assert shop.books() != before
    shop("check")


def test_a_file_with_brackets_in_its_name_is_a_file(
    fresh_database_url: str, run_quarterday: Run, tmp_path: Path
) -> None:
    path = tmp_path / "[" / "red].jsonl"
    path.parent.mkdir()
    path.write_text('{"type": "product"}\n')
    said = run_quarterday(fresh_database_url, "load", str(path), status=4).stdout
    assert "red].jsonl" in said
