"""One payment of a customer: what it settled, what became of the rest, what went back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.services.payments.book_refund import find_left
from quarterday.store.models import Dispute, RefundAttempt
from quarterday.store.queries.portal.papers import read_payment
from quarterday.store.queries.refunds import find_origin
from quarterday.web.console.account.act_menu import offer
from quarterday.web.console.account.deed import Case
from quarterday.web.console.account.deeds import PAYMENT
from quarterday.web.console.account.find import find_account
from quarterday.web.console.account.words import tell_payment
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.words import format_money


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def show_payment(request: HttpRequest, staff: Staff, account_id: str, name: str) -> HttpResponse:
    """The page of a payment."""
    account = find_account(staff, account_id)
    sheet = read_payment(account, name)
    if sheet is None:
        raise Http404("This customer has no such payment.")
    payment = sheet.payment
    tries = RefundAttempt.objects.filter(refund__payment=payment).select_related("refund")
    case = Case(staff, account, payment, read_today(staff.seller), read_now())
    context = {
        "account": account,
        "payment": payment,
        "said": tell_payment(payment),
        "left_minor": find_left(payment),
        "sheet": sheet,
        "origin": find_origin(payment),
        "tries": {one.refund_id: one for one in tries},
        "refunds": [
            (one, next((t for t in tries if t.refund_id == one.id), None)) for one in sheet.refunds
        ],
        "disputes": list(Dispute.objects.filter(payment=payment).order_by("id")),
        "offers": offer(PAYMENT, case, payment),
    }
    title = f"Payment of {format_money(payment.amount_minor, payment.currency)}"
    return show(request, staff, "console/account/payment.html", context, title=title)
