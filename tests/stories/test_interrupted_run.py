"""A run that is killed anywhere, repeated, or shared by two processes leaves the same books.

Real processes, real signals, and the canonical export compared byte by byte.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.stories.make_business import FIRST, LAST

RANGE = ["run", "--from", FIRST.isoformat(), "--to", LAST.isoformat(), "--batch", "20"]
SKIPPED = 4  # three accounts of each seller cannot be billed, which the exit code says

Copy = Callable[[], str]
Run = Callable[..., subprocess.CompletedProcess[str]]


def start(url: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "quarterday", *arguments],
        env=os.environ | {"QUARTERDAY_DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def export(run: Run, url: str, *options: str) -> str:
    return run(url, "export", "all", *options).stdout


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_killed_anywhere_leaves_the_books_of_an_undisturbed_one(
    copy_business: Copy, run_command: Run, seed: int
) -> None:
    undisturbed = copy_business()
    started = time.monotonic()
    run_command(undisturbed, *RANGE, status=SKIPPED)
    took = time.monotonic() - started
    expected = export(run_command, undisturbed)
    assert expected.count('"record":"invoice"') > 3000

    chance, url, kills = random.Random(seed), copy_business(), 0
    sizes = []
    while kills < 12:
        process = start(url, *RANGE)
        try:
            # Later and later, or a run that dies early each time would never get on.
            process.wait(timeout=0.4 + chance.random() * took * (kills + 1) / 12)
            break
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
            sizes.append(export(run_command, url).count('"record":"invoice"'))
    assert kills >= 3
    assert any(0 < size < expected.count('"record":"invoice"') for size in sizes), sizes
    run_command(url, *RANGE, status=SKIPPED)
    assert export(run_command, url) == expected
    run_command(url, "check")


def test_running_again_writes_nothing(copy_business: Copy, run_command: Run) -> None:
    url = copy_business()
    run_command(url, *RANGE, status=SKIPPED)
    once = export(run_command, url)
    again = json.loads(run_command(url, *RANGE, "--json", status=SKIPPED).stdout)
    assert (again["invoices"], again["credit_notes"]) == (0, 0)
    assert export(run_command, url) == once


def test_two_runs_at_once_issue_the_same_documents(copy_business: Copy, run_command: Run) -> None:
    alone = copy_business()
    run_command(alone, *RANGE, status=SKIPPED)

    shared = copy_business()
    both = [start(shared, *RANGE) for _ in range(2)]
    assert [process.wait(timeout=300) for process in both] == [SKIPPED, SKIPPED]

    without_numbers = "--no-numbers"
    assert export(run_command, shared, without_numbers) == export(
        run_command, alone, without_numbers
    )
    run_command(shared, "check")  # which proves that numbers are gapless
