"""Sign in as a customer: say what it means, begin, and come back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from quarterday.core.access import StaffPermission
from quarterday.services.staff.act_as import begin_acting, end_acting
from quarterday.store.models import Account
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.acting import find_acting, start_acting, stop_acting
from quarterday.web.kit.clock import read_now


@staff_page(StaffPermission.CHANGE_CUSTOMERS)
def act(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """Say what acting as this customer means; then open the portal."""
    account = Account.objects.filter(seller=staff.seller, public_id=key).first()
    if account is None:
        raise Http404
    if request.method == "POST":
        until = begin_acting(account=account, user=staff.user, role=staff.role, now=read_now())
        start_acting(request, account, until)
        return HttpResponseRedirect("/")
    context = {
        "question": f"See the portal as {account.name}?",
        "effects": [
            "It lasts 30 minutes, or until you stop.",
            "Every page says at its top that you act as the customer.",
            "What you do is written down with your name, not theirs.",
            "You cannot pay, order, or change their sign-in, people or ways to pay.",
        ],
        "cancel_url": f"/console/accounts/{account.public_id}/",
    }
    return show(request, staff, "console/staff/act.html", context, title="Sign in as the customer")


@require_POST
@staff_page(StaffPermission.CHANGE_CUSTOMERS)
def end(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Be oneself again, on the customer's page in the console; doing it again changes nothing."""
    acting = find_acting(request)
    if acting is None:
        return HttpResponseRedirect("/console/")
    end_acting(account=acting.account, user=staff.user, now=read_now())
    stop_acting(request)
    messages.success(request, f"You act as {acting.account.name} no longer.")
    return HttpResponseRedirect(f"/console/accounts/{acting.account.public_id}/")
