"""What somebody at the desk owes, and recording what they pay: all that a cashier needs to see."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import Invoice
from quarterday.store.queries.balances import load_balances
from quarterday.store.queries.instalments import correct_overdue, find_due_days
from quarterday.web.console.account.act import answer_deed
from quarterday.web.console.account.find import find_account
from quarterday.web.console.desk.take import TakeMoney
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.keyset import page_of
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_today


class OpenInvoice(NamedTuple):
    """An open invoice and the day by which it, or its next part, has to be paid."""

    invoice: Invoice
    pay_by: date


@require_safe
@staff_page(StaffPermission.FIND_PAYER)
def show_payer(request: HttpRequest, staff: Staff, account_id: str) -> HttpResponse:
    """Name and number, what is owed, and the invoices that are open."""
    account, today = find_account(staff, account_id), read_today(staff.seller)
    rows = Invoice.objects.filter(account=account, status=InvoiceState.OPEN)
    invoices, pages = page_of(request, rows)
    days = find_due_days(invoices)
    balance = load_balances([account.id], today)[account.id]
    context = {
        "account": account,
        "today": today,
        "balance": balance,
        "overdue_minor": balance.overdue_minor + correct_overdue(account, today),
        "invoices": [OpenInvoice(one, days[one.id]) for one in invoices],
        "may_take": staff.may(StaffPermission.TAKE_MONEY),
        "may_see_more": staff.may(StaffPermission.SEE_CUSTOMERS),
        **pages,
    }
    return show(request, staff, "console/desk/payer.html", context, title=account.name)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(StaffPermission.TAKE_MONEY)
def record(request: HttpRequest, staff: Staff, account_id: str) -> HttpResponse:
    """Ask what was paid, show what it settles, and record it once."""
    return answer_deed(request, staff, TakeMoney(), find_account(staff, account_id))
