"""A payment service for tests: a real HTTP server that keeps money, and misbehaves when told to.

A fake of one service derives from `FakeGateway`, answers by methods marked with `route`, books
what it does with `move`, and says what happened with `say`. It runs as a thread of the test, or as
a process of its own (`tests.fakes.process`) that lives on when the process under test is killed.
"""

from __future__ import annotations

import inspect
import json
import random
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


class Trouble(StrEnum):
    """How a request fails, and whether the service has acted by then."""

    SLOW = "slow"  # acts at once, and answers after some seconds
    ERROR_BEFORE = "error_before"  # 500, and nothing was done
    ERROR_AFTER = "error_after"  # 500, but it was done
    DROP_BEFORE = "drop_before"  # hangs up, and nothing was done
    DROP_AFTER = "drop_after"  # hangs up, but it was done
    BUSY = "busy"  # 429, and nothing was done


@dataclass
class Fault:
    """The next ``times`` requests whose ``"METHOD /path"`` matches the pattern run into trouble."""

    trouble: Trouble
    pattern: str = ""
    times: int = 1
    seconds: float = 0.3


@dataclass(frozen=True)
class Movement:
    """Money as the service sees it; positive is money for the seller.

    ``kind`` is payment, refund, refund_failed, dispute, dispute_won or dispute_fee; ``key`` is the
    seller's own id of the attempt or refund, as far as it said one.
    """

    kind: str
    key: str
    reference: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    found: Mapping[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"{}")

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """What is answered: data as JSON, or a text."""

    data: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[..., Reply]


