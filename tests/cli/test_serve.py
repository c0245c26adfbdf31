from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.browser.place import free_port
from tests.conftest import DATABASE_URL


@contextmanager
def run_server(
    url: str, folder: Path, *options: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    port = free_port()
    environ = os.environ | {DATABASE_URL: url, "QUARTERDAY_MAIL_URL": f"file://{folder}/mail"}
    environ.pop("QUARTERDAY_URL", None)
    server = subprocess.Popen(
        [sys.executable, "-m", "quarterday", "serve", "--port", str(port), *options],
        env=environ,
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield f"http://localhost:{port}", server
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.communicate(timeout=30)


def test_serve_answers_and_works_until_it_is_told_to_stop(
    fresh_database_url: str, tmp_path: Path
) -> None:
    with run_server(fresh_database_url, tmp_path) as (address, server):
        assert "no-store" in wait_for(f"{address}/sign-in/", server)
        # A worker came along: its heartbeat says so.
        wait_for(f"{address}/healthz", server, worker="ok")
        server.send_signal(signal.SIGTERM)
        said, _ = server.communicate(timeout=60)
        assert server.returncode == 0
    assert f"Serving at {address}" in said
    with pytest.raises(URLError):
        urlopen(f"{address}/sign-in/", timeout=2)


def test_without_jobs_there_is_the_server_alone(fresh_database_url: str, tmp_path: Path) -> None:
    with run_server(fresh_database_url, tmp_path, "--no-jobs") as (address, server):
        wait_for(f"{address}/livez", server)
        assert len(list_children(server.pid)) <= 1, "the server's own"
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)


def test_what_dies_takes_the_whole_down_so_that_it_is_started_anew(
    fresh_database_url: str, tmp_path: Path
) -> None:
    with run_server(fresh_database_url, tmp_path) as (address, server):
        wait_for(f"{address}/livez", server)
        (worker,) = [
            pid
            for pid in list_children(server.pid)
            if b"work" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        ]
        os.kill(worker, signal.SIGKILL)
        server.communicate(timeout=60)
        assert server.returncode == 70


def list_children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in found.split()]


def wait_for(address: str, server: subprocess.Popen[str], worker: str = "") -> str:
    """Wait until an address answers, and tells that of the worker; how it may be cached."""
    for _ in range(600):
        try:
            with urlopen(address, timeout=5) as answer:
                if not worker or json.loads(answer.read())["worker"] == worker:
                    return str(answer.headers["Cache-Control"])
        except (URLError, ConnectionError, TimeoutError):
            pass
        assert server.poll() is None
        time.sleep(0.1)
    raise AssertionError("the server did not answer in time")


@pytest.mark.sqlite_only
def test_several_processes_need_postgresql(fresh_database_url: str, run_quarterday) -> None:  # type: ignore[no-untyped-def]
    done = run_quarterday(fresh_database_url, "serve", "--workers", "2", status=2)
    assert "use PostgreSQL" in done.stdout + done.stderr
