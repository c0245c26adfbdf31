"""A worker that is killed while it sends: no message is ever sent a second time.

Real processes, a real mail server, a real database; killed wherever they happen to be.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.mail.sink import Sink, run_sink
from tests.services.till import Shop

READERS = 40
ENV_DATABASE = "QUARTERDAY_DATABASE_URL"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with run_sink() as found:
        yield found


def start_worker(url: str, sink: Sink, now: datetime) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        ENV_DATABASE: url,
        "QUARTERDAY_MAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "QUARTERDAY_NOW": now.isoformat(),
        "QUARTERDAY_URL": "https://billing.shop.example",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "quarterday", "jobs", "run", "--once"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def wait_until(worker: subprocess.Popen[bytes], sink: Sink, count: int) -> None:
    """Until so many mails have arrived, or the worker is done."""
    for _ in range(3000):
        if len(sink.raw) >= count or worker.poll() is not None:
            return
        time.sleep(0.01)


@pytest.mark.slow
def test_a_killed_worker_sends_nothing_twice(
    open_shop: Shop, fresh_database_url: str, sink: Sink
) -> None:
    from quarterday.services.accounts.add_contact import add_contact
    from quarterday.services.messages.queue_message import queue_message
    from quarterday.store.models import Delivery

    now = datetime.now(UTC)
    for number in range(READERS):
        add_contact(account_id=open_shop.account.id, email=f"r{number}@example.com", now=now)
    queue_message(
        kind="welcome", account=open_shop.account, subject=open_shop.account.public_id, now=now
    )
    # It has the mail and answers late: this is where it is killed, most of the time.
    sink.delay = 0.05
    later = now + timedelta(seconds=5)
    killed = 0
    for target in (3, 9, 10, 20, 31):
        worker = start_worker(fresh_database_url, sink, later)
        wait_until(worker, sink, target)
        if worker.poll() is None:
            worker.send_signal(signal.SIGKILL)
            killed += 1
        worker.wait()
        assert worker.stderr is not None
        worker.stderr.close()
        # The next one comes when the leases of the dead one are over.
        later += timedelta(minutes=15)
    sink.delay = 0
    for _ in range(2):
        worker = start_worker(fresh_database_url, sink, later)
        assert worker.stderr is not None
        said = worker.stderr.read()
        assert worker.wait() == 0, said
        worker.stderr.close()
        later += timedelta(hours=12)
    assert killed >= 4
    arrived = Counter(str(mail["Message-ID"]).strip("<>") for mail in sink.mails)
    assert set(arrived.values()) == {1}, "something was sent twice"
    status = dict(Delivery.objects.values_list("message_key", "status"))
    assert len(status) == READERS
    assert set(status.values()) <= {"sent", "unknown"}
    unknown = [key for key, state in status.items() if state == "unknown"]
    assert len(unknown) <= killed, "a kill costs certainty of at most one"
    assert all(arrived[key] == 1 for key, state in status.items() if state == "sent")
