"""A page to render, as services make it, without a database."""

from __future__ import annotations

from typing import Any

from quarterday.services.documents.sample_page import make_sample_page
from quarterday.store.models import Brand, DocumentKind, Seller

BRAND = {
    "iban": "DE89370400440532013000",
    "bic": "COBADEFFXXX",
    "support_email": "help@example.com",
    "footer": ["Managing director: Erika Muster"],
    "payment_instructions": "Give the reference.",
}


def make_seller(**details: Any) -> Seller:
    given = {
        "code": "shop",
        "name": "Example Hosting GmbH",
        "country": "DE",
        "currency": "EUR",
        "address": {"line1": "Beispielweg 1", "postcode": "00000", "city": "Musterstadt"},
        "tax_id": "DE000000000",
    }
    seller = Seller(**(given | details))
    seller.brand = Brand(seller=seller, accent="#0b6e4f", data=dict(BRAND))
    return seller


def make_page(kind: str = "invoice", lines: int = 1, **details: Any) -> dict[str, Any]:
    """A sample page; ``details`` replace what stands on it."""
    url = "https://billing.example.com/l/abcdefghijklmnopqrstuvwxyz"
    page = make_sample_page(make_seller(), DocumentKind(kind), lines, pay_url=url)
    return page | details
