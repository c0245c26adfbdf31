"""Paying one invoice, several, all that is open, or a part."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quarterday.core.access import Permission
from quarterday.store.models import PaymentAttempt
from quarterday.store.queries.portal.invoice import find_invoices, list_open
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.pay import PayPage, pay_view
from quarterday.web.kit.pay_flow import remember
from quarterday.web.kit.words import format_money
from quarterday.web.portal.inputs import read_amount


@require_http_methods(["GET", "HEAD", "POST"])
@account_page(Permission.PAY)
def pay_invoices(request: AccountRequest) -> HttpResponse:
    """Pay the invoices that the address names, all that are open when it names none.

    ``amount`` is what to pay of them; one that is no amount, or too much, goes back to the
    invoice with the reason.
    """
    account = request.account
    names = request.GET.getlist("invoice")
    found = find_invoices(account, names) if names else list_open(account)
    if len(found) != len(set(names)) and names:
        raise Http404(_("There is no such invoice."))
    one = len(found) == 1
    back = reverse("portal:invoice", args=[found[0].public_id]) if one else _list_url()
    invoices = [invoice for invoice in found if invoice.open_minor]
    if not invoices:
        messages.info(request, _("There is nothing to pay: this is settled already."))
        return redirect(back)
    open_minor = sum(invoice.open_minor for invoice in invoices)
    amount_minor: int | None = None
    if "amount" in request.GET:
        amount_minor = read_amount(request.GET["amount"], account.currency)
        if amount_minor is None or not 1 <= amount_minor <= open_minor:
            most = format_money(open_minor, account.currency)
            messages.error(
                request,
                _("Give an amount of at most %(most)s; nothing was paid.") % {"most": most},
            )
            return redirect(back)
    return pay_view(
        request,
        account=account,
        invoices=invoices,
        amount_minor=amount_minor,
        back_url=back,
        done_url=back,
        actor=request.user.public_id,
        page=PayPage(shows_methods=True),
    )


@require_safe
@account_page(Permission.PAY)
def show_attempt(request: AccountRequest, public_id: str) -> HttpResponse:
    """To where a payment that was begun can be finished."""
    attempt = PaymentAttempt.objects.filter(account=request.account, public_id=public_id).first()
    if attempt is None:
        raise Http404(_("There is no such payment."))
    one = len(attempt.invoices) == 1
    back = reverse("portal:invoice", args=attempt.invoices) if one else reverse("portal:home")
    remember(request, attempt, back=back, done=back, ends_at_done=False)
    return redirect("pay:result", attempt.public_id)


def _list_url() -> str:
    return reverse("portal:invoices")
