"""The program that makes the services: it does what it is told once, and is not always well."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

from standardwebhooks import Webhook

_BECOMES = {
    "create": "active",
    "suspend": "suspended",
    "restrict": "restricted",
    "restore": "active",
    "terminate": "terminated",
}


@dataclass(slots=True)
class Panel:
    """Which service is in which state here, by the external id of its contract."""

    secret: str
    rng: Random
    url: str = ""
    states: dict[str, str] = field(default_factory=dict)
    plans: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Do what a request says, unless that was done; the status to answer, 0 for none."""
        # Its `verify` compares with the clock of the machine, and this story has one of its own.
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        signed = Webhook(self.secret).sign(headers["webhook-id"], at, body.decode())
        assert headers["webhook-signature"] == signed
        said = json.loads(body)["data"]
        trouble = self.rng.random()
        self.asked[said["action"]] += 1
        if trouble < 0.04:
            return 503
        if headers["webhook-id"] not in self.done:
            self.done.add(headers["webhook-id"])
            name = said["external_id"]
            if said["action"] in _BECOMES:
                self.states[name] = _BECOMES[said["action"]]
            self.plans[name] = said["plan"]
        if trouble < 0.08:
            return 0
        return 500 if trouble < 0.1 else 200


@contextmanager
def run_panel(secret: str, rng: Random) -> Iterator[Panel]:
    """The panel at an address of this machine."""
    panel = Panel(secret, rng)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = panel.take(headers, body)
            if not status:
                self.connection.close()
                return
            self.send_response(status)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    panel.url = f"http://127.0.0.1:{server.server_port}/services"
    try:
        yield panel
    finally:
        server.shutdown()
        server.server_close()
