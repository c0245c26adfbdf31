"""A parcel as a mail, byte for byte, signed where the sender's domain has a key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path

import dkim

from quarterday.core.errors import BillingError
from quarterday.ports.mailer import Parcel

Keys = Mapping[str, tuple[str, str]]
_SIGNED = (
    "from to subject date message-id reply-to mime-version content-type auto-submitted "
    "list-unsubscribe list-unsubscribe-post"
)
_POLICY = SMTP.clone(max_line_length=200)


def build_mail(parcel: Parcel) -> EmailMessage:
    """The mail with its headers, text, page and files."""
    mail = EmailMessage(policy=_POLICY)
    mail["Message-ID"] = f"<{parcel.key}>"
    mail["Date"] = format_datetime(parcel.at)
    mail["From"] = _address(parcel.sender_name, parcel.sender)
    mail["To"] = _address(parcel.name, parcel.address)
    if parcel.reply_to:
        mail["Reply-To"] = _address("", parcel.reply_to)
    mail["Subject"] = parcel.title
    mail["Auto-Submitted"] = "auto-generated"
    for name, value in parcel.headers:
        mail[name] = value
    mail.set_content(parcel.text, cte="quoted-printable")
    if parcel.html:
        mail.add_alternative(parcel.html, subtype="html", cte="quoted-printable")
    for file in parcel.attachments:
        kind, _, subtype = file.media_type.partition("/")
        mail.add_attachment(file.content, kind, subtype, filename=file.name)
    return mail


def write_mail(parcel: Parcel, keys: Keys) -> bytes:
    """The mail as bytes, signed with the key of the sender's domain where there is one."""
    content = build_mail(parcel).as_bytes()
    domain = parcel.sender.rpartition("@")[2].lower()
    found = keys.get(domain)
    if found is None:
        return content
    selector, path = found
    present = {
        name.lower() for name in re.findall(rb"^([\w-]+):", content.split(b"\r\n\r\n")[0], re.M)
    }
    signed = [name.encode() for name in _SIGNED.split() if name.encode() in present]
    signature: bytes = dkim.sign(
        content, selector.encode(), domain.encode(), _read_key(path), include_headers=signed
    )
    return signature + content


def to_ascii(address: str) -> str:
    """An address with its domain as the DNS has it; raises ``ValueError`` for one that no server
    takes without SMTPUTF8.
    """
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise ValueError(f"{address} has letters before the @ that mail servers do not take")
    return f"{local}@{domain.encode('idna').decode()}"


def _address(name: str, address: str) -> Address:
    local, _, domain = to_ascii(address).rpartition("@")
    # A name with a line end in it would otherwise begin a header of its own.
    return Address(" ".join(name.split()), username=local, domain=domain)


@cache
def _read_key(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BillingError(
            f"the DKIM key {path} cannot be read ({error.strerror}); check QUARTERDAY_DKIM"
        ) from None
