"""How mail is sent is read from the environment, and slips are said without any password."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from quarterday.project.mail import read_mail_settings

SECRET = "a secret of sufficient length"


def ways(**environ: str) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = read_mail_settings(environ)["MESSAGE_TRANSPORTS"]
    return found


def test_nothing_is_sent_unless_it_is_said_how() -> None:
    assert ways() == {}


def test_smtp() -> None:
    found = ways(QUARTERDAY_MAIL_URL="smtp://us%40er:p%2Fw@mail.example:587?starttls=1&rate=60")
    assert found["mail"] == {
        "transport": "smtp",
        "host": "mail.example",
        "port": 587,
        "user": "us@er",
        "password": "p/w",
        "tls": False,
        "starttls": 1,
        "rate": 60,
    }
    assert ways(QUARTERDAY_MAIL_URL="smtps://mail.example")["mail"]["port"] == 465
    assert ways(QUARTERDAY_MAIL_URL="smtp://localhost")["mail"]["port"] == 25


def test_providers_and_files() -> None:
    found = ways(QUARTERDAY_MAIL_URL="anymail:postmark?rate=10")["mail"]
    assert found == {"transport": "anymail", "backend": "postmark", "rate": 10}
    assert ways(QUARTERDAY_MAIL_URL="file:///var/out")["mail"]["folder"] == "/var/out"
    anymail = read_mail_settings({"ANYMAIL_POSTMARK_SERVER_TOKEN": "t"})["ANYMAIL"]
    assert anymail == {"POSTMARK_SERVER_TOKEN": "t"}


def test_text_messages() -> None:
    found = ways(
        QUARTERDAY_SMS_URL="https://gateway.example/send?from=7&rate=5",
        QUARTERDAY_SMS_SECRET=SECRET,
    )
    assert found["sms"]["url"] == "https://gateway.example/send?from=7"
    assert found["sms"]["rate"] == 5
    assert found["sms"]["private"] is False


def test_keys() -> None:
    keys = read_mail_settings({"QUARTERDAY_DKIM": "A.example:s1:/etc/a.pem b.example:s2:/b"})
    assert keys["DKIM_KEYS"] == {"a.example": ("s1", "/etc/a.pem"), "b.example": ("s2", "/b")}


@pytest.mark.parametrize(
    "environ",
    [
        {"QUARTERDAY_MAIL_URL": "mail.example"},
        {"QUARTERDAY_MAIL_URL": "pop://u:hidden@mail.example"},
        {"QUARTERDAY_MAIL_URL": "smtp://u:hidden@mail.example:port"},
        {"QUARTERDAY_MAIL_URL": "smtp://u:hidden@mail.example?fast=1"},
        {"QUARTERDAY_MAIL_URL": "smtp://mail.example?rate=many"},
        {"QUARTERDAY_SMS_URL": "http://gateway.example", "QUARTERDAY_SMS_SECRET": SECRET},
        {"QUARTERDAY_SMS_URL": "https://gateway.example", "QUARTERDAY_SMS_SECRET": "hidden"},
        {"QUARTERDAY_DKIM": "example.com:key"},
    ],
)
def test_slips_are_refused(environ: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="QUARTERDAY_") as caught:
        read_mail_settings(environ)
    assert "hidden" not in str(caught.value)
