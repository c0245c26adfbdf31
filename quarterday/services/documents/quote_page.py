"""The pages of what is not billed yet: quotes, and pro forma invoices."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from quarterday.core.tax import TaxAmount
from quarterday.services.accounts.snapshot_account import account_details
from quarterday.services.documents.body import Line, Sums, Tax, add_body
from quarterday.services.documents.letter import Letter, make_letter
from quarterday.services.documents.line_text import explain_line, unit_price_of
from quarterday.services.documents.payment_part import add_payment
from quarterday.services.documents.words import format_day
from quarterday.services.invoicing.simulate import SimulatedInvoice, SimulatedLine
from quarterday.services.sellers.take_snapshot import seller_details
from quarterday.store.models import Account, DocumentKind, Quote
from quarterday.store.queries.printed import brand_of

Page = dict[str, Any]


def make_quote_page(quote: Quote) -> Page:
    """A quote, from the lines and taxes that it was made with."""
    account = quote.account
    letter = Letter(
        kind=DocumentKind.QUOTE,
        seller=seller_details(quote.seller),
        account=account_details(account),
        brand=brand_of(quote.seller),
        title=_("Quote"),
        number=quote.label,
        day=quote.issued_on,
    )
    last = format_day(quote.valid_through)
    facts = [(_("Date"), format_day(quote.issued_on)), (_("Valid through"), last)]
    page = make_letter(letter, facts, str(quote.data.get("intro") or ""))
    taxes = [_read_tax(one) for one in quote.data.get("taxes", ())]
    lines = [_read_line(one, quote.currency, taxes) for one in quote.lines]
    sums = Sums(quote.currency, quote.net_minor, quote.tax_minor, quote.total_minor)
    add_body(page, lines, taxes, sums)
    page["notes"] = [_("You can accept this quote until %(day)s.") % {"day": last}]
    return page


def _read_tax(one: Mapping[str, Any]) -> Tax:
    return Tax(
        str(one.get("code", "")),
        str(one.get("name", "")),
        Decimal(str(one["percent"])),
        str(one.get("category", "S")),
        str(one.get("reason", "")),
        int(one["base_minor"]),
        int(one["tax_minor"]),
    )


def _read_line(one: Mapping[str, Any], currency: str, taxes: Sequence[Tax]) -> Line:
    """A line of a quote. With one tax on all of it, each line has that."""
    explanation = one.get("explanation") or {}
    facts = json.loads(explanation) if isinstance(explanation, str) else explanation
    start, end = (date.fromisoformat(str(one[name])) for name in ("period_start", "period_end"))
    net = int(one["net_minor"])
    price = one.get("unit_price")
    return Line(
        title=str(one["description"]),
        details=explain_line(facts, currency, start, end),
        net_minor=net,
        base_minor=int(one.get("base_minor", net)),
        tax_code=str(one.get("tax_code") or (taxes[0].code if len(taxes) == 1 else "")),
        quantity=Decimal(str(one.get("quantity", 1))),
        unit_price=unit_price_of(facts, None if price is None else Decimal(str(price))),
    )


def make_pro_forma_page(account: Account, coming: SimulatedInvoice, pay_url: str = "") -> Page:
    """What an account will be billed next; it asks for nothing that the invoice would not."""
    letter = Letter(
        kind=DocumentKind.PRO_FORMA,
        seller=seller_details(account.seller),
        account=account_details(account),
        brand=brand_of(account.seller),
        title=_("Pro forma invoice"),
        number="",
        day=coming.issue_on,
    )
    facts = [
        (_("Will be billed on"), format_day(coming.issue_on)),
        (_("Due on"), format_day(coming.due_on)),
    ]
    page = make_letter(letter, facts, _("This is what comes next. It is no invoice for tax."))
    taxes = [_show_tax(one) for one in coming.taxes]
    code = taxes[0].code if len(taxes) == 1 else ""
    lines = [_show_line(one, coming.currency, code) for one in coming.lines]
    sums = Sums(coming.currency, coming.net_minor, coming.tax_minor, coming.total_minor)
    add_body(page, lines, taxes, sums)
    if coming.total_minor > 0:
        add_payment(
            page,
            letter.brand,
            label=account.external_id or account.public_id,
            amount_minor=coming.total_minor,
            currency=coming.currency,
            due_on=coming.due_on,
            pay_url=pay_url,
        )
    return page


def _show_tax(tax: TaxAmount) -> Tax:
    name = tax.rate.name if tax.rate else tax.reason
    code = tax.rate.code if tax.rate else ""
    base, amount = tax.base_minor, tax.tax_minor
    return Tax(code, name, tax.percent, tax.category, tax.reason, base, amount)


def _show_line(line: SimulatedLine, currency: str, tax_code: str) -> Line:
    quantity = Decimal(line.quantity)
    facts = json.loads(line.explanation)
    return Line(
        title=line.description,
        details=explain_line(facts, currency, line.period.start, line.period.end),
        net_minor=line.net_minor,
        base_minor=line.net_minor,
        tax_code=tax_code,
        quantity=quantity,
        unit_price=unit_price_of(facts, None),
    )
