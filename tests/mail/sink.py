"""A mail server for tests that keeps what it gets, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import email
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from types import SimpleNamespace
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Sink:
    """What arrived, and how the next ones are answered.

    ``answers`` are taken one by one, for each recipient or mail; without one it is taken.
    ``closes`` breaks the connection after so many mails were read, without an answer.
    """

    port: int = 0
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    rcpt_answers: deque[str] = field(default_factory=deque)
    data_answers: deque[str] = field(default_factory=deque)
    breaks: int = 0
    delay: float = 0
    sessions: int = 0

    @property
    def mails(self) -> list[EmailMessage]:
        return [email.message_from_bytes(one, policy=default) for one in self.raw]  # type: ignore[misc]

    @property
    def options(self) -> dict[str, Any]:
        return {"transport": "smtp", "host": "127.0.0.1", "port": self.port, "timeout": 10}

    # What aiosmtpd calls.

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, host: str, said: list[str]
    ) -> list[str]:
        self.sessions += 1
        session.host_name = host
        return said

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt_answers.popleft() if self.rcpt_answers else "250 ok"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.data_answers.popleft() if self.data_answers else "250 kept"
        if answer.startswith("250"):
            assert isinstance(envelope.original_content, bytes)
            self.raw.append(envelope.original_content)
            self.recipients += envelope.rcpt_tos
        if self.breaks:
            self.breaks -= 1
            server.transport.abort()
        await asyncio.sleep(self.delay)
        return answer


@contextmanager
def run_sink() -> Iterator[Sink]:
    sink = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        sink.port = probe.getsockname()[1]
    # At each connection aiosmtpd looks at everything that its handler has; `mails` is not for it.
    handler = SimpleNamespace(
        handle_EHLO=sink.handle_EHLO, handle_RCPT=sink.handle_RCPT, handle_DATA=sink.handle_DATA
    )
    controller = Controller(
        handler, hostname="127.0.0.1", port=sink.port, server_hostname="mail.example"
    )
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
