from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.browser.place import free_port
from tests.conftest import DATABASE_URL


@pytest.mark.parametrize("options", [[], ["--jobs"]])
def test_serve_answers_until_it_is_told_to_stop(
    fresh_database_url: str, tmp_path: Path, options: list[str]
) -> None:
    port = free_port()
    environ = os.environ | {
        DATABASE_URL: fresh_database_url,
        "QUARTERDAY_MAIL_URL": f"file://{tmp_path}/mail",
    }
    environ.pop("QUARTERDAY_URL", None)
    server = subprocess.Popen(
        [sys.executable, "-m", "quarterday", "serve", "--port", str(port), *options],
        env=environ,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert "no-store" in wait_for(f"http://localhost:{port}/sign-in/", server)
    finally:
        server.send_signal(signal.SIGTERM)
        said, _ = server.communicate(timeout=30)
    assert f"Serving at http://localhost:{port}" in said
    with pytest.raises(URLError):
        urlopen(f"http://localhost:{port}/sign-in/", timeout=2)


def wait_for(address: str, server: subprocess.Popen[str]) -> str:
    for _ in range(300):
        try:
            with urlopen(address, timeout=5) as answer:
                return str(answer.headers["Cache-Control"])
        except (URLError, ConnectionError):
            assert server.poll() is None
            time.sleep(0.1)
    raise AssertionError("the server did not answer in time")


@pytest.mark.sqlite_only
def test_several_processes_need_postgresql(fresh_database_url: str, run_quarterday) -> None:  # type: ignore[no-untyped-def]
    done = run_quarterday(fresh_database_url, "serve", "--workers", "2", status=2)
    assert "use PostgreSQL" in done.stdout + done.stderr
