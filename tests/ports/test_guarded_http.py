"""Requests to addresses that somebody typed in: nowhere private, and no longer than they may."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from quarterday.ports.guarded_http import VARIABLE, CannotReach, NoAnswer, call, find_place


@pytest.fixture
def dripping() -> Iterator[int]:
    """A server that sends a header for ever, a byte now and then; its port."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            stream, _ = server.accept()
            with stream:
                stream.recv(4096)
                stream.sendall(b"HTTP/1.1 200 OK\r\nx: ")
                while not stop.wait(0.02):
                    try:
                        stream.sendall(b"y")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        yield server.getsockname()[1]
        stop.set()
        thread.join()


def test_a_slow_answer_is_cut_off(dripping: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "127.0.0.1")
    began = time.monotonic()
    with pytest.raises((NoAnswer, CannotReach)):
        call(f"http://127.0.0.1:{dripping}/", timeout=0.2)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f.1", "0.0.0.0", "169.254.169.254", "100.64.0.1", "::1",
     "::ffff:10.0.0.1", "fd00::1", "64:ff9b::7f00:1", "2002:a00:1::"],
)  # fmt: skip
def test_no_private_place_is_reached_in_any_spelling(host: str) -> None:
    with pytest.raises(CannotReach):
        find_place(host, 443, is_private=False)
