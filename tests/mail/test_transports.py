"""Mail as it stands on the wire, and text messages as a gateway gets them."""

from __future__ import annotations

import base64
import email
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from quarterday.core.errors import BillingError
from quarterday.mail.mime import write_mail
from quarterday.ports.mailer import (
    Answer,
    Attachment,
    Outcome,
    Parcel,
    Unreachable,
    find_transport,
    list_transports,
)
from tests.mail.sink import run_sink

PARCEL = Parcel(
    key="dlv_1@shop.example",
    channel="mail",
    address="ada@example.com",
    name="Ada Éxample",
    sender="billing@shop.example",
    sender_name="Shop GmbH & Co.",
    reply_to="help@shop.example",
    title="Ünïted 5 €",
    text="Grüße\n.\nFrom here on\n" + "x" * 300,
    html="<p>Grüße</p>",
    at=datetime(2026, 3, 2, 12, tzinfo=UTC),
    headers=(
        ("List-Unsubscribe", "<https://shop.example/l/abc>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ),
    attachments=(Attachment("Rechnung 1.pdf", "application/pdf", b"%PDF-1"),),
)


def send(transport: str, options: Mapping[str, Any], parcel: Parcel = PARCEL) -> Outcome:
    with find_transport(transport).open_session(options) as session:
        return session.send(parcel)


def test_the_ways_out_are_found() -> None:
    assert {"smtp", "file", "django", "anymail", "signed_http"} <= set(list_transports())
    with pytest.raises(BillingError, match="there are anymail"):
        find_transport("pigeon")


def test_a_mail_is_complete_and_reads_back() -> None:
    raw = write_mail(PARCEL, {})
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    mail = email.message_from_bytes(raw, policy=default)
    assert mail["Message-ID"] == "<dlv_1@shop.example>"
    assert mail["Date"] == "Mon, 02 Mar 2026 12:00:00 +0000"
    assert mail["Subject"] == "Ünïted 5 €"
    assert str(mail["From"]) == '"Shop GmbH & Co." <billing@shop.example>'
    assert mail["To"].addresses[0].display_name == "Ada Éxample"
    assert mail["Reply-To"] == "help@shop.example"
    text = mail.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n").rstrip() == PARCEL.text
    (file,) = mail.iter_attachments()
    assert file.get_filename() == "Rechnung 1.pdf"


def test_a_name_cannot_end_its_header() -> None:
    raw = write_mail(PARCEL._replace(name="x\r\nBcc: eve@example.com"), {})
    assert b"\nBcc:" not in raw


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    """A private key's file, and what the DNS says of it."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path = tmp_path_factory.mktemp("dkim") / "key.pem"
    path.write_bytes(
        made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    public = made.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return str(path), b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def test_mail_is_signed_with_the_key_of_its_domain(key: tuple[str, bytes]) -> None:
    path, record = key
    with run_sink() as sink:
        options = {**sink.options, "dkim": {"shop.example": ("s1", path)}}
        assert send("smtp", options).answer is Answer.SENT
    (raw,) = sink.raw
    asked = []

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    assert dkim.verify(raw, dnsfunc=look_up)
    assert asked == [b"s1._domainkey.shop.example."]
    head = raw.split(b"\r\n\r\n")[0].lower().replace(b"\r\n", b"").replace(b" ", b"")
    signature = head[head.index(b"dkim-signature:") :]
    assert b"list-unsubscribe:list-unsubscribe-post" in signature
    assert not dkim.verify(raw.replace(b"5 =E2", b"9 =E2").replace(b"Ada", b"Eve"), dnsfunc=look_up)


def test_mail_of_other_domains_is_not_signed(key: tuple[str, bytes]) -> None:
    assert b"DKIM-Signature" not in write_mail(PARCEL, {"other.example": ("s1", key[0])})


def test_a_missing_key_is_said(tmp_path: Path) -> None:
    with pytest.raises(BillingError, match="QUARTERDAY_DKIM"):
        write_mail(PARCEL, {"shop.example": ("s1", str(tmp_path / "none.pem"))})


@pytest.mark.parametrize(
    ("said", "answer", "is_address"),
    [
        ("550 5.1.1 unknown", Answer.REFUSED, True),
        ("550 5.7.1 blocked", Answer.REFUSED, False),
        ("451 4.2.2 full", Answer.DEFERRED, False),
        ("421 4.3.2 closing", Answer.DEFERRED, False),
    ],
)
def test_what_a_server_says_of_an_address(said: str, answer: Answer, is_address: bool) -> None:
    with run_sink() as sink:
        sink.rcpt_answers.append(said)
        with find_transport("smtp").open_session(sink.options) as session:
            outcome = session.send(PARCEL)
            assert (outcome.answer, outcome.is_address) == (answer, is_address)
            assert session.send(PARCEL).answer is Answer.SENT, "the next one goes through"


def test_addresses_of_other_scripts() -> None:
    with run_sink() as sink:
        assert send("smtp", sink.options, PARCEL._replace(address="ada@bücher.example")).answer == (
            Answer.SENT
        )
        assert sink.recipients == ["ada@xn--bcher-kva.example"]
        bad = PARCEL._replace(address="jürgen@example.com")
        assert send("smtp", sink.options, bad).answer is Answer.REFUSED
        lost = {**sink.options, "dkim": {"shop.example": ("s1", "/nowhere/key.pem")}}
        assert send("smtp", lost).answer is Answer.DEFERRED, "a key that is away is put back"


def test_an_unreachable_server_takes_nothing() -> None:
    with pytest.raises(Unreachable, match="cannot be reached"):
        send("smtp", {"host": "127.0.0.1", "port": 1})


def test_mail_is_written_to_files(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert send("file", {"folder": str(folder)}).answer is Answer.SENT
    assert send("file", {"folder": str(folder)}).answer is Answer.SENT
    assert [path.name for path in folder.iterdir()] == ["dlv_1.eml"]


def test_any_backend_of_django_sends(mailoutbox: list[Any]) -> None:
    backend = "django.core.mail.backends.locmem.EmailBackend"
    assert send("django", {"backend": backend}).answer is Answer.SENT
    (mail,) = mailoutbox
    assert mail.extra_headers["Message-ID"] == "<dlv_1@shop.example>"
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.alternatives[0][0] == "<p>Grüße</p>"
    assert mail.message()["Auto-Submitted"] == "auto-generated"


def test_a_provider_of_anymail_gives_its_id() -> None:
    outcome = send("anymail", {"backend": "test"})
    assert outcome.answer is Answer.SENT
    with pytest.raises(Unreachable, match="nobody"):
        send("anymail", {"backend": "nobody"})


SECRET = "a secret of sufficient length"


class Gateway(BaseHTTPRequestHandler):
    """Keeps what it gets; answers with the next status."""

    got: list[tuple[dict[str, str], bytes]]
    status: int
    said: bytes

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        headers = {name.lower(): value for name, value in self.headers.items()}
        type(self).got.append((headers, self.rfile.read(length)))
        if not self.status:
            self.connection.close()
            return
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("location", f"http://127.0.0.1:{self.server.server_port}/other")  # type: ignore[attr-defined]
        self.end_headers()
        self.wfile.write(self.said)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def run_gateway(status: int, said: bytes = b"") -> Iterator[tuple[type[Gateway], dict[str, Any]]]:
    kind = type("Kind", (Gateway,), {"got": [], "status": status, "said": said})
    server = HTTPServer(("127.0.0.1", 0), kind)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/sms?to=all"
    try:
        yield kind, {"url": url, "secret": SECRET, "private": True, "timeout": 5}
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


TEXT = PARCEL._replace(channel="sms", address="+4930123456", text="Pay 5 € https://x.example/l/1")


def test_a_text_message_is_posted_and_signed() -> None:
    with run_gateway(202, b'{"id": "sms-7"}') as (gateway, options):
        outcome = send("signed_http", options, TEXT)
    assert outcome == Outcome(Answer.SENT, "sms-7")
    ((headers, body),) = gateway.got
    assert json.loads(body)["to"] == "+4930123456"
    assert json.loads(body)["text"] == TEXT.text
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.digest(SECRET.encode(), signed, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert headers["webhook-id"] == TEXT.key


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, Answer.DEFERRED),
        (429, Answer.DEFERRED),
        (400, Answer.REFUSED),
        (302, Answer.REFUSED),
        (0, Answer.UNKNOWN),
    ],
)
def test_what_a_gateway_answers(status: int, answer: Answer) -> None:
    with run_gateway(status) as (gateway, options):
        assert send("signed_http", options, TEXT).answer is answer
        assert len(gateway.got) == 1, "no redirect is followed and nothing is sent again"


def test_private_networks_are_out_of_reach() -> None:
    with run_gateway(200) as (gateway, options):
        with pytest.raises(Unreachable, match="private network"):
            send("signed_http", {**options, "private": False}, TEXT)
        assert not gateway.got
    with pytest.raises(Unreachable, match="private network"):
        send("signed_http", {"url": "https://169.254.169.254/x", "secret": SECRET}, TEXT)
