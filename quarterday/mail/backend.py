"""Django's mail backends, and with them every provider that django-anymail knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from email.utils import format_datetime
from typing import Any, ClassVar

from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection

from quarterday.mail.mime import build_mail
from quarterday.ports.mailer import Answer, Outcome, Parcel, Session, Unreachable


class BackendTransport:
    """A backend of Django, by its dotted name."""

    name: ClassVar[str] = "django"
    channels: ClassVar[tuple[str, ...]] = ("mail",)

    def open_session(self, options: Mapping[str, Any]) -> AbstractContextManager[Session]:
        """Connect. Raises `Unreachable` when that fails."""
        return _open(str(options["backend"]))


class AnymailTransport:
    """A provider, by its name in django-anymail; its settings are the ``ANYMAIL_…`` variables."""

    name: ClassVar[str] = "anymail"
    channels: ClassVar[tuple[str, ...]] = ("mail",)

    def open_session(self, options: Mapping[str, Any]) -> AbstractContextManager[Session]:
        """Connect. Raises `Unreachable` when that fails."""
        return _open(f"anymail.backends.{options['backend']}.EmailBackend")


@contextmanager
def _open(backend: str) -> Iterator[Session]:
    try:
        connection = get_connection(backend)
        connection.open()
    except (ImportError, ImproperlyConfigured, OSError) as error:
        raise Unreachable(f"the mail backend {backend} cannot be used: {error}") from None
    try:
        yield _BackendSession(connection)
    finally:
        connection.close()


class _BackendSession:
    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def send(self, parcel: Parcel) -> Outcome:
        try:
            mail = _to_django(parcel)
        except ValueError as error:
            return Outcome(Answer.REFUSED, reason=f"it cannot be written as a mail: {error}")
        return self._hand_over(mail)

    def _hand_over(self, mail: EmailMultiAlternatives) -> Outcome:
        try:
            sent = self.connection.send_messages([mail])
        except AnymailRecipientsRefused as error:
            return Outcome(Answer.REFUSED, reason=str(error), is_address=True)
        except AnymailRequestsAPIError as error:
            return _judge(error)
        except (AnymailError, OSError) as error:
            # Without an answer from the provider it may have taken the mail all the same.
            return Outcome(Answer.UNKNOWN, reason=str(error))
        status = getattr(mail, "anymail_status", None)
        if status is not None and status.status and status.status <= {"rejected", "invalid"}:
            return Outcome(Answer.REFUSED, reason=", ".join(sorted(status.status)), is_address=True)
        if not sent:
            return Outcome(Answer.DEFERRED, reason="the backend sent nothing")
        return Outcome(Answer.SENT, provider_id=_id_of(status))


def _judge(error: AnymailAPIError) -> Outcome:
    """A provider's refusal: an answer means that nothing was taken, silence means nothing."""
    response = getattr(error, "response", None)
    if response is None:
        return Outcome(Answer.UNKNOWN, reason=str(error)[:400])
    code = int(response.status_code)
    for_good = 400 <= code < 500 and code not in (401, 403, 408, 425, 429)
    answer = Answer.REFUSED if for_good else Answer.DEFERRED
    return Outcome(answer, reason=f"the provider answered {code}")


def _id_of(status: Any) -> str:
    found = getattr(status, "message_id", None)
    return found if isinstance(found, str) else ""


def _to_django(parcel: Parcel) -> EmailMultiAlternatives:
    """The same mail that SMTP would carry, as Django has it."""
    built = build_mail(parcel)
    mail = EmailMultiAlternatives(
        subject=parcel.title,
        body=parcel.text,
        from_email=str(built["From"]),
        to=[str(built["To"])],
        reply_to=[parcel.reply_to] if parcel.reply_to else None,
        headers={
            "Message-ID": f"<{parcel.key}>",
            "Date": format_datetime(parcel.at),
            "Auto-Submitted": "auto-generated",
            **dict(parcel.headers),
        },
    )
    if parcel.html:
        mail.attach_alternative(parcel.html, "text/html")
    for file in parcel.attachments:
        mail.attach(file.name, file.content, file.media_type)
    return mail
