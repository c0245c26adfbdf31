"""See what a message would say, with an example or with real data; nothing is made or sent."""

from __future__ import annotations

from datetime import datetime

from quarterday.core.message import example_fields, find_kind
from quarterday.ports.composer import Composed, Occasion, Wording, find_composer
from quarterday.services.links.base_url import base_url
from quarterday.services.messages.fields.load_fields import load_fields
from quarterday.services.messages.fields.people import find_brand, load_seller
from quarterday.services.messages.fields.source import Source
from quarterday.services.messages.find_wording import find_wording
from quarterday.store.models import Account, Message, Seller


def preview_message(
    *,
    seller: Seller,
    kind: str,
    now: datetime,
    language: str = "",
    account: Account | None = None,
    subject: str = "",
    wording: Wording | None = None,
) -> Composed:
    """What a message would say. With an account and a subject (such as an invoice's public id) it
    tells of them, else of an example. ``wording`` tries words that are not saved yet; they are
    checked first. Its links lead nowhere. Raises `BillingError` and `NotFound`.
    """
    find_kind(kind)
    language = language or (account.language if account else seller.language)
    composer = find_composer()
    if wording is not None:
        composer.check_wording(kind, wording)
    else:
        wording = find_wording(seller_id=seller.id, kind=kind, language=language).wording
    message = Message(
        seller=seller,
        account=account or Account(seller=seller, name="Ada Example", currency=seller.currency),
        kind=kind,
        subject=subject,
        data={},
        created_at=now,
        send_at=now,
    )
    fields = example_fields(kind)
    if account is not None and subject:
        contact = account.contacts.order_by("id").first()
        name, address = (contact.name, contact.email) if contact else (account.name, "")
        fields = load_fields(message, name=name, address=address, now=now)
    brand = find_brand(seller)
    fields |= _own_seller(message, now)
    leave = f"{base_url(seller)}/l/example" if find_kind(kind).is_marketing else ""
    look = {"accent": brand.accent, "footer": brand.data.get("footer", ())}
    link = f"{base_url(seller)}/l/example"
    return composer.compose(Occasion(kind, language, fields, link, leave, look), wording)


def _own_seller(message: Message, now: datetime) -> dict[str, dict[str, object]]:
    """The seller as it is, whatever else is an example."""
    return {"seller": dict(load_seller(Source(message, now)))}
