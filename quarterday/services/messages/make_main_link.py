"""The one link of a message: where its button leads. Made when it is sent, and kept nowhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote

from quarterday.core.lifecycle import InvoiceState
from quarterday.core.message import find_kind
from quarterday.services.links.base_url import base_url
from quarterday.services.links.make_link import make_link
from quarterday.services.links.renew_link import remake_link
from quarterday.services.messages.fields.documents import find_invoice
from quarterday.services.messages.fields.source import Source
from quarterday.services.users.change_address import make_address_token
from quarterday.store.models import Delivery, LinkPurpose, Membership, Message

_FIRST_DAYS = timedelta(days=3)
_DIRECT = {
    "sign_in": (LinkPurpose.SIGN_IN, "usr"),
    "invitation": (LinkPurpose.INVITATION, "ivt"),
    "quote": (LinkPurpose.QUOTE, "quo"),
}


def make_main_link(message: Message, delivery: Delivery, *, now: datetime) -> str:
    """The address that the button of a message opens, for this one delivery."""
    target = find_kind(message.kind).link
    source = Source(message, now)
    if target == "pay" and (invoice := find_invoice(source)):
        is_open = invoice.status == InvoiceState.OPEN and invoice.open_minor > 0
        purpose = LinkPurpose.PAY if is_open else LinkPurpose.VIEW
        return _make(message, delivery, now, purpose, subject=invoice.public_id)
    if target in _DIRECT:
        purpose, prefix = _DIRECT[target]
        subject, page = source.find(prefix), str(message.data.get("destination", ""))
        return _make(message, delivery, now, purpose, subject=subject, destination=page)
    if target == "renewed":
        made = remake_link(
            public_id=str(message.data["link"]), now=now, delivery_id=delivery.id, kind=message.kind
        )
        return made.url
    if target == "address":
        return _address_link(message)
    if target == "news":
        page = str(message.data.get("destination", ""))
        return _make(message, delivery, now, LinkPurpose.CUSTOM, destination=page) if page else ""
    return _portal_link(message, delivery, now, target if target.startswith("/") else "/invoices/")


def _portal_link(message: Message, delivery: Delivery, now: datetime, page: str) -> str:
    """A page of the portal. Who has just come has no password yet: their first link signs in.

    Staff, who have no account, are led to the page itself, where they sign in.
    """
    if message.account_id is None:
        return f"{base_url(message.seller)}{message.data.get('destination') or page}"
    if message.kind == "welcome" and (user := _member(message, delivery.address)):
        return _make(
            message, delivery, now, LinkPurpose.SIGN_IN, subject=user, expires_at=now + _FIRST_DAYS
        )
    return _make(message, delivery, now, LinkPurpose.PORTAL, destination=page)


def _member(message: Message, address: str) -> str:
    """The public id of the user with an address who acts for the message's account and was never
    here before, if any: whoever was has their own way in, which an order of strangers in their
    name must not widen.
    """
    rows = Membership.objects.filter(
        account_id=message.account_id or 0,
        user__email=address.lower(),
        user__is_active=True,
        user__last_login=None,
    )
    return rows.values_list("user__public_id", flat=True).first() or ""


def make_unsubscribe_link(message: Message, delivery: Delivery, *, now: datetime) -> str:
    """The way out of marketing, for this one address."""
    if not find_kind(message.kind).is_marketing:
        return ""
    return _make(message, delivery, now, LinkPurpose.UNSUBSCRIBE)


def _make(
    message: Message,
    delivery: Delivery,
    now: datetime,
    purpose: LinkPurpose,
    *,
    subject: str = "",
    destination: str = "",
    expires_at: datetime | None = None,
) -> str:
    made = make_link(
        seller=message.seller,
        purpose=purpose,
        now=now,
        account_id=message.account_id,
        subject=subject,
        address=delivery.address,
        destination=destination,
        expires_at=expires_at,
        delivery_id=delivery.id,
        kind=message.kind,
        variant=str(message.data.get("variant", "")),
        created_by="message",
    )
    return made.url


def _address_link(message: Message) -> str:
    """The page that confirms a new address; its token is made by whom it belongs to."""
    data = message.data
    token = make_address_token(
        user=message.subject, old=data["old"], new=message.recipient, until=int(data["until"])
    )
    return f"{base_url(message.seller)}/profile/address/{quote(token, safe='')}/"
