"""Getting back credit that was paid in and not used."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quarterday.core.access import Permission
from quarterday.core.errors import BillingError
from quarterday.services.credit.refund_deposit import refund_deposit
from quarterday.store.queries.portal.overview import read_credit
from quarterday.store.queries.unspent import list_unspent
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.words import format_money


@require_http_methods(["GET", "HEAD", "POST"])
@account_page(Permission.MANAGE_METHODS)
def refund_credit(request: AccountRequest) -> HttpResponse:
    """Say what goes back where and what stays, then do it."""
    account, today = request.account, read_today(request.seller)
    unspent = list_unspent(account, today)
    amount_minor = sum(one.amount_minor for one in unspent)
    if request.method == "POST":
        # Exactly what the page said; credit that was used in the meantime refuses it.
        asked = request.POST.get("amount_minor", "")
        try:
            refund_deposit(
                account=account,
                today=today,
                now=read_now(),
                amount_minor=int(asked) if asked.isdecimal() and len(asked) < 19 else 0,
                actor=request.user.public_id,
            )
        except BillingError:
            said = _("Your credit has changed since, so nothing was sent back. Look at it again.")
            messages.error(request, said)
            return redirect("portal:credit")
        said = _("%(amount)s goes back the way it came. That can take some days.") % {
            "amount": format_money(int(asked), account.currency)
        }
        messages.success(request, said)
        return redirect("portal:credit")
    context = {
        "unspent": unspent,
        "amount_minor": amount_minor,
        "left_minor": read_credit(account, today) - amount_minor,
    }
    return render(request, "portal/refund_credit.html", context)
