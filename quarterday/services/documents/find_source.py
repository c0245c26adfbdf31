"""Find what a document is about, and how its page is made."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from quarterday.core.errors import BillingError
from quarterday.core.limits import check_day
from quarterday.services.documents.invoice_page import make_credit_note_page, make_invoice_page
from quarterday.services.documents.quote_page import make_pro_forma_page, make_quote_page
from quarterday.services.documents.receipt_page import make_receipt_page, receipt_number
from quarterday.services.documents.statement_page import Span, make_statement_page
from quarterday.services.errors import NotFound
from quarterday.services.invoicing.simulate import SimulatedInvoice, simulate
from quarterday.store.models import Account, DocumentKind, Invoice, Seller, Subscription
from quarterday.store.queries.printed import (
    load_account,
    load_credit_notes,
    load_invoices,
    load_order,
    load_payment,
    load_quote,
    load_subscription,
)

# Long enough for the next invoice of a yearly contract.
_HORIZON = timedelta(days=800)
_YEAR = re.compile(r"[12][0-9]{3}")


class Source(NamedTuple):
    """What a document shows. ``subject`` is the one that it is kept under, ``number`` names the
    file, ``payable`` is the invoice that it asks to pay, and ``build`` makes the page, given the
    address to pay it at.
    """

    kind: DocumentKind
    subject: str
    account: Account
    seller: Seller
    number: str
    build: Callable[[str], dict[str, Any]]
    payable: Invoice | None = None


def find_source(kind: DocumentKind, subject: str, now: datetime) -> Source:
    """The source of a document. Raises `NotFound`, and `BillingError` for what cannot be."""
    return _FINDERS[kind](subject, now)


def source_of_invoice(invoice: Invoice) -> Source:
    """That of an invoice which was read by `load_invoices`."""
    return Source(
        DocumentKind.INVOICE,
        invoice.public_id,
        invoice.account,
        invoice.seller,
        invoice.label,
        lambda url: make_invoice_page(invoice, pay_url=url),
        invoice if invoice.open_minor else None,
    )


def _find_invoice(subject: str, now: datetime) -> Source:
    return source_of_invoice(_there(load_invoices([subject]).get(subject), "invoice", subject))


def _find_credit_note(subject: str, now: datetime) -> Source:
    note = _there(load_credit_notes([subject]).get(subject), "credit note", subject)
    return Source(
        DocumentKind.CREDIT_NOTE,
        subject,
        note.account,
        note.seller,
        note.label,
        lambda _: make_credit_note_page(note),
    )


def _find_receipt(subject: str, now: datetime) -> Source:
    payment = _there(load_payment(subject), "payment", subject)
    account = payment.account
    return Source(
        DocumentKind.RECEIPT,
        subject,
        account,
        account.seller,
        receipt_number(payment),
        lambda _: make_receipt_page(payment),
    )


def _find_quote(subject: str, now: datetime) -> Source:
    quote = _there(load_quote(subject), "quote", subject)
    return Source(
        DocumentKind.QUOTE,
        subject,
        quote.account,
        quote.seller,
        quote.label,
        lambda _: make_quote_page(quote),
    )


def _find_pro_forma(subject: str, now: datetime) -> Source:
    if subject.startswith("ord_"):
        return _find_ordered(subject)
    name, _, day = subject.partition(":")
    contract = _there(load_subscription(name), "subscription", name)
    account = contract.account
    today = _read_day(day) if day else _today(account.seller, now)
    coming = _find_coming(contract, today)
    return Source(
        DocumentKind.PRO_FORMA,
        f"{name}:{coming.issue_on}",
        account,
        account.seller,
        f"{coming.issue_on}",
        lambda _: make_pro_forma_page(account, coming),
    )


def _find_ordered(subject: str) -> Source:
    """The pro forma of an order shows its invoice, which may still wait for its payment."""
    order = _there(load_order(subject), "order", subject)
    if order.invoice is None:
        raise NotFound(f"order {order.label} has nothing to pay, so there is no pro forma of it")
    invoice = load_invoices([order.invoice.public_id])[order.invoice.public_id]
    return Source(
        DocumentKind.PRO_FORMA,
        subject,
        order.account,
        order.seller,
        order.label,
        lambda url: make_invoice_page(invoice, pay_url=url, kind=DocumentKind.PRO_FORMA),
        invoice if invoice.open_minor else None,
    )


def _find_coming(contract: Subscription, today: date) -> SimulatedInvoice:
    """The next invoice with something of a contract on it."""
    for one in simulate(first=today, last=today + _HORIZON, accounts=[contract.account_id]):
        if one.total_minor > 0 and any(x.subscription_id == contract.id for x in one.lines):
            return one
    raise NotFound(f"nothing will be billed for subscription {contract}")


def _find_statement(subject: str, now: datetime) -> Source:
    """A year that is over is kept as it is; the running one up to yesterday, day by day."""
    name, _, asked = subject.partition(":")
    account = _there(load_account(name), "account", name)
    year, _, day = asked.partition("/")
    if not _YEAR.fullmatch(year):
        raise BillingError(f"a statement is of an account and a year, {name}:2026, not {subject!r}")
    start, full_end = date(int(year), 1, 1), date(int(year) + 1, 1, 1)
    today = _today(account.seller, now)
    end = min(full_end, today, _read_day(day) if day else full_end)
    if end <= start:
        raise BillingError(f"{year} has no day that is over; ask for an earlier statement")
    kept = f"{name}:{year}" if end == full_end else f"{name}:{year}/{end}"
    return Source(
        DocumentKind.STATEMENT,
        kept,
        account,
        account.seller,
        year if end == full_end else f"{year}-{end - timedelta(days=1):%m-%d}",
        lambda _: make_statement_page(account, Span(start, end)),
    )


def _there(found: Any, what: str, name: str) -> Any:
    if found is None:
        raise NotFound(f"there is no {what} {name!r}")
    return found


def _today(seller: Seller, now: datetime) -> date:
    return now.astimezone(ZoneInfo(seller.time_zone)).date()


def _read_day(text: str) -> date:
    try:
        return check_day(date.fromisoformat(text))
    except ValueError:
        raise BillingError(f"{text!r} is no date; write one like 2026-01-31") from None


_FINDERS: dict[DocumentKind, Callable[[str, datetime], Source]] = {
    DocumentKind.INVOICE: _find_invoice,
    DocumentKind.CREDIT_NOTE: _find_credit_note,
    DocumentKind.RECEIPT: _find_receipt,
    DocumentKind.QUOTE: _find_quote,
    DocumentKind.PRO_FORMA: _find_pro_forma,
    DocumentKind.STATEMENT: _find_statement,
}
