"""SMTP: many mails over one connection, and an exact account of how far each one got."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar

from quarterday.core.errors import BillingError
from quarterday.mail.mime import to_ascii, write_mail
from quarterday.ports.mailer import Answer, Outcome, Parcel, Session, Unreachable

_TIMEOUT = 30
_CLOSING = 421
_Failure = (OSError, smtplib.SMTPException)


class SmtpTransport:
    """A mail server, such as one's own or a provider's."""

    name: ClassVar[str] = "smtp"
    channels: ClassVar[tuple[str, ...]] = ("mail",)

    def open_session(self, options: Mapping[str, Any]) -> AbstractContextManager[Session]:
        """Connect and log in. Raises `Unreachable` when that fails."""
        return _open(options)


@contextmanager
def _open(options: Mapping[str, Any]) -> Iterator[Session]:
    session = _SmtpSession(options)
    session.connect()
    try:
        yield session
    finally:
        session.close()


class _SmtpSession:
    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options
        self.server: smtplib.SMTP | None = None

    def connect(self) -> None:
        try:
            self.server = self._connect()
        except _Failure as error:
            raise Unreachable(
                f"the mail server {self.options['host']} cannot be reached: {_say(error)}"
            ) from None

    def _connect(self) -> smtplib.SMTP:
        options, timeout = self.options, int(self.options.get("timeout", _TIMEOUT))
        context = ssl.create_default_context()
        host, port = options["host"], options["port"]
        server: smtplib.SMTP
        if options.get("tls"):
            server = smtplib.SMTP_SSL(host, port, timeout=timeout, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=timeout)
            if options.get("starttls"):
                server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if options.get("user"):
            server.login(options["user"], options["password"])
        return server

    def send(self, parcel: Parcel) -> Outcome:
        try:
            content = write_mail(parcel, self.options.get("dkim", {}))
        except (ValueError, BillingError) as error:
            # Nothing left the house: an address that no header can hold, or a key that is gone.
            answer = Answer.DEFERRED if isinstance(error, BillingError) else Answer.REFUSED
            return Outcome(answer, reason=f"it cannot be written as a mail: {error}")
        try:
            if self.server is None:
                self.server = self._connect()
            refusal = self._envelope(self.server, parcel)
        except _Failure as error:
            # Nothing was handed over yet, whatever broke.
            self.close()
            return _refuse(error)
        return refusal or self._hand_over(self.server, content)

    def _envelope(self, server: smtplib.SMTP, parcel: Parcel) -> Outcome | None:
        """Sender and recipient; what the server says against them."""
        sender = server.mail(parcel.sender)
        if sender[0] != 250:
            self._start_anew(server, sender[0])
            return _judge(*sender, is_address=False)
        recipient = server.rcpt(to_ascii(parcel.address))
        if recipient[0] not in (250, 251):
            self._start_anew(server, recipient[0])
            return _judge(*recipient, is_address=True)
        return None

    def _start_anew(self, server: smtplib.SMTP, code: int) -> None:
        """Make the connection ready for the next mail, or leave one that the server ends."""
        try:
            if code == _CLOSING or server.rset()[0] != 250:
                self.close()
        except _Failure:
            self.close()

    def _hand_over(self, server: smtplib.SMTP, content: bytes) -> Outcome:
        """The mail itself. If the connection breaks here, nobody knows whether it was taken."""
        try:
            code, said = server.data(content)
        except smtplib.SMTPDataError as error:
            # Refused before the content: "354" never came.
            return _judge(error.smtp_code, error.smtp_error, is_address=False)
        except _Failure as error:
            self.close()
            return Outcome(Answer.UNKNOWN, reason=f"broken off while sending: {_say(error)}")
        if code == 250:
            return Outcome(Answer.SENT, reason=_text(said))
        return _judge(code, said, is_address=False)

    def close(self) -> None:
        server, self.server = self.server, None
        if server is not None:
            try:
                server.quit()
            except _Failure:
                server.close()


def _judge(code: int, said: bytes | str, *, is_address: bool) -> Outcome:
    """A refusal: for good from 500 on, and then by the address where its own line was refused.

    550 5.7 and the like refuse the sender's reputation or the content, which is no one's address.
    """
    text = _text(said)
    answer = Answer.REFUSED if code >= 500 else Answer.DEFERRED
    blames = is_address and code in (550, 551, 553) and not text.startswith("5.7")
    return Outcome(answer, reason=f"{code} {text}", is_address=answer is Answer.REFUSED and blames)


def _refuse(error: Exception) -> Outcome:
    return Outcome(Answer.DEFERRED, reason=_say(error))


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _say(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__
