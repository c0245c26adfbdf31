"""Paying a large invoice in parts: choosing a plan, where the seller offers it."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quarterday.core.access import Permission
from quarterday.core.errors import BillingError
from quarterday.core.instalments import Part, split_amount
from quarterday.services.collection.agree_instalments import agree_instalments
from quarterday.store.models import Invoice, Seller
from quarterday.store.queries.instalments import may_choose_plan, read_instalment_policy
from quarterday.store.queries.portal.invoice import find_invoices
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_now, read_today


@require_http_methods(["GET", "HEAD", "POST"])
@account_page(Permission.PAY)
def choose_instalments(request: AccountRequest, public_id: str) -> HttpResponse:
    """Show each plan that there is with its days and amounts, then agree the chosen one."""
    found = find_invoices(request.account, [public_id])
    if not found:
        raise Http404(_("There is no such invoice."))
    invoice, today = found[0], read_today(request.seller)
    if not may_choose_plan(invoice, request.seller):
        messages.info(request, _("This invoice cannot be paid in instalments."))
        return redirect("portal:invoice", public_id)
    plans = list_plans(invoice, request.seller, today)
    if request.method == "POST":
        chosen = plans.get(request.POST.get("parts", ""))
        if chosen is not None and request.POST.get("shown") == str(invoice.open_minor):
            return _agree(request, invoice, chosen, today)
        messages.error(request, _("The plan has changed since you opened this page. Choose anew."))
        return redirect("portal:instalments", public_id)
    context = {"invoice": invoice, "plans": plans, "today": today}
    return render(request, "portal/instalments.html", context)


def list_plans(invoice: Invoice, seller: Seller, today: date) -> dict[str, tuple[Part, ...]]:
    """The plans to choose from, by how many parts they have; the first part is due today."""
    policy = read_instalment_policy(seller)
    return {
        str(count): split_amount(invoice.open_minor, count, today, policy.every)
        for count in range(2, policy.most + 1)
    }


def _agree(
    request: AccountRequest, invoice: Invoice, parts: tuple[Part, ...], today: date
) -> HttpResponse:
    try:
        agree_instalments(
            invoice=invoice,
            parts=parts,
            today=today,
            now=read_now(),
            by_payer=True,
            actor=request.user.public_id,
        )
    except BillingError:
        messages.error(request, _("Something changed, and nothing was agreed. Look at it again."))
    else:
        messages.success(request, _("You pay this invoice in instalments. The first is due today."))
    return redirect("portal:invoice", invoice.public_id)
