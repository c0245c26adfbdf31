"""SpamAssassin, with the rules that Debian ships and without the network, finds nothing in any of
the built-in messages in any language.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quarterday.core.message import KINDS, example_fields
from quarterday.mail.mime import write_mail
from quarterday.ports.composer import Occasion, find_composer
from quarterday.ports.mailer import Parcel

LIMIT = 1.0
SPAM = b"""Message-ID: <1@example.com>
Date: Fri, 20 Nov 2026 10:00:00 +0000
From: x <x@example.com>
To: y <y@example.org>
Subject: test
MIME-Version: 1.0

XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X
"""
TOKEN = (
    "Xq7eYEzV1qezOfWcfGOYdcz0GRjtyK2pNbdQx3l5xf9PPBJci0NiC4YfC8WJqtHarJwxhpjSM9LKnG3zL8XQDfc77qAG"
)


@pytest.fixture(scope="module")
def spamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a SpamAssassin that asks nobody else."""
    missing = [name for name in ("spamd", "spamc") if not find_program(name)]
    if missing:
        pytest.skip(f"{' and '.join(missing)} are not installed: apt-get install spamd spamc")
    folder = tmp_path_factory.mktemp("spamd")
    port = free_port()
    command = [
        find_program("spamd"), "--local", "--listen", f"127.0.0.1:{port}", "--max-children", "2",
        "--nouser-config", "--username", "nobody", "--pidfile", str(folder / "pid"),
        "--syslog", str(folder / "log"),
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(server, port, folder / "log")
        yield port
    finally:
        server.terminate()
        server.wait(30)


def find_program(name: str) -> str:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin") or ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            said = log.read_text() if log.exists() else ""
            raise AssertionError(f"spamd ended with {server.returncode}: {said}")
        try:
            socket.create_connection(("127.0.0.1", port), 0.1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("spamd did not listen within a minute")


def score_mail(port: int, mail: bytes) -> tuple[float, str]:
    """The score, and the rules that it comes from."""
    done = subprocess.run(
        [find_program("spamc"), "-d", "127.0.0.1", "-p", str(port), "-x", "-s", "2000000", "-R"],
        input=mail,
        capture_output=True,
        timeout=60,
    )
    said = done.stdout.decode("utf-8", "replace")
    found = re.match(r"(-?[\d.]+)/([\d.]+)", said)
    # spamc says 0/0 when nobody answers it.
    assert found and float(found[2]) > 0, said or done.stderr
    return float(found[1]), said


def build(kind: str, language: str) -> bytes:
    link = f"https://billing.nordlicht.example/l/{TOKEN}"
    leave = link if KINDS[kind].is_marketing else ""
    look = {"accent": "#0b6e4f", "footer": ["Managing director: Grace Example"]}
    composed = find_composer().compose(
        Occasion(kind, language, example_fields(kind), link, leave, look)
    )
    headers = (
        (
            ("List-Unsubscribe", f"<{leave}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        )
        if leave
        else ()
    )
    parcel = Parcel(
        key="dlv_01a202549e9a93b24376b98e525a1a49@nordlicht.example",
        channel="mail",
        address="ada@example.com",
        name="Ada Example",
        sender="billing@nordlicht.example",
        sender_name="Nordlicht Netz",
        reply_to="help@nordlicht.example",
        title=composed.title,
        text=composed.text,
        html=composed.html,
        at=datetime.now(UTC),
        headers=headers,
    )
    return write_mail(parcel, {})


def test_the_scorer_knows_spam(spamd: int) -> None:
    score, _ = score_mail(spamd, SPAM)
    assert score > 100


@pytest.mark.parametrize("language", find_composer().list_languages())
def test_no_built_in_message_looks_like_spam(spamd: int, language: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        scored = pool.map(lambda kind: score_mail(spamd, build(kind, language)), KINDS)
        bad = {k: said for k, (score, said) in zip(KINDS, scored, strict=True) if score >= LIMIT}
    assert not bad, "\n".join(f"{kind}: {said}" for kind, said in bad.items())
