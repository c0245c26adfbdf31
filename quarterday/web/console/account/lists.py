"""What a customer owes, has paid and has as credit: the lists behind the sums of the head."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import Account, CreditNote, Invoice, Payment
from quarterday.store.queries.balances import load_balances, load_open_credit
from quarterday.store.queries.portal.credit import page_credit
from quarterday.web.console.account.find import find_account
from quarterday.web.console.account.words import tell_credit, tell_payment_state
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.keyset import page_of
from quarterday.web.console.page import show
from quarterday.web.console.table import Column, Table
from quarterday.web.kit.clock import read_today
from quarterday.web.kit.templatetags.kit import day, pill
from quarterday.web.kit.words import format_money

_STATES = (("all", "All"), ("open", "Open"), ("overdue", "Overdue"), ("paid", "Paid"))


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def list_invoices(request: HttpRequest, staff: Staff, account_id: str) -> HttpResponse:
    """Invoices, the newest first; open, overdue or paid ones alone."""
    account, today = find_account(staff, account_id), read_today(staff.seller)
    rows: QuerySet[Invoice] = Invoice.objects.filter(account=account)
    shown = request.GET.get("state", "all")
    if shown in ("open", "overdue"):
        rows = rows.filter(status=InvoiceState.OPEN)
    if shown == "overdue":
        rows = rows.filter(due_on__lt=today)
    if shown == "paid":
        rows = rows.filter(status=InvoiceState.PAID)
    found, pages = page_of(request, rows)
    code = account.currency
    columns = (
        Column("Invoice"),
        Column("Issued"),
        Column("Due"),
        Column("State"),
        Column("Total", is_amount=True),
        Column("Open", is_amount=True),
    )
    cells = [
        (
            _link(account, "invoices", one.public_id, one.label),
            day(one.issued_on, "short"),
            day(one.due_on, "short"),
            pill(_state(one, today)),
            format_money(one.total_minor, code),
            format_money(one.open_minor, code),
        )
        for one in found
    ]
    balance = load_balances([account.id], today)[account.id]
    sums = {"open": balance.owed_minor, "overdue": balance.overdue_minor}
    lead = f"{format_money(sums[shown], code)} altogether" if shown in sums else ""
    context = {
        "account": account,
        "table": Table("Invoices", columns, cells),
        "tabs": [(name, word, name == shown) for name, word in _STATES],
        "sum": lead,
        "empty": "There is no such invoice.",
        **pages,
    }
    return show(request, staff, "console/account/list.html", context, title="Invoices")


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def list_payments(request: HttpRequest, staff: Staff, account_id: str) -> HttpResponse:
    """Payments, the newest first."""
    account = find_account(staff, account_id)
    rows: QuerySet[Payment] = Payment.objects.filter(account=account)
    found, pages = page_of(request, rows)
    columns = (
        Column("Received"),
        Column("How"),
        Column("Reference"),
        Column("State"),
        Column("Amount", is_amount=True),
    )
    cells = [
        (
            _link(account, "payments", one.public_id, day(one.received_on, "short")),
            one.method.replace("_", " "),
            one.reference or "–",
            tell_payment_state(one),
            format_money(one.amount_minor, one.currency),
        )
        for one in found
    ]
    context = {
        "account": account,
        "table": Table("Payments", columns, cells),
        "empty": "Nothing was paid yet.",
        **pages,
    }
    return show(request, staff, "console/account/list.html", context, title="Payments")


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def list_notes(request: HttpRequest, staff: Staff, account_id: str) -> HttpResponse:
    """Credit notes, the newest first."""
    account = find_account(staff, account_id)
    rows: QuerySet[CreditNote] = CreditNote.objects.filter(account=account)
    found, pages = page_of(request, rows.select_related("invoice"))
    columns = (Column("Credit note"), Column("Issued"), Column("Of"), Column("Why"),
               Column("Total", is_amount=True))  # fmt: skip
    cells = [
        (
            _link(account, "credit-notes", one.public_id, one.label),
            day(one.issued_on, "short"),
            _link(account, "invoices", one.invoice.public_id, one.invoice.label)
            if one.invoice
            else "–",
            one.reason or "–",
            format_money(one.total_minor, one.currency),
        )
        for one in found
    ]
    context = {
        "account": account,
        "table": Table("Credit notes", columns, cells),
        "empty": "No credit note was issued.",
        **pages,
    }
    return show(request, staff, "console/account/list.html", context, title="Credit notes")


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def show_credit(request: HttpRequest, staff: Staff, account_id: str) -> HttpResponse:
    """What there is of credit, in the order in which it is used, and what moved it."""
    account, today = find_account(staff, account_id), read_today(staff.seller)
    text = request.GET.get("older", "")
    older = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    page = page_credit(account.id, older_than=older)
    code = account.currency
    there = Table(
        "What there is, in the order in which it is used",
        (Column("Given"), Column("What"), Column("Until before"), Column("Why"),
         Column("Left", is_amount=True)),
        [
            (
                day(one.granted_on, "short"),
                one.kind.replace("_", " "),
                day(one.expires_on, "short"),
                one.reason or "–",
                format_money(one.open_minor, code),
            )
            for one in load_open_credit(account.id)
        ],
        is_quiet=False,
    )  # fmt: skip
    moves = Table(
        "What moved it, the newest first",
        (Column("When"), Column("What"), Column("Amount", is_amount=True),
         Column("Then", is_amount=True)),
        [
            (
                day(one.on, "short"),
                _move(account, one),
                format_money(one.amount_minor, code),
                format_money(one.balance_minor, code),
            )
            for one in page.moves
        ],
        is_quiet=False,
    )  # fmt: skip
    context: dict[str, Any] = {
        "account": account,
        "balance": load_balances([account.id], today)[account.id],
        "there": there,
        "moves": moves,
        "older": page.older,
    }
    return show(request, staff, "console/account/credit.html", context, title="Credit")


def _move(account: Account, one: Any) -> Any:
    text = tell_credit(one)
    if one.document.startswith("inv_"):
        return format_html("{} {}", text, _link(account, "invoices", one.document, one.label))
    return text


def _state(invoice: Invoice, today: Any) -> str:
    is_late = invoice.status == InvoiceState.OPEN and invoice.due_on < today
    return "overdue" if is_late else str(invoice.status)


def _link(account: Account, place: str, name: str, text: Any) -> Any:
    return format_html(
        '<a href="/console/accounts/{}/{}/{}/">{}</a>', account.public_id, place, name, text
    )