def route(method: str, path: str) -> Callable[[Answer], Answer]:
    """Mark a method that answers ``self, request``; ``{name}`` in the path is in `Request.found`."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

    def mark(answer: Answer) -> Answer:
        answer.__dict__.setdefault("routes", []).append((method, pattern))
        return answer

    return mark


def action(call: Callable[..., Any]) -> Callable[..., Any]:
    """Mark what a test may do at the service, also from another process (`Remote.act`)."""
    call.__dict__["is_action"] = True
    return call


class FakeGateway:
    """The server. ``movements`` is all its money, ``requests`` all that was asked of it."""

    code = ""

    def __init__(self, port: int = 0) -> None:
        self.movements: list[Movement] = []
        self.requests: list[str] = []
        self.bodies: list[bytes] = []
        self.waiting: list[bytes] = []
        self.faults: list[Fault] = []
        self.errors: list[BaseException] = []
        self.lock = threading.RLock()
        self._idle, self._busy = threading.Condition(), 0
        # Tests that live at another time set it: signatures and dates follow.
        self.read_now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.hook_url = ""
        self._routes = [
            (method, pattern, answer)
            for _, answer in inspect.getmembers(self, callable)
            for method, pattern in getattr(answer, "routes", ())
        ]
        self._server = _Server(self, port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    # What tests do.

    @action
    def fail(
        self, trouble: str, pattern: str = "", *, times: int = 1, seconds: float = 0.3
    ) -> None:
        """Let the next requests fail, all or those whose ``"METHOD /path"`` the pattern finds."""
        self.faults.append(Fault(Trouble(trouble), pattern, times, seconds))

    @action
    def heal(self) -> None:
        """No more faults, and nothing that is still being answered."""
        self.faults.clear()
        with self._idle:
            self._idle.wait_for(lambda: not self._busy, timeout=10)

    @action
    def list_movements(self) -> list[dict[str, Any]]:
        return [asdict(one) for one in self.movements]

    @action
    def list_requests(self) -> list[str]:
        return list(self.requests)

    def total(self, key: str = "", currency: str = "") -> int:
        """The money that the seller has here: all, of one attempt or refund, or of a currency."""
        return sum(
            one.amount_minor
            for one in self.movements
            if key in ("", one.key) and currency in ("", one.currency)
        )

    @action
    def deliver(
        self, url: str = "", *, order: str = "as it was", times: int = 1, seed: int = 0
    ) -> list[int]:
        """Post what happened to ``url``, each ``times`` over; the statuses that were answered.

        ``order`` is ``as it was``, ``reversed`` or ``shuffled``. What is answered with anything
        but 2xx, or not at all (status 0), waits for the next delivery.
        """
        with self.lock:
            bodies, self.waiting = self.waiting * times, []
        if order == "reversed":
            bodies.reverse()
        elif order == "shuffled":
            random.Random(seed).shuffle(bodies)
        statuses = []
        for body in bodies:
            statuses.append(post(url or self.hook_url, self.sign(body), body))
            if not 200 <= statuses[-1] < 300 and body not in self.waiting:
                self.waiting.append(body)
        return statuses

    def collect(self, *, keep: bool = False) -> list[tuple[dict[str, str], bytes]]:
        """What would be delivered, signed, as ``(headers in lower case, body)``, instead of posting it."""
        with self.lock:
            bodies = list(self.waiting)
            if not keep:
                self.waiting.clear()
        return [(lower(self.sign(body)), body) for body in bodies]

    def forge(self, body: bytes) -> tuple[dict[str, str], bytes]:
        """A call that somebody else makes up: signed, but not with the right secret."""
        return lower(self.sign(body, is_forged=True)), body

    # What a fake of one service does.

    def sign(self, body: bytes, *, is_forged: bool = False) -> dict[str, str]:
        """The headers that prove that we send it."""
        raise NotImplementedError

    def refuse(self, status: int) -> Reply:
        """How the service words a 429, a 500, or a 404."""
        return Reply({"error": {"message": f"trouble {status}"}}, status)

    def answer(self, request: Request) -> Reply:
        """What the service does; override it for what is common to all routes."""
        for method, pattern, answer in self._routes:
            found = pattern.fullmatch(request.path) if method == request.method else None
            if found:
                return answer(
                    Request(**{**request.__dict__, "found": found.groupdict()}),
                )
        return self.refuse(404)

    def say(self, body: bytes) -> None:
        """Something happened that a webhook tells of."""
        self.waiting.append(body)

    def move(self, kind: str, key: str, reference: str, amount_minor: int, currency: str) -> None:
        """Money moved."""
        self.movements.append(Movement(kind, key, reference, amount_minor, currency.upper()))

    # How it runs.

    def __enter__(self) -> Self:
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        assert not self.errors, self.errors

    def serve(self) -> None:
        """Run until the process ends."""
        self._server.serve_forever()

    def handle(self, request: Request) -> Reply | None:
        """Answer with the trouble that is due; None hangs up."""
        if request.path.startswith("/_fake/"):
            return self._act(request)
        with self._idle:
            self._busy += 1
        try:
            return self._serve(request)
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _serve(self, request: Request) -> Reply | None:
        with self.lock:
            self.requests.append(f"{request.method} {request.path}")
            self.bodies.append(request.body)
            fault = self._take_fault(request)
            match fault.trouble if fault else None:
                case Trouble.ERROR_BEFORE:
                    return self.refuse(500)
                case Trouble.BUSY:
                    return self.refuse(429)
                case Trouble.DROP_BEFORE:
                    return None
            reply = self.answer(request)
        match fault.trouble if fault else None:
            case Trouble.ERROR_AFTER:
                return self.refuse(500)
            case Trouble.DROP_AFTER:
                return None
            case Trouble.SLOW:
                assert fault is not None
                time.sleep(fault.seconds)
        return reply

    def _take_fault(self, request: Request) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and re.search(fault.pattern, f"{request.method} {request.path}"):
                fault.times -= 1
                return fault
        return None

    def _act(self, request: Request) -> Reply:
        """Another process acts here: ``POST /_fake/NAME`` with the arguments as JSON."""
        call = getattr(self, request.path.removeprefix("/_fake/"), None)
        if not getattr(call, "is_action", False) or call is None:
            return Reply({"error": "there is no such action"}, 404)
        return Reply(call(**request.json))


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """The status that a call is answered with; 0 if nobody answers."""
    request = urllib.request.Request(url, body, dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


class _Server(ThreadingHTTPServer):
    """Each connection has a thread; they end with the process."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, gateway: FakeGateway, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.gateway = gateway

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that has hung up is part of the trouble; anything else is a mistake here."""
        import sys

        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, ConnectionError):
            self.gateway.errors.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        request = Request(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            lower(dict(self.headers)),
            self.rfile.read(int(self.headers.get("content-length") or 0)),
        )
        reply = self.server.gateway.handle(request)
        if reply is None:
            self.close_connection = True
            return
        is_text = isinstance(reply.data, str)
        body = reply.data.encode() if is_text else json.dumps(reply.data).encode()
        if reply.status == 204:
            body = b""
        self.send_response(reply.status)
        kind = "text/html; charset=utf-8" if is_text else "application/json"
        for name, value in {"Content-Type": kind, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer


@contextmanager
def at(fake: FakeGateway, now: datetime) -> Iterator[None]:
    """Let the service live at another time."""
    before, fake.read_now = fake.read_now, lambda: now
    yield
    fake.read_now = before
