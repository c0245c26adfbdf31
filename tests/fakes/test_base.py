"""The stand-in fails as it is told to, and keeps count of what it did all the same."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.fakes.base import FakeGateway, Reply, Request, post, route
from tests.fakes.process import main, start


class Toy(FakeGateway):
    """Takes money by ``POST /pay/NAME``."""

    code = "toy"

    @route("POST", "/pay/{name}")
    def pay(self, request: Request) -> Reply:
        self.move("payment", request.found["name"], "pay_1", 100, "eur")
        self.say(json.dumps({"paid": request.found["name"]}).encode())
        return Reply({"ok": True})

    def sign(self, body: bytes, *, is_forged: bool = False) -> dict[str, str]:
        return {"Toy-Signature": "wrong" if is_forged else "right"}


@pytest.fixture
def toy() -> Iterator[Toy]:
    with Toy() as fake:
        yield fake


def ask(fake: FakeGateway, path: str = "/pay/att_1", timeout: float = 5) -> int:
    try:
        with urllib.request.urlopen(fake.url + path, b"", timeout=timeout) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except (OSError, http.client.HTTPException):
        return 0


@pytest.mark.parametrize(
    ("trouble", "status", "moved"),
    [
        ("slow", 0, 100),
        ("error_before", 500, 0),
        ("error_after", 500, 100),
        ("drop_before", 0, 0),
        ("drop_after", 0, 100),
        ("busy", 429, 0),
    ],
)
def test_a_fault_hits_once_and_money_is_counted(
    toy: Toy, trouble: str, status: int, moved: int
) -> None:
    toy.fail(trouble, "POST /pay/", seconds=0.2)
    assert ask(toy, timeout=0.1) == status
    assert toy.total("att_1") == toy.total(currency="EUR") == moved
    assert ask(toy) == 200
    assert ask(toy, "/elsewhere") == 404
    assert toy.total() == moved + 100


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.calls.append((self.headers["toy-signature"], body))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_webhooks_come_twice_shuffled_forged_and_again_after_a_refusal(toy: Toy) -> None:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Hook)
    server.calls, server.status = [], 503
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    for name in ("a", "b", "c"):
        ask(toy, f"/pay/{name}")
    assert toy.collect(keep=True)[0] == ({"toy-signature": "right"}, b'{"paid": "a"}')
    assert toy.deliver(url) == [503] * 3
    server.status = 200
    assert toy.deliver(url, order="shuffled", times=2) == [200] * 6
    assert toy.deliver(url) == []
    assert post(url, *toy.forge(b"{}")) == 200
    said = list(server.calls[3:])
    assert sorted(said[:6]) == sorted(
        [("right", b'{"paid": "%s"}' % n) for n in (b"a", b"b", b"c")] * 2
    )
    assert said[6] == ("wrong", b"{}")
    server.shutdown()
    server.server_close()


def test_it_runs_as_a_process_of_its_own() -> None:
    with start("test_base") as remote:
        remote.act("fail", trouble="drop_after")
        with pytest.raises((OSError, http.client.HTTPException)):
            urllib.request.urlopen(f"{remote.url}/pay/att_1", b"", timeout=5)
        assert remote.total("att_1") == 100
        (one,) = remote.act("list_movements")
        assert (one["kind"], one["reference"], one["currency"]) == ("payment", "pay_1", "EUR")
        assert remote.act("list_requests") == ["POST /pay/att_1"]


if __name__ == "__main__":
    main(Toy)
