"""From whom mail of a seller comes, and where answers go."""

from __future__ import annotations

from email.utils import parseaddr
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from quarterday.store.models import Brand, Seller


class Sender(NamedTuple):
    """An address with a name, and where answers go."""

    address: str
    name: str
    reply_to: str


def find_sender(seller: Seller) -> Sender:
    """The sender of a seller: its brand's ``mail_from``, else ``QUARTERDAY_MAIL_FROM``, else
    ``billing`` at the host of this installation. The brand's ``reply_to`` or ``support_email``
    gets the answers.
    """
    brand = getattr(seller, "brand", None) or Brand(seller=seller)
    given = str(brand.data.get("mail_from") or getattr(settings, "MAIL_FROM", ""))
    name, address = parseaddr(given)
    if "@" not in address:
        address = f"billing@{urlsplit(str(settings.PUBLIC_URL)).hostname or 'localhost'}"
    reply = brand.data.get("reply_to") or brand.data.get("support_email") or ""
    return Sender(address, name or brand.site_name or seller.name, str(reply))


def make_message_key(public_id: str, sender: Sender) -> str:
    """The Message-ID of a delivery: the same however often it is tried."""
    return f"{public_id}@{sender.address.rpartition('@')[2]}"
