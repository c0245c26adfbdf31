"""Two workers on PostgreSQL send and drive at the same time: both do, and nothing is done twice.

Real processes, real servers. Each place answers only when both workers have called it, so a job
that one worker does alone never gets on.
"""

from __future__ import annotations

import base64
import hmac
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection, transaction

from tests.fakes.base import Reply, Request
from tests.fakes.recorder import FakeRecorder
from tests.jobs.test_two_workers import run_worker, wait_until
from tests.mail.sink import Sink, run_sink
from tests.services.provisioning.world import Served
from tests.services.till import NOW, Shop

SECRETS = {name: f"whsec_{base64.b64encode(name.encode() * 32).decode()}" for name in "ab"}
JOBS = ("deliver_messages", "drive_services", "send_hooks")
TABLES = "store_delivery, store_servicestate, store_webhookdelivery"
READERS, MANY = 100, 12


class Gate(FakeRecorder):
    """Knows which worker calls by its secret, and keeps the first call of each for the other's."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: Counter[tuple[str, str, str]] = Counter()
        self.both = {"/services": threading.Barrier(2), "/hooks": threading.Barrier(2)}
        self.first = threading.Lock()

    def handle(self, request: Request) -> Reply | None:
        worker = next(name for name, secret in SECRETS.items() if is_signed(request, secret))
        with self.first:
            is_new = not any(one[:2] == (request.path, worker) for one in self.heard)
            self.heard[request.path, worker, request.headers["webhook-id"]] += 1
        if is_new:
            self.both[request.path].wait(14)
        return super().handle(request)

    def _is_signed(self, request: Request) -> bool:
        # Looked at already.
        return True


def is_signed(request: Request, secret: str) -> bool:
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}."
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, signed.encode() + request.body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}" in request.headers["webhook-signature"]


@pytest.fixture
def sinks() -> Iterator[list[Sink]]:
    with run_sink() as one, run_sink() as two:
        # Slow enough that one of them cannot send all before the other has begun.
        one.delay = two.delay = 0.02
        yield [one, two]


def fill(shop: Shop, gate: Gate) -> None:
    """More mails than one lot has, and some services and webhooks."""
    from quarterday.services.accounts.add_contact import add_contact
    from quarterday.services.hooks.add_endpoint import add_endpoint
    from quarterday.services.hooks.feed_events import feed_events
    from quarterday.services.messages.address_messages import address_messages
    from quarterday.services.messages.queue_message import queue_message

    url = f"{gate.url}/hooks"
    add_endpoint(seller=shop.seller, url=url, secret="env:SERVICES_SECRET", kinds=[], now=NOW)
    served = Served(shop, gate)
    for number in range(MANY):
        served.start(f"S{number}")
    for number in range(READERS):
        add_contact(account_id=shop.account.id, email=f"r{number}@example.com", now=NOW)
    queue_message(kind="welcome", account=shop.account, subject=shop.account.public_id, now=NOW)
    assert feed_events(now=NOW) >= MANY
    assert address_messages(now=NOW)


@pytest.mark.slow
@pytest.mark.postgresql_only
def test_two_workers_share_what_is_to_be_sent(
    open_shop: Shop,
    fresh_database_url: str,
    tmp_path: Path,
    sinks: list[Sink],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from quarterday.store.models import Delivery, ServiceState, WebhookDelivery

    monkeypatch.setenv("QUARTERDAY_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.setenv("SERVICES_SECRET", SECRETS["a"])
    options = [word for job in JOBS for word in ("--only", job)]
    with Gate() as gate, ExitStack() as stack:
        fill(open_shop, gate)
        # Both stand before their work, and begin at the same moment.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {TABLES} IN ACCESS EXCLUSIVE MODE")

            def are_ready() -> bool:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                return bool(cursor.fetchone()[0] == 2 * len(JOBS))

            for name, sink in zip(SECRETS, sinks, strict=True):
                environ = {
                    "SERVICES_SECRET": SECRETS[name],
                    "QUARTERDAY_MAIL_URL": f"smtp://127.0.0.1:{sink.port}",
                }
                stack.enter_context(run_worker(fresh_database_url, tmp_path, *options, **environ))
            wait_until(are_ready, "both workers", tmp_path)

        def is_done() -> bool:
            return not (
                Delivery.objects.exclude(status="sent").exists()
                or ServiceState.objects.exclude(status="settled").exists()
                or WebhookDelivery.objects.exclude(status="sent").exists()
            )

        wait_until(is_done, "the end of the work", tmp_path)
    arrived = Counter(str(mail["Message-ID"]) for sink in sinks for mail in sink.mails)
    assert len(arrived) == Delivery.objects.count() >= READERS
    assert set(arrived.values()) == {1}, "something was sent twice"
    assert all(sink.raw for sink in sinks), "one sent all"
    for path in ("/services", "/hooks"):
        calls = [(worker, key) for where, worker, key in gate.heard.elements() if where == path]
        assert len(calls) == len({key for _, key in calls}) >= MANY, "something was called twice"
        assert {worker for worker, _ in calls} == set(SECRETS), "one called all"
