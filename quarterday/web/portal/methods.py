"""The ways to pay that an account keeps."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quarterday.core.access import Permission
from quarterday.services.collection.switch_autopay import switch_autopay
from quarterday.services.errors import NotFound
from quarterday.services.payments.choose_method import choose_method
from quarterday.services.payments.make_intent import describe_method
from quarterday.services.payments.remove_method import remove_method
from quarterday.store.models import AttemptPurpose, PaymentMethod
from quarterday.store.queries.collecting import foresee, read_account_settings
from quarterday.store.queries.paying import list_methods, open_gateway_of
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.pay import keep_view
from quarterday.web.kit.pay_ways import Way, list_ways
from quarterday.web.portal.charges import tell_charge

_log = logging.getLogger(__name__)
_SOON = timedelta(days=60)


class MethodRow(NamedTuple):
    """A kept way to pay; ``expiry`` is expired, soon or nothing."""

    method: PaymentMethod
    expiry: str


@require_safe
@account_page(Permission.SEE_MONEY)
def show_methods(request: AccountRequest) -> HttpResponse:
    """What is kept, the one that is charged first."""
    today = read_today(request.seller)
    told = [tell_charge(request.account, one, today) for one in foresee(request.account, today)]
    context = {
        "autopay": read_account_settings(request.account).autopay,
        "charges": [one for one in told if one is not None and one.on],
        "rows": [MethodRow(one, _expiry(one, today)) for one in list_methods(request.account)],
        "can_manage": Permission.MANAGE_METHODS in request.permissions,
        "can_add": bool(
            list_ways(request.account, purpose=AttemptPurpose.SAVE, shows_methods=True)
        ),
    }
    return render(request, "portal/methods.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@account_page(Permission.MANAGE_METHODS)
def add_method(request: AccountRequest) -> HttpResponse:
    """Keep another way to pay."""
    back = reverse("portal:methods")
    return keep_view(
        request,
        account=request.account,
        back_url=back,
        done_url=back,
        actor=request.user.public_id,
    )


@require_POST
@account_page(Permission.MANAGE_METHODS)
def make_default(request: AccountRequest, public_id: str) -> HttpResponse:
    """Charge this one from now on."""
    method = _find(request, public_id)
    try:
        choose_method(method=method, now=read_now(), actor=request.user.public_id)
    except NotFound:
        raise Http404(_("There is no such way to pay.")) from None
    messages.success(request, _("%(label)s is used from now on.") % {"label": method.label})
    return redirect("portal:methods")


@require_POST
@account_page(Permission.MANAGE_METHODS)
def switch_charging(request: AccountRequest) -> HttpResponse:
    """Charge new invoices by themselves, or stop it."""
    on = request.POST.get("on") == "yes"
    switch_autopay(account=request.account, on=on, now=read_now(), actor=request.user.public_id)
    said = _("Invoices are paid automatically from now on.")
    if not on:
        said = _("Nothing is charged automatically any more. Pay your invoices by their due date.")
    messages.success(request, said)
    return redirect("portal:methods")


@require_http_methods(["GET", "HEAD", "POST"])
@account_page(Permission.MANAGE_METHODS)
def drop_method(request: AccountRequest, public_id: str) -> HttpResponse:
    """Say what removing means, then remove it."""
    method = _find(request, public_id)
    if request.method == "POST":
        remove_method(method=method, now=read_now(), actor=request.user.public_id)
        _forget(request, method)
        messages.success(
            request, _("%(label)s was removed. Add it again at any time.") % {"label": method.label}
        )
        return redirect("portal:methods")
    others = [one for one in list_methods(request.account) if one.id != method.id]
    heir = others[0] if method.is_default and others else None
    context = {"method": method, "heir": heir, "is_last": not others}
    return render(request, "portal/remove_method.html", context)


def _forget(request: AccountRequest, method: PaymentMethod) -> None:
    """Ask the gateway to drop what nobody uses again; without us, it charges nothing anyway."""
    try:
        open_gateway_of(request.seller, method.gateway).forget(describe_method(method))
    except Exception:
        _log.exception("the gateway %s did not forget %s", method.gateway, method.public_id)


def _list_new(request: AccountRequest) -> list[Way]:
    """What can be kept besides."""
    return list_ways(request.account, purpose=AttemptPurpose.SAVE, shows_methods=True)


def _find(request: AccountRequest, public_id: str) -> PaymentMethod:
    rows = PaymentMethod.objects.filter(account=request.account, removed_at=None)
    method = rows.filter(public_id=public_id).first()
    if method is None:
        raise Http404(_("There is no such way to pay."))
    return method


def _expiry(method: PaymentMethod, today: date) -> str:
    if method.expires_on is None or method.expires_on > today + _SOON:
        return ""
    return "soon" if method.expires_on >= today else "expired"
