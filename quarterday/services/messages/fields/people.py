"""Who tells, and whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quarterday.services.messages.fields.source import Source
from quarterday.services.messages.find_sender import find_sender
from quarterday.store.models import Brand, Seller

_PARTS = ("line1", "line2", "street")


def load_seller(source: Source) -> Mapping[str, Any]:
    """How the seller appears, and how to reach it."""
    seller = source.seller
    brand = find_brand(seller)
    return {
        "name": brand.site_name or seller.name,
        "legal_name": seller.name,
        "email": brand.data.get("support_email") or find_sender(seller).reply_to,
        "phone": brand.data.get("phone", ""),
        "website": brand.data.get("website", ""),
        "address": write_address(seller.address),
        "tax_id": seller.tax_id,
    }


def load_account(source: Source) -> Mapping[str, Any]:
    """The customer; nothing for what staff are told."""
    account = source.message.account
    if account is None:
        return {}
    return {"name": account.name, "number": str(account)}


def find_brand(seller: Seller) -> Brand:
    """The brand of a seller, or an empty one."""
    return getattr(seller, "brand", None) or Brand(seller=seller)


def write_address(address: Mapping[str, Any]) -> str:
    """A postal address in one line."""
    streets = [str(address[part]) for part in _PARTS if address.get(part)]
    place = [str(address.get("postcode") or address.get("zip") or ""), str(address.get("city", ""))]
    return ", ".join(filter(None, [*streets, " ".join(filter(None, place))]))
