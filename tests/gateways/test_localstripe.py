"""A smoke test against localstripe, which others wrote from Stripe's documents: do we speak the
same language as somebody who has never seen this code?

It is thin. It ignores idempotency keys, knows no Checkout, no disputes and no list of payments of
one customer, answers off-session 3-D Secure with a redirect instead of Stripe's 402, takes no
``description`` of a payment, and its fees are always 0. What rests on these is tried with our own
fake only (``tests/contracts``), so this proves the library, the address, keys, amounts, metadata,
charging a kept card, being declined, refunds and signatures, and nothing more.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlencode

import pytest

from quarterday.gateways.stripe import Stripe
from quarterday.ports.gateway import BadSignature, Intent, RefundIntent
from quarterday.ports.outcomes import (
    AttemptNews,
    DeclineCode,
    Declined,
    KeptMethod,
    RefundNews,
    Succeeded,
)
from tests.contracts.rig import make_intent

pytestmark = pytest.mark.slow
# Its own command listens on all interfaces and keeps a file that all share.
SERVE = """
import socket
from aiohttp import web
from localstripe import resources
resources.Store.dump_to_disk = lambda self: None
from localstripe.server import app
held = socket.create_server(("127.0.0.1", 0))
print(held.getsockname()[1], flush=True)
web.run_app(app, sock=held, print=None)
"""
KEY, SECRET = "sk_test_12345", "whsec_test"


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.calls.append(({n.lower(): v for n, v in self.headers.items()}, body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    pytest.importorskip("localstripe", reason="localstripe is not installed")
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SERVE],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
    try:
        _await(lambda: _is_up(address))
        yield address
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def calls(url: str) -> Iterator[list[tuple[dict[str, str], bytes]]]:
    """What its webhooks bring."""
    server: Any = HTTPServer(("127.0.0.1", 0), _Hook)
    server.calls = []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    told = {"url": f"http://127.0.0.1:{server.server_port}/", "secret": SECRET}
    _post(url, "/_config/webhooks/w1", json.dumps(told).encode(), "application/json")
    yield server.calls
    server.shutdown()
    thread.join()
    server.server_close()


def _is_up(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
    except OSError:
        return False
    return True


def _await(is_there: Any) -> None:
    until = time.monotonic() + 60
    while not is_there():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


def _post(url: str, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> Any:
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": kind}
    with urllib.request.urlopen(urllib.request.Request(url + path, body, headers)) as answer:
        return json.loads(answer.read() or b"{}")


def _keep(url: str, number: str) -> KeptMethod:
    """A card of a customer; no Checkout is there to type it in."""
    customer = _post(url, "/v1/customers", urlencode({"name": "Example customer"}).encode())["id"]
    card = {"type": "card", "card[number]": number, "card[exp_month]": 8}
    card |= {"card[exp_year]": 2039, "card[cvc]": 123}
    method = _post(url, "/v1/payment_methods", urlencode(card).encode())["id"]
    about = urlencode({"customer": customer}).encode()
    _post(url, f"/v1/payment_methods/{method}/attach", about)
    return KeptMethod(method, "visa", "Visa", data={"customer": customer, "type": "card"})


class Undescribed(Stripe):
    """Without what localstripe does not know."""

    def _describe_charge(self, intent: Intent, method: KeptMethod) -> dict[str, Any]:
        fields = super()._describe_charge(intent, method)
        del fields["description"]
        return fields


def _open(url: str) -> Stripe:
    return Undescribed({"secret_key": KEY, "hook_secret": SECRET, "api_url": url})


def test_a_kept_card_is_charged_refunded_and_reported(
    url: str, calls: list[tuple[dict[str, str], bytes]]
) -> None:
    gateway = _open(url)
    intent = make_intent("", method=_keep(url, "4242424242424242"), is_present=False)
    paid = gateway.start(intent)
    assert isinstance(paid, Succeeded)
    assert (paid.amount_minor, paid.fee_minor) == (11900, 0)
    assert isinstance(gateway.look_up(make_intent("", reference=paid.reference)), Succeeded)
    asked = RefundIntent("rfd_1", paid.reference, 5000, "EUR", datetime.now(UTC))
    made = gateway.refund(asked)
    assert isinstance(made, Succeeded)
    assert gateway.refund(asked) == made
    now = datetime.now(UTC)
    _await(lambda: any(b"payment_intent.succeeded" in body for _, body in calls))
    news = [one for call in list(calls) for one in gateway.parse_event(*call, now)]
    told = [one for one in news if isinstance(one, AttemptNews)]
    assert {(one.attempt, one.reference) for one in told} == {(intent.id, paid.reference)}
    assert all(one.amount_minor == 5000 for one in news if isinstance(one, RefundNews))
    headers, body = calls[0]
    with pytest.raises(BadSignature):
        gateway.parse_event(headers, body + b" ", now)


def test_a_card_that_is_declined_says_so(url: str) -> None:
    gateway = _open(url)
    intent = make_intent("", method=_keep(url, "4000000000000341"), is_present=False)
    said = gateway.start(intent)
    assert isinstance(said, Declined)
    assert said.code is DeclineCode.REFUSED


def test_a_forgotten_card_is_gone(url: str) -> None:
    gateway, method = _open(url), _keep(url, "4242424242424242")
    gateway.forget(method)
    gateway.forget(method)
