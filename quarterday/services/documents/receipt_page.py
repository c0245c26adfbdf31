"""The page of a receipt: what was received, and what it settled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quarterday.services.accounts.snapshot_account import account_details
from quarterday.services.documents.body import Line, add_lines, total
from quarterday.services.documents.letter import Letter, make_letter
from quarterday.services.documents.words import format_day, format_money
from quarterday.services.sellers.take_snapshot import seller_details
from quarterday.store.models import Allocation, DocumentKind, Payment
from quarterday.store.queries.printed import brand_of

Page = dict[str, Any]


def receipt_number(payment: Payment) -> str:
    """What a receipt is called: the payment's own id, or the end of its public one."""
    return payment.external_id or payment.public_id[-8:].upper()


def make_receipt_page(payment: Payment) -> Page:
    """A receipt of one payment."""
    account = payment.account
    letter = Letter(
        kind=DocumentKind.RECEIPT,
        seller=seller_details(account.seller),
        account=account_details(account),
        brand=brand_of(account.seller),
        title=_("Receipt"),
        number=receipt_number(payment),
        day=payment.received_on,
    )
    facts = [
        (_("Received on"), format_day(payment.received_on)),
        (_("Paid by"), name_method(payment.method)),
        (_("Reference"), payment.reference),
    ]
    amount = format_money(payment.amount_minor, payment.currency)
    page = make_letter(letter, facts, _("Thank you. We received %(amount)s.") % {"amount": amount})
    lines = _list_uses(payment, list(payment.allocations.all()))
    add_lines(page, lines, [line.net_minor for line in lines], payment.currency)
    page["totals"] = [total(_("Received"), payment.amount_minor, payment.currency, strong=True)]
    return page


def _list_uses(payment: Payment, allocations: Sequence[Allocation]) -> list[Line]:
    """The invoices that it settled in their order, what went back, and the rest, now credit."""
    settled: dict[int, int] = {}
    invoices = {one.invoice_id: one.invoice for one in allocations}
    for one in allocations:
        settled[one.invoice_id] = settled.get(one.invoice_id, 0) + one.amount_minor
    lines = []
    for key, minor in settled.items():
        if minor:
            title = _("Invoice %(invoice)s") % {"invoice": invoices[key].label}
            issued = _("Issued on %(day)s") % {"day": format_day(invoices[key].issued_on)}
            lines.append(Line(title, [issued], minor, minor))
    rest = payment.amount_minor - sum(line.net_minor for line in lines)
    if back := min(rest, sum(one.amount_minor for one in payment.refunds.all())):
        lines.append(Line(_("Paid back to you"), [], back, back))
    if rest := rest - back:
        lines.append(Line(_("Credit on your account"), [], rest, rest))
    return lines


def name_method(method: str) -> str:
    """A way to pay in words; one that is not known is shown as it is written."""
    return {
        "transfer": _("Bank transfer"),
        "bank_transfer": _("Bank transfer"),
        "card": _("Card"),
        "direct_debit": _("Direct debit"),
        "sandbox": _("Card"),
        "sepa_debit": _("Direct debit"),
        "gocardless": _("Direct debit"),
        "paypal": "PayPal",
        "card_terminal": _("Card"),
        "cash": _("Cash"),
        "check": pgettext("payment method", "Check"),
        "cheque": pgettext("payment method", "Check"),
    }.get(method, method.replace("_", " ").capitalize())
