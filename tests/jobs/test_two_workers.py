"""Two workers on PostgreSQL, one of them killed in the middle: nothing is lost or done twice.

Real processes, a real server, SIGKILL; the other goes on at the step where the first one died.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from quarterday.ports.outcomes import KeptMethod
from tests.services.till import NOW, Shop

ACCOUNTS = 60
Seen = Callable[[], bool]


@contextmanager
def run_worker(
    url: str, folder: Path, *options: str, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    environ = os.environ | {
        "QUARTERDAY_DATABASE_URL": url,
        "QUARTERDAY_MAIL_URL": f"file://{folder}/mail",
        "QUARTERDAY_NOW": "2026-03-02T12:00:00+00:00",
        **more,
    }
    with (folder / "worker.log").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "quarterday", "work", "--patience", "3", *options],
            env=environ,
            stdout=log,
            stderr=log,
        )
        try:
            yield worker
        finally:
            worker.kill()
            worker.wait()


def wait_until(seen: Seen, what: str, folder: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not seen():
        said = (folder / "worker.log").read_text()
        assert time.monotonic() < end, f"{what} did not come\n{said}"
        time.sleep(0.02)


def fill(shop: Shop) -> None:
    """Accounts with a card each, and a charge that is billed and collected today."""
    from quarterday.services.payments.keep_method import keep_method
    from quarterday.store.models import Brand

    Brand.objects.create(seller=shop.seller, data={"gateways": {"sandbox": {"is_enabled": True}}})
    for number in range(ACCOUNTS):
        account = shop.open_account(f"K{number}", settings={"terms_days": 0})
        kept = KeptMethod(f"sbx.ok.visa.4242.2039{number:02}", "visa", "Visa •••• 4242")
        keep_method(account=account, gateway="sandbox", kept=kept, now=NOW)
        shop.charge(100_00, account=account)


def count_held() -> int:
    """Ticks that a worker has in its hands."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")
        return int(cursor.fetchone()[0])


@pytest.mark.slow
@pytest.mark.postgresql_only
def test_one_of_two_workers_is_killed(
    open_shop: Shop, fresh_database_url: str, tmp_path: Path
) -> None:
    from quarterday.store.models import Cycle, CycleStep, Invoice, JobRun, Payment, PaymentAttempt
    from quarterday.store.queries.check import check_books

    fill(open_shop)
    only = ("--only", "daily_cycle", "--only", "tidy_sign_ins")
    with (
        run_worker(fresh_database_url, tmp_path, *only) as one,
        run_worker(fresh_database_url, tmp_path, *only) as two,
    ):
        # In the middle of collecting: some have paid, others have not.
        wait_until(lambda: Payment.objects.count() >= 5, "the first payments", tmp_path)
        cycle = Cycle.objects.get()
        number = int(cycle.worker.rpartition(":")[2])
        assert number in (one.pid, two.pid)
        victim, other = (one, two) if number == one.pid else (two, one)
        victim.kill()
        victim.wait()
        assert Payment.objects.count() < ACCOUNTS, "it was not in the middle of anything"
        wait_until(
            lambda: Cycle.objects.filter(status="done").exists(), "the end of the day", tmp_path
        )
        other.send_signal(signal.SIGTERM)
        assert other.wait(timeout=30) == 0, "it finishes and ends when it is told to"
    tries = dict(CycleStep.objects.values_list("name", "tries"))
    assert tries["run"] == 1, "what was done is not begun again"
    assert tries["collect"] == 2
    assert Invoice.objects.filter(status="paid").count() == ACCOUNTS
    assert Payment.objects.count() == ACCOUNTS
    assert PaymentAttempt.objects.filter(status="succeeded").count() == ACCOUNTS
    assert JobRun.objects.filter(job="tidy_sign_ins", finished_at__isnull=False).count() == 1
    assert not list(check_books())


@pytest.mark.slow
@pytest.mark.postgresql_only
def test_the_ticks_of_a_dead_worker_are_given_again(
    open_shop: Shop, fresh_database_url: str, tmp_path: Path
) -> None:
    """One dies with a job of the day in its hands: another takes the very slot over."""
    from django.db import connection, transaction

    from quarterday.services.users.count_tries import forget_old_tries
    from quarterday.store.models import JobRun

    assert forget_old_tries(now=NOW) == 0
    only = ("--only", "tidy_sign_ins")
    with run_worker(fresh_database_url, tmp_path, *only) as one:
        # It has to wait for this lock in the middle of its job.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE store_ratecount IN ACCESS EXCLUSIVE MODE")
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"

            def is_stuck() -> bool:
                cursor.execute(waiting)
                return bool(cursor.fetchone()[0])

            wait_until(is_stuck, "the job", tmp_path)
            one.kill()
            one.wait()
        assert JobRun.objects.get(job="tidy_sign_ins").finished_at is None
        with run_worker(fresh_database_url, tmp_path, *only):
            wait_until(
                lambda: JobRun.objects.filter(
                    job="tidy_sign_ins", finished_at__isnull=False
                ).exists(),
                "the second try",
                tmp_path,
            )
            wait_until(lambda: count_held() == 0, "the end of the first tick", tmp_path)
