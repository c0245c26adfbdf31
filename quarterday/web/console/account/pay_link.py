"""A link that pays an invoice, to copy into a letter or a chat."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from quarterday.core.access import StaffPermission
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.links.print_pay_link import print_pay_link
from quarterday.store.models import Invoice
from quarterday.web.console.account.find import find_account, find_own
from quarterday.web.console.door import Staff, refuse_role, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(StaffPermission.SEE_CUSTOMERS)
def make_pay_link(request: HttpRequest, staff: Staff, account_id: str, name: str) -> HttpResponse:
    """Say what the link can do, then make it; it is shown once and kept nowhere."""
    account = find_account(staff, account_id)
    if not (staff.may("change_customers") or staff.may("book_money")):
        return refuse_role(request, staff)
    invoice = find_own(account, Invoice, name)
    if invoice.status != InvoiceState.OPEN:
        raise Http404("Nothing of this invoice is to be paid.")
    url = ""
    if request.method == "POST":
        made = print_pay_link(invoice=invoice, now=read_now(), actor=staff.actor)
        url = made.url
    context = {"account": account, "invoice": invoice, "url": url}
    return show(request, staff, "console/account/pay_link.html", context, title="Pay link")
