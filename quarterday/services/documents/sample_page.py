"""A page that is about nobody, to try templates on and to measure with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from quarterday.services.documents.body import Line, Sums, Tax, add_body
from quarterday.services.documents.letter import Letter, make_letter
from quarterday.services.documents.payment_part import add_payment
from quarterday.services.documents.statement_page import add_table
from quarterday.services.documents.words import format_day, format_days
from quarterday.services.sellers.take_snapshot import seller_details
from quarterday.store.models import DocumentKind, Seller
from quarterday.store.queries.balances import Statement, StatementLine
from quarterday.store.queries.printed import brand_of

_DAY, _DUE, _NEXT = date(2026, 12, 1), date(2026, 12, 15), date(2027, 1, 1)
_PRICE, _TAX = 1290, 245
_CUSTOMER = {
    "name": "Example Customer Ltd",
    "external_id": "C0001",
    "address": {"line1": "1 Sample Street", "postcode": "00000", "city": "Sampleton"},
    "tax_id": "XX000000000",
}


def make_sample_page(
    seller: Seller, kind: DocumentKind, lines: int, *, number: int = 1, pay_url: str = ""
) -> dict[str, Any]:
    """A page of a kind with so many lines, in the active language."""
    letter = Letter(
        kind=kind,
        seller=seller_details(seller),
        account=_CUSTOMER | {"country": seller.country},
        brand=brand_of(seller),
        title="Sample",
        number=f"{number:06d}",
        day=_DAY,
    )
    page = make_letter(letter, [(_("Date"), format_day(_DAY)), (_("Due on"), format_day(_DUE))])
    if kind is DocumentKind.STATEMENT:
        _add_entries(page, seller.currency, lines)
        return page
    rows = [
        Line(
            title=f"Sample service {number}-{place}",
            details=[format_days(_DAY, _NEXT)],
            net_minor=_PRICE,
            base_minor=_PRICE,
            tax_code="sample",
            quantity=Decimal(1),
            unit_price=Decimal("12.90"),
        )
        for place in range(1, lines + 1)
    ]
    net, tax = lines * _PRICE, lines * _TAX
    taxes = [Tax("sample", "Sample tax", Decimal(19), "S", "", net, tax)]
    add_body(page, rows, taxes, Sums(seller.currency, net, tax, net + tax))
    add_payment(
        page,
        letter.brand,
        label=f"INV-{number:06d}",
        amount_minor=net + tax,
        currency=seller.currency,
        due_on=_DUE,
        pay_url=pay_url,
    )
    return page


def _add_entries(page: dict[str, Any], currency: str, lines: int) -> None:
    entries = [
        StatementLine(_DAY, "invoice", f"INV-{place:06d}", "", _PRICE, _PRICE * (place + 1))
        for place in range(lines)
    ]
    add_table(page, Statement(currency, 0, entries, lines * _PRICE), _DAY)
