"""A worker that is killed in the middle of a run: another goes on, and nothing is billed twice.

Real processes, killed before or after each of their commits.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.dying import STATUS
from tests.services.till import Shop

ACCOUNTS = 40
_WORK = """
import sys
import django
django.setup()
from quarterday.services.runs import run_due
run_due._BATCH = 10
from tests.dying import install
from quarterday.ports.clock import read_now
from quarterday.services.runs.work_at import work_at
install(int(sys.argv[1]))
while work_at(read_now) is not None:
    pass
"""


def start(url: str, now: datetime, die_at: int) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {
        "QUARTERDAY_DATABASE_URL": url,
        "QUARTERDAY_NOW": now.isoformat(),
        "DJANGO_SETTINGS_MODULE": "quarterday.project.settings",
        "PYTHONPATH": str(Path.cwd()),
    }
    return subprocess.run(
        [sys.executable, "-c", _WORK, str(die_at)], env=environment, capture_output=True
    )


@pytest.mark.slow
def test_a_run_goes_on_where_its_worker_died(open_shop: Shop, fresh_database_url: str) -> None:
    from quarterday.services.runs.order_run import order_run
    from quarterday.store.models import Invoice, PendingCharge
    from quarterday.store.queries.check import check_books

    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for number in range(ACCOUNTS):
        account = open_shop.open_account(f"R{number}")
        open_shop.charge(1000, account=account)
    run = order_run(seller=open_shop.seller, kind="billing", now=now)
    rows = [
        [account.id, open_shop.hosting.id, "Visit", 500]
        for account in open_shop.seller.accounts.order_by("id")
    ]
    more = order_run(seller=open_shop.seller, kind="charges", now=now, scope={"rows": rows})
    killed = 0
    for die_at in (3, 6, 12, 9, 15):
        now += timedelta(minutes=10)
        code = start(fresh_database_url, now, die_at).returncode
        assert code in (0, STATUS)
        killed += code == STATUS
    now += timedelta(minutes=10)
    done = start(fresh_database_url, now, 0)
    assert done.returncode == 0, done.stderr.decode()
    assert killed >= 4
    run.refresh_from_db()
    more.refresh_from_db()
    assert (run.status, run.summary["invoices"], run.done) == ("done", ACCOUNTS, ACCOUNTS)
    assert run.summary["invoiced"] == {"EUR": ACCOUNTS * 1190}
    assert (more.status, more.done, more.summary["invoices"]) == ("done", len(rows), len(rows))
    assert PendingCharge.objects.filter(description="Visit", status="billed").count() == len(rows)
    assert Invoice.objects.count() == ACCOUNTS + len(rows)
    assert list(check_books()) == []
