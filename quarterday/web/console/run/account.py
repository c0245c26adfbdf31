"""One account: what tonight bills it, beside its last bill, to the cent and right now."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.difference import explain_difference
from quarterday.services.invoicing.simulate import SimulatedInvoice, simulate
from quarterday.services.runs.compare_bills import after_lines
from quarterday.store.models import Account, BillingDue, BillingHold, BillingProblem, Seller
from quarterday.store.queries.last_bills import load_last_bills, load_lines
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.console.run.present import HOME
from quarterday.web.console.table import Column, Table
from quarterday.web.kit.clock import read_today
from quarterday.web.kit.words import format_day, format_money


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def account(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """What would be billed tonight, simulated while the page is made."""
    row = find_account(staff.seller, key)
    on = read_today(staff.seller) + timedelta(days=1)
    found = list(simulate(first=on, last=on, accounts=[row.id]))
    last = load_last_bills([row.id]).get(row.id)
    reasons: list[tuple[str, str]] = []
    if last is not None and found and found[0].skipped is None:
        lines = load_lines(last.invoices)
        before = [line for invoice in last.invoices for line in lines[invoice]]
        for one in explain_difference(before, after_lines(found)):
            sign = "+" if one.minor > 0 else ""
            reasons.append((one.text, f"{sign}{format_money(one.minor, row.currency)}"))
    total = sum(one.total_minor for one in found)
    context = {
        "row": row,
        "on": format_day(on, "weekday"),
        "blocked": next((one.skipped for one in found if one.skipped), ""),
        "total": format_money(total, row.currency),
        "is_due": bool(found),
        "last": None if last is None else format_money(last.total_minor, row.currency),
        "reasons": reasons,
        "tables": [_table(one) for one in found if one.skipped is None],
        "hold": BillingHold.objects.filter(account=row).first(),
        "due": BillingDue.objects.filter(account=row).first(),
        "problem": BillingProblem.objects.filter(account=row).first(),
        "may_act": staff.may(StaffPermission.BOOK_MONEY),
        "home": HOME,
    }
    return show(request, staff, "console/run/account.html", context, title=row.name)


def find_account(seller: Seller, key: str) -> Account:
    """An account of the seller by public id; 404 for all others."""
    row = Account.objects.filter(seller=seller, public_id=key).first()
    if row is None:
        raise Http404
    return row


def _table(one: SimulatedInvoice) -> Table:
    """The lines of a document to come, with its sums."""
    word = "Credit note" if one.total_minor < 0 else "Invoice"
    code = one.currency
    rows = [
        [
            line.description,
            f"{format_day(line.period.start, 'short')} to "
            f"{format_day(line.period.end - timedelta(days=1), 'short')}"
            if line.period.end > line.period.start
            else format_day(line.period.start, "short"),
            line.quantity,
            format_money(line.net_minor, code),
        ]
        for line in one.lines
    ]
    return Table(
        f"{word} to come, due {format_day(one.due_on)}",
        (
            Column("What"),
            Column("When"),
            Column("Quantity", is_amount=True),
            Column("Amount", is_amount=True),
        ),
        rows,
        foot=(
            f"Total with {format_money(one.tax_minor, code)} tax",
            "",
            "",
            format_money(one.total_minor, code),
        ),
        is_quiet=False,
    )
