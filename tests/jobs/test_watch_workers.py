"""All workers are dead: the web server notices, and tells it without them, once.

Real processes, a real mail server, SIGKILL.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.browser.place import free_port
from tests.jobs.test_tell_alerts import SECRET, Receiver, receiver
from tests.mail.sink import Sink
from tests.services.till import Shop

Quarterday = Callable[..., subprocess.CompletedProcess[str]]
EACH = ["--workers", "1", "--no-ws", "--log-level", "warning", "tests.jobs.watched:application"]


@contextmanager
def start(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", *command], env=os.environ)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def wait_until(seen: Callable[[], object], what: str) -> None:
    end = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.02)


def answers(port: int) -> bool:
    try:
        return bool(urlopen(f"http://127.0.0.1:{port}/livez", timeout=5).read())
    except (URLError, ConnectionError, TimeoutError):
        return False


@pytest.mark.slow
def test_the_web_server_tells_that_no_worker_lives(
    open_shop: Shop,
    fresh_database_url: str,
    sink: Sink,
    receiver: Receiver,
    run_command: Quarterday,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from quarterday.services.hooks.add_endpoint import add_endpoint
    from quarterday.store.models import Alert, JobRun, WebhookDelivery

    for name, value in {
        "DATABASE_URL": fresh_database_url,
        "MAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "ALERT_MAIL": "ops@example.com",
        "ALERT_URL": f"http://127.0.0.1:{receiver.server_port}/alerts?private=1",
        "ALERT_SECRET": SECRET,
        "PRIVATE_HOSTS": "127.0.0.1",
    }.items():
        monkeypatch.setenv(f"QUARTERDAY_{name}", value)
    url = f"http://127.0.0.1:{receiver.server_port}/endpoint"
    monkeypatch.setenv("ENDPOINT_SECRET", SECRET)
    add_endpoint(
        seller=None, url=url, kinds=["alert.*"], secret="env:ENDPOINT_SECRET", now=datetime.now(UTC)
    )
    beats = JobRun.objects.filter(job="beat")
    with ExitStack() as stack:
        worker = stack.enter_context(start("quarterday", "work", "--only", "beat"))
        wait_until(beats.exists, "the first sign of life")
        port = free_port()
        stack.enter_context(start("granian", "--interface", "wsgi", "--port", str(port), *EACH))
        wait_until(lambda: answers(port), "the pages")
        worker.kill()
        worker.wait()
        assert not Alert.objects.exists(), "it was alive a moment ago"
        # Five minutes later. Several see it at once; each has a connection of its own.
        beats.update(finished_at=datetime.now(UTC) - timedelta(minutes=6))
        wait_until(lambda: len(receiver.got) == 2, "both posts")
        alert = Alert.objects.get()
        wait_until(lambda: Alert.objects.get().told_at, "what was told")
        assert (alert.key, alert.kind) == ("workers", "worker")
        run_command(fresh_database_url, "jobs", "run", "--once", "--only", "beat")
        wait_until(lambda: Alert.objects.get().resolved_at, "the end")
        run_command(fresh_database_url, "jobs", "run", "--once", "--only", "tell_alerts")
    first, over = [str(mail["Subject"]) for mail in sink.mails]
    assert first.startswith("[localhost] Alert: No worker was seen since ")
    assert over == first.replace("Alert", "Over", 1)
    statuses = WebhookDelivery.objects.order_by("id").values_list("kind", "status")
    assert list(statuses) == [("alert.raised", "sent"), ("alert.resolved", "queued")]


__all__ = ["receiver"]
