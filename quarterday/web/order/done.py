"""After the order: pay it, and see what happens next."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import Invoice, Order, Subscription
from quarterday.web.kit.pay import PayPage, pay_view
from quarterday.web.order.visit import ShopRequest, find_order, shop_page


@require_safe
@shop_page
def done(request: ShopRequest, order: str) -> HttpResponse:
    """What was ordered, whether it runs, and what comes next."""
    row = find_order(request, order)
    invoices = _invoices(row)
    services = Subscription.objects.filter(
        account_id=row.account_id, public_id__in=row.subscriptions
    ).select_related("plan")
    context = {
        "order": row,
        "services": services,
        "invoices": invoices,
        "open_minor": sum(one.open_minor for one in invoices),
        "currency": row.account.currency,
        "due_on": min((one.due_on for one in invoices if one.open_minor), default=None),
        "is_own": request.buyer is not None and request.buyer.id == row.account_id,
        "email": _email(row),
    }
    return render(request, "order/done.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def pay(request: ShopRequest, order: str) -> HttpResponse:
    """Pay what is open of the order, by the flow that the whole house shares."""
    row = find_order(request, order)
    page = reverse("order:done", args=[request.seller.code, row.public_id])
    waiting = [one for one in _invoices(row) if one.status == InvoiceState.OPEN]
    if not waiting:
        return redirect(page)
    return pay_view(
        request,
        account=row.account,
        invoices=waiting,
        amount_minor=None,
        back_url=page,
        done_url=page,
        actor=f"order {row.label}",
        page=PayPage(ends_at_done=True),
    )


def _invoices(order: Order) -> Sequence[Invoice]:
    wanted = order.data.get("invoices", [])
    rows = Invoice.objects.filter(account_id=order.account_id, public_id__in=wanted)
    return list(rows.select_related("seller", "account").order_by("id"))


def _email(order: Order) -> str:
    contact = order.account.contacts.order_by("id").first()
    return contact.email if contact else ""
