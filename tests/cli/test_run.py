"""Billing, looking ahead, proving and exporting, as real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Shop


def test_run_bills_once_and_says_what_it_did(shop: Shop) -> None:
    said = shop("run --on 2026-01-15", status=4)
    assert "Invoices  2" in said
    assert "71.28 EUR" in said
    # The account that cannot be billed is named with the reason, and stops nobody else.
    assert "A3" in said
    assert "no tax rate of class 'rare'" in said
    books = shop.books()
    again = shop.data("run --on 2026-01-15", status=4)
    assert (again["invoices"], again["lines"], again["invoiced"]) == (0, 0, {})
    assert [one["account"] for one in again["skipped"]] == ["A3"]
    assert shop.books() == books
    assert "The books are right" in shop("check")


def test_run_for_one_account_ends_well_when_nothing_was_skipped(shop: Shop) -> None:
    done = shop.data("run --on 2026-01-15 --account A1")
    assert (done["invoices"], done["invoiced"]) == (1, {"EUR": "35.64"})
    assert shop("run --on 2026-01-15 --account A1").startswith("Nothing due")
    assert [one["account"] for one in shop.data("invoices list")] == ["A1"]


def test_a_range_bills_each_day_of_it(shop: Shop) -> None:
    done = shop.data("run --from 2026-01-15 --to 2026-03-15 --account A1")
    assert (done["days"], done["invoices"]) == (60, 3)
    days = [one["issued_on"] for one in shop.data("invoices list")]
    assert days == ["2026-03-15", "2026-02-15", "2026-01-15"]


def test_without_a_day_it_is_today_and_what_was_missed_is_caught_up(shop: Shop) -> None:
    done = shop.data("run --account A1")
    assert done["lines"] >= 1
    today = datetime.now(UTC).date()
    issued = {one["issued_on"] for one in shop.data("invoices list")}
    assert issued <= {str(today + timedelta(days=ahead)) for ahead in (-1, 0, 1)}


def test_a_dry_run_prints_what_a_run_issues_and_changes_nothing(shop: Shop) -> None:
    before = shop.books()
    words = shop("run --on 2026-01-15 --dry-run", status=4)
    assert "35.64 EUR" in words
    assert "this is a dry run" in words
    planned = shop.data("run --on 2026-01-15 --dry-run", status=4)
    assert shop.books() == before
    shop("run --on 2026-01-15", status=4)
    issued = shop.data("invoices list")
    assert sorted((one["account"], one["total"]) for one in planned["documents"]) == sorted(
        (one["account"], one["total"]) for one in issued
    )
    assert (planned["invoices"], planned["invoiced"]) == (2, {"EUR": "71.28"})
    assert [one["account"] for one in planned["skipped"]] == ["A3"]


def test_a_forecast_agrees_with_the_runs_to_come(shop: Shop) -> None:
    today = datetime.now(UTC).date()
    until = today + timedelta(days=100)
    data = shop.data(f"forecast --until {until} --account A1")
    words = shop(f"forecast --until {until} --account A1")
    assert "by month" in words
    (account,) = data["by_account"]
    assert sum(one["invoices"] for one in data["by_month"]) == account["invoices"]
    done = shop.data(f"run --from {today} --to {until} --account A1")
    assert (done["invoices"], done["invoiced"]) == (data["invoices"], data["invoiced"])


@pytest.mark.parametrize(
    "options",
    [
        "--on 2026-02-30",
        "--from 2026-01-01",
        "--from 2026-02-01 --to 2026-01-01",
        "--on 2026-01-01 --from 2026-01-01 --to 2026-01-02",
    ],
)
def test_days_that_make_no_sense_are_wrong_usage(shop: Shop, options: str) -> None:
    assert "Error" in shop.refuses(f"run {options}", status=2)


def test_check_names_every_offence(shop: Shop, execute: Callable[[str, str], None]) -> None:
    shop("run --on 2026-01-15", status=4)
    clean = shop.data("check")
    assert clean["clean"]
    assert clean["counts"]["invoices"] == 2
    execute(
        shop.url,
        "UPDATE store_billingdue SET bill_on = '2031-01-01' WHERE account_id = "
        "(SELECT id FROM store_account WHERE external_id = 'A1')",
    )
    said = shop("check", status=1)
    assert "A1" in said
    found = shop.data("check", status=1)
    assert not found["clean"]
    assert [one["subject"] for one in found["offences"]] == ["A1"]


def test_the_ledger_is_exported_to_a_file_or_to_the_screen(shop: Shop, tmp_path: Path) -> None:
    shop("run --on 2026-01-15", status=4)
    said = shop("export ledger --format csv")
    assert said.splitlines()[0].startswith("entry,date,seller")
    shop("export ledger --format csv --output book.csv")
    assert (tmp_path / "book.csv").read_text() == said
    shop("export ledger --format beancount --from 2026-01-01 --to 2026-01-31 -o book.beancount")
    checker = shutil.which("bean-check", path=str(Path(sys.executable).parent))
    assert checker is not None
    assert subprocess.run([checker, tmp_path / "book.beancount"]).returncode == 0
    # Nothing half-written is left where something goes wrong.
    shop.refuses("export ledger --format csv --seller nobody --output bad.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.beancount", "book.csv"]


def test_sellers_whose_days_differ_are_billed_on_their_own(
    shop: Shop, run_quarterday: Run, execute: Callable[[str, str], None]
) -> None:
    # Whatever the time, the day in Kiritimati is one or two later than in Pago Pago.
    add = (
        "INSERT INTO store_seller (public_id, code, name, country, region, time_zone, currency, "
        "language, address, tax_id, settings) VALUES "
        "('sel_{code}', '{code}', 'Example Ltd', 'KI', '', '{zone}', 'USD', 'en', '{{}}', '', '{{}}')"
    )
    for code, zone in (("east", "Pacific/Kiritimati"), ("west", "Pacific/Pago_Pago")):
        execute(shop.url, add.format(code=code, zone=zone))
    for code in ("east", "west"):
        shop("accounts open Example --country US --external-id", f"B-{code}", "--seller", code)
    done = shop.data("run", status=4)
    assert done["days"] >= 2
    assert json.loads(run_quarterday(shop.url, "run", "--seller", "east", "--json").stdout) == {
        "accounts": 0,
        "credit_applied": {},
        "credit_notes": 0,
        "credited": {},
        "days": 1,
        "invoiced": {},
        "invoices": 0,
        "lines": 0,
        "skipped": [],
    }


def test_a_fault_is_one_line_and_a_traceback_when_asked_for(
    shop: Shop, execute: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(shop.url, "UPDATE store_account SET data = 'no JSON' WHERE external_id = 'A1'")
    said = shop.refuses("accounts show A1", status=70)
    assert said.count("\n") == 1
    assert "JSONDecodeError" in said
    assert "QUARTERDAY_DEBUG=1" in said
    monkeypatch.setenv("QUARTERDAY_DEBUG", "1")
    debugged = subprocess.run(
        [sys.executable, "-m", "quarterday", "accounts", "show", "A1"],
        env=os.environ | {"QUARTERDAY_DATABASE_URL": shop.url},
        capture_output=True,
        text=True,
    )
    assert "Traceback" in debugged.stderr


def _open_when_read(pipe: Path, process: subprocess.Popen[str]) -> int:
    """Open a pipe as soon as a process reads from it; a process that ends instead has failed."""
    while process.poll() is None:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"it ended with {process.returncode}: {process.communicate()[1]}")


def test_a_command_that_is_stopped_says_so(shop: Shop, tmp_path: Path) -> None:
    pipe = tmp_path / "usage.jsonl"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [sys.executable, "-m", "quarterday", "usage", "record", str(pipe)],
        env=os.environ | {"QUARTERDAY_DATABASE_URL": shop.url},
        stderr=subprocess.PIPE,
        text=True,
        # What was started in the background ignores Ctrl-C, and so would its children.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    with os.fdopen(_open_when_read(pipe, process), "w"):
        said = _press_until_it_ends(process)
    assert process.returncode == 130
    assert said == "quarterday: stopped; what was done until now stands\n"


def _press_until_it_ends(process: subprocess.Popen[str]) -> str:
    """Press Ctrl-C, again after a while: Python drops one that comes within a finalizer."""
    for _ in range(6):
        process.send_signal(signal.SIGINT)
        try:
            return process.communicate(timeout=10)[1]
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("it does not stop")
