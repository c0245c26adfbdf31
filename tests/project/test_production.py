"""Start-up refuses what is unsafe in production, and names it with its remedy."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from quarterday.project.production import Facts, find_unsafe, is_public

SAFE = Facts(
    url="https://billing.example.com",
    hosts=["billing.example.com", "pay.example.net"],
    key="k" * 48,
    key_mode=0o600,
    key_path="/srv/billing/quarterday.secret-key",
    listen="127.0.0.1",
)


def test_what_is_safe_is_let_pass() -> None:
    assert not list(find_unsafe(SAFE))
    behind = replace(SAFE, listen="0.0.0.0", is_behind_proxy=True, key_mode=None)
    assert not list(find_unsafe(behind))
    inside = replace(SAFE, url="http://10.0.0.7:8000")
    assert not list(find_unsafe(inside))


@pytest.mark.parametrize(
    ("change", "number", "names"),
    [
        ({"is_debug": True}, 1, "QUARTERDAY_DEBUG"),
        ({"url": "http://billing.example.com"}, 2, "QUARTERDAY_URL"),
        ({"url": "http://8.8.8.8"}, 2, "QUARTERDAY_URL"),
        ({"key": ""}, 3, "secret key"),
        ({"key": "short"}, 4, "QUARTERDAY_SECRET_KEY has 5"),
        ({"key_mode": 0o644}, 5, "QUARTERDAY_SECRET_KEY"),
        ({"key_mode": 0o640}, 5, "chmod 600"),
        ({"is_moved": True}, 6, "QUARTERDAY_CLOCK_SHIFT"),
        ({"is_demo": True}, 7, "QUARTERDAY_DATABASE_URL"),
        ({"hosts": ["*"]}, 8, "QUARTERDAY_HOSTS"),
        ({"hosts": [".example.com"]}, 8, "QUARTERDAY_HOSTS"),
        ({"listen": "0.0.0.0"}, 9, "QUARTERDAY_BEHIND_PROXY"),
        ({"listen": "::"}, 9, "127.0.0.1"),
    ],
)
def test_each_unsafe_setting_is_named(change: dict[str, object], number: int, names: str) -> None:
    (found,) = find_unsafe(replace(SAFE, **change))  # type: ignore[arg-type]
    assert found.id == f"quarterday.E{number:03d}"
    assert names in f"{found.msg}; {found.hint}"


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("http://localhost:8000", False),
        ("http://127.0.0.1", False),
        ("http://192.168.1.4:8000", False),
        ("http://billing.internal", False),
        ("http://[2001:4860::1]", True),
        ("http://billing.example.com", True),
    ],
)
def test_names_that_strangers_reach(url: str, answer: bool) -> None:
    assert is_public(url) is answer


@pytest.mark.parametrize(
    ("environ", "wrong"),
    [
        ({"QUARTERDAY_URL": "https://billing.example.com"}, "QUARTERDAY_CLOCK_SHIFT"),
        ({"QUARTERDAY_ENV": "production", "QUARTERDAY_URL": "http://b.example.com"}, "https://"),
        ({"QUARTERDAY_URL": "https://billing.example.com", "QUARTERDAY_ENV": "rehearsal"}, ""),
        ({"QUARTERDAY_URL": "http://localhost:8000"}, ""),
    ],
)
def test_a_process_says_so_and_ends(environ: dict[str, str], wrong: str, tmp_path: Path) -> None:
    """The web application and the worker alike, each as a process of its own."""
    clean = {name: value for name, value in os.environ.items() if name != "QUARTERDAY_ENV"}
    settings = {
        "QUARTERDAY_DATABASE_URL": f"sqlite:///{tmp_path}/new.sqlite3",
        "QUARTERDAY_SECRET_KEY": "k" * 48,
        "QUARTERDAY_CLOCK_SHIFT": "31d",
    }
    done = subprocess.run(
        [sys.executable, "-c", "import quarterday.project.wsgi"],
        env=clean | settings | environ,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode != 0) is bool(wrong)
    assert wrong in done.stderr
