"""Turn a delivery into what is handed over: its words, its links, its files."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple
from zlib import compress, decompress

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.message import Topic, find_kind
from quarterday.ports.composer import Composed, Occasion, find_composer
from quarterday.ports.mailer import Attachment, Parcel
from quarterday.services.documents.get_document import get_document
from quarterday.services.errors import NotFound
from quarterday.services.messages.address_messages import is_stale
from quarterday.services.messages.fields.documents import find_invoice
from quarterday.services.messages.fields.load_fields import load_fields, main_subject
from quarterday.services.messages.fields.people import find_brand
from quarterday.services.messages.fields.source import Source
from quarterday.services.messages.find_sender import find_sender
from quarterday.services.messages.find_wording import find_wording
from quarterday.services.messages.make_main_link import make_main_link, make_unsubscribe_link
from quarterday.services.reports.attach_report import attach_report
from quarterday.store.models import (
    AddressMark,
    Channel,
    Delivery,
    DocumentKind,
    Link,
    Membership,
    Message,
    Unsubscription,
)

_TOKEN = re.compile(r"(/l/|/profile/address/)[\w%.:~-]{16,}")


class Stopped(BillingError):  # noqa: N818 - a fact, not a fault
    """A delivery that is not to be sent, and why. ``is_address`` blames the address."""

    def __init__(self, reason: str, *, is_address: bool = False) -> None:
        super().__init__(reason)
        self.is_address = is_address


class Prepared(NamedTuple):
    """What is handed over, and what is kept of it: the text, without the tokens of its links."""

    parcel: Parcel
    kept: bytes


def prepare_parcel(delivery: Delivery, *, now: datetime) -> Prepared:
    """Compose a delivery now, so that it tells what is true now.

    Raises `Stopped` when it is not to be sent any more, and `BillingError` when what it tells
    about cannot be read. Doing it again makes new links to the same thing; the old ones stay.
    """
    message = delivery.message
    _check_wanted(delivery, message, now)
    composed, leave = compose_delivery(message, delivery, now=now)
    sender = find_sender(message.seller)
    is_mail = delivery.channel == Channel.MAIL
    headers: tuple[tuple[str, str], ...] = ()
    if leave:
        headers = (
            ("List-Unsubscribe", f"<{leave}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        )
    parcel = Parcel(
        key=delivery.message_key,
        channel=delivery.channel,
        address=delivery.address,
        name=reader_name(delivery),
        sender=sender.address,
        sender_name=sender.name,
        reply_to=sender.reply_to,
        title=composed.title,
        text=composed.text if is_mail else composed.short,
        html=composed.html if is_mail else "",
        at=now,
        headers=headers,
        attachments=_attach(message, now) if is_mail else (),
    )
    return Prepared(parcel, pack_content(parcel.text))


def compose_delivery(
    message: Message, delivery: Delivery, *, now: datetime
) -> tuple[Composed, str]:
    """The words of a delivery with links of its own, and the way out of marketing."""
    language = choose_language(message)
    fields = load_fields(message, name=reader_name(delivery), address=delivery.address, now=now)
    found = find_wording(seller_id=message.seller_id, kind=message.kind, language=language)
    with transaction.atomic():
        link = make_main_link(message, delivery, now=now)
        leave = make_unsubscribe_link(message, delivery, now=now)
        # Rates tell apart the words that a message used, where a sender has not named its variant.
        words = f"{language} v{found.version}" if found.version else language
        Link.objects.filter(delivery=delivery, variant="").update(variant=words)
    brand = find_brand(message.seller)
    look = {"accent": brand.accent, "footer": brand.data.get("footer", ())}
    occasion = Occasion(message.kind, language, fields, link, leave, look)
    composer = find_composer()
    try:
        return composer.compose(occasion, found.wording), leave
    except BillingError:
        raise
    except Exception:
        if not found.version:
            raise
        # Words were tried when they were saved; should they fail all the same, the house's do not.
        return composer.compose(occasion), leave


def choose_language(message: Message) -> str:
    """The language of a message: its own, else the account's, else the seller's."""
    account = message.account
    return message.language or (account.language if account else "") or message.seller.language


def reader_name(delivery: Delivery) -> str:
    """The name of whoever gets it, as far as it is known."""
    if delivery.contact is not None and delivery.contact.name:
        return delivery.contact.name
    rows = Membership.objects.filter(account=delivery.message.account, user__email=delivery.address)
    return rows.values_list("user__name", flat=True).first() or ""


def pack_content(text: str) -> bytes:
    """A text to keep, without the tokens of its links."""
    return compress(_TOKEN.sub(r"\1…", text).encode())


def unpack_content(content: bytes | memoryview | None) -> str:
    """A text that was kept."""
    return decompress(bytes(content)).decode() if content else ""


def _check_wanted(delivery: Delivery, message: Message, now: datetime) -> None:
    """Raise `Stopped` for what must not, or need not, be sent any more."""
    kind = find_kind(message.kind)
    mark = AddressMark.objects.filter(address=delivery.address).exclude(reason="").first()
    if mark is not None:
        raise Stopped(f"no mail goes to this address: {mark.reason}", is_address=True)
    if kind.is_marketing and _has_left(message, delivery):
        raise Stopped("the address wants no marketing", is_address=True)
    if is_stale(message, now):
        raise Stopped("its time had passed before it could be sent")
    invoice = find_invoice(Source(message, now)) if kind.topic is Topic.REMINDERS else None
    if invoice and invoice.status != InvoiceState.OPEN:
        raise Stopped("the invoice was settled before it could be sent")


def _has_left(message: Message, delivery: Delivery) -> bool:
    rows = Unsubscription.objects.filter(seller_id=message.seller_id, address=delivery.address)
    return rows.exists()


def _attach(message: Message, now: datetime) -> tuple[Attachment, ...]:
    """The file that comes with it; a mail without its file is better than none."""
    if message.kind == "report":
        return attach_report(message, now)
    document = find_kind(message.kind).document
    subject = main_subject(message)
    if not subject:
        return ()
    try:
        file = get_document(kind=DocumentKind(document), subject=subject, now=now)
    except NotFound:
        return ()
    return (Attachment(file.name, "application/pdf", bytes(file.content)),)
