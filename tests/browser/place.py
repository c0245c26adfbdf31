"""A running Quarterday for browser tests: a real server process, mails in a real SMTP sink."""

from __future__ import annotations

import email
import email.policy
import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from aiosmtpd.controller import Controller

from tests.conftest import DATABASE_URL
from tests.zygote import Zygote


class Sink:
    """Keeps every mail that arrives."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.controller.start()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 kept"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.controller.port}"


class Place:
    """One installation with its own database, its server, and a clock that can be moved."""

    def __init__(self, folder: Path, database_url: str, sink: Sink, zygote: Zygote) -> None:
        self.folder = folder
        self.zygote = zygote
        self.sink = sink
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.server: subprocess.Popen[bytes] | None = None
        self.environ = os.environ | {
            DATABASE_URL: database_url,
            "QUARTERDAY_URL": self.url,
            "QUARTERDAY_MAIL_URL": sink.url,
            "COLUMNS": "120",
            "NO_COLOR": "1",
        }

    def move_clock(self, instant: str) -> None:
        """Live at another instant from now on; the server starts anew with it."""
        self.set_clock(instant)
        self.stop()
        self.start()

    def set_clock(self, instant: str) -> None:
        """Let every process from now on live at another instant."""
        shift = datetime.fromisoformat(instant) - datetime.now(UTC)
        self.environ["QUARTERDAY_CLOCK_SHIFT"] = f"{int(shift.total_seconds())}s"

    def start(self) -> None:
        log = (self.folder / "server.log").open("ab")
        self.server = subprocess.Popen(
            # What is due is done when a test says so, not beside it at some instant of its own.
            [sys.executable, "-m", "quarterday", "serve", "--no-jobs", "--port", str(self.port)],
            env=self.environ,
            cwd=self.folder,
            stdout=log,
            stderr=log,
        )
        for _ in range(300):
            try:
                urlopen(f"{self.url}/brand/-.css", timeout=5).close()
            except (URLError, ConnectionError, TimeoutError):
                assert self.server.poll() is None, (self.folder / "server.log").read_text()
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server did not answer in time")

    def stop(self) -> None:
        if self.server is not None:
            self.server.send_signal(signal.SIGTERM)
            try:
                self.server.wait(10)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
            self.server = None

    def run(self, *arguments: str) -> str:
        """Run a command on the same database and clock, and give what it printed."""
        done = self.zygote.run(arguments, self.environ, self.folder)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def deliver(self) -> str:
        """Do the work that is due, mail among it, and give what is said of it."""
        self.run("run")
        return self.run("jobs", "run", "--once", "--only", "deliver_messages")

    def mail(self, to: str, word: str) -> EmailMessage:
        """The newest mail to somebody whose subject has a word in it, delivering first."""
        said = self.deliver()
        subjects = [(one["To"], plain(one["Subject"])) for one in self.sink.mails]
        found = [
            mail
            for mail, (reader, subject) in zip(self.sink.mails, subjects, strict=True)
            if to in reader and word in subject
        ]
        assert found, f"no mail to {to} with {word!r} among {subjects}\n{said}"
        return found[-1]


def plain(text: str) -> str:
    """A text with ordinary spaces."""
    return text.replace("\xa0", " ").replace("\u202f", " ")


def text_of(mail: EmailMessage) -> str:
    """The text part of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return plain(str(part.get_content()))


def links_of(mail: EmailMessage) -> list[str]:
    """The addresses in the text part of a mail, in their order."""
    return re.findall(r"https?://\S+", text_of(mail))


def attachments_of(mail: EmailMessage) -> list[bytes]:
    """What is attached to a mail."""
    return [bytes(part.get_content()) for part in mail.iter_attachments()]


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
