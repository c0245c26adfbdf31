"""Alerts arrive, once when something begins and once when it is over."""

from __future__ import annotations

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.conf import LazySettings

from quarterday.jobs.note_failures import FailureNotes
from quarterday.jobs.tell_alerts import TellAlerts
from quarterday.ports.job import list_jobs
from quarterday.services.alerts.raise_alert import raise_alert
from quarterday.services.alerts.resolve_alert import resolve_alert
from quarterday.store.models import Alert, WebhookDelivery, WebhookEndpoint
from tests.jobs.conftest import NOW, Move
from tests.mail.sink import Sink

SECRET = "a secret of more than 24 characters"


class Receiver(HTTPServer):
    """Keeps what is posted to it, and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = hmac.digest(SECRET.encode(), signed, "sha256")
        assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
        if self.server.status == 200:
            self.server.got.append((headers, json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def ways(settings: LazySettings, sink: Sink, receiver: Receiver) -> None:
    settings.MESSAGE_TRANSPORTS = {"mail": sink.options}
    settings.PUBLIC_URL = "https://billing.shop.example"
    settings.ALERT_MAIL = ["ops@example.com"]
    settings.ALERT_WAY = {
        "transport": "signed_http",
        "url": f"http://127.0.0.1:{receiver.server_port}/alerts",
        "secret": SECRET,
        "private": True,
    }


@pytest.mark.django_db
def test_an_alert_is_told_once_and_its_end_once(
    clock: Move, sink: Sink, receiver: Receiver, ways: None
) -> None:
    endpoint = WebhookEndpoint.objects.create(
        url="https://example.com/hook", kinds=["alert.*"], secret="env:X", created_at=NOW
    )
    assert raise_alert(key="late", kind="late", text="The cycle is late", now=NOW)
    assert not raise_alert(key="late", kind="late", text="The cycle is late", now=NOW)
    assert TellAlerts().run() == {"told": 1}
    assert TellAlerts().run() == {}
    assert resolve_alert(key="late", now=NOW + timedelta(hours=1))
    assert not resolve_alert(key="late", now=NOW + timedelta(hours=1))
    assert TellAlerts().run() == {"told": 1}
    assert TellAlerts().run() == {}
    first, over = [str(mail["Subject"]) for mail in sink.mails]
    assert first == "[billing.shop.example] Alert: The cycle is late"
    assert over == "[billing.shop.example] Over: The cycle is late"
    assert [body["text"].partition("\n")[0] for _, body in receiver.got] == [
        "The cycle is late"
    ] * 2
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 2
    kinds = WebhookDelivery.objects.filter(endpoint=endpoint).order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == ["alert.raised", "alert.resolved"]
    # It may begin anew.
    assert raise_alert(key="late", kind="late", text="The cycle is late", now=NOW)


@pytest.mark.django_db
def test_what_was_over_before_it_could_be_told_is_told_in_one(
    clock: Move, sink: Sink, ways: None
) -> None:
    raise_alert(key="late", kind="late", text="The cycle is late", now=NOW)
    resolve_alert(key="late", now=NOW)
    assert TellAlerts().run() == {"told": 1}
    assert TellAlerts().run() == {}
    (mail,) = sink.mails
    assert "It is over since" in mail.get_content()


@pytest.mark.django_db
def test_what_cannot_be_told_now_is_told_later(
    clock: Move, sink: Sink, receiver: Receiver, ways: None
) -> None:
    receiver.status = 503
    raise_alert(key="late", kind="late", text="The cycle is late", now=NOW)
    assert TellAlerts().run() == {}
    assert Alert.objects.get().told_at is None
    receiver.status = 200
    assert TellAlerts().run() == {"told": 1}
    # Whoever got it twice can tell by its key.
    assert len({str(mail["Message-ID"]) for mail in sink.mails}) == 1


@pytest.mark.django_db
def test_a_job_that_keeps_failing_raises_an_alert(clock: Move) -> None:
    often, seldom = list_jobs()["process_events"], list_jobs()["back_up"]
    notes, error = FailureNotes(), OSError("the disk is full")
    notes.note_failure(often, error)
    notes.note_failure(often, error)
    assert not Alert.objects.exists(), "it may stumble"
    notes.note_failure(often, error)
    notes.note_failure(often, error)
    notes.note_failure(seldom, error)
    assert set(Alert.objects.values_list("key", flat=True)) == {"job process_events", "job back_up"}
    # Another worker, which knows nothing of it, does the job.
    FailureNotes().note_success(often)
    assert Alert.objects.get(resolved_at=None).key == "job back_up"
