"""The sheet that shows what a change of a service does, and the change once that was seen."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quarterday.core.access import Permission
from quarterday.core.errors import BillingError
from quarterday.services.subscriptions.confirm_change import FiguresMoved, confirm_change
from quarterday.services.subscriptions.make_change import Asked, Verb, When
from quarterday.services.subscriptions.preview_change import Preview, preview_change
from quarterday.store.queries.portal.overview import read_credit
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.words import format_money
from quarterday.web.portal.services_change import open_choices
from quarterday.web.portal.services_effect import tell_effect
from quarterday.web.portal.services_page import Service, open_service
from quarterday.web.portal.services_wishes import Unclear, Wanted, read_wish

_CANCELS = (Verb.CANCEL, Verb.UNDO_CANCEL)


@require_http_methods(["GET", "HEAD", "POST"])
@account_page(Permission.CHANGE_SERVICES)
def confirm(request: AccountRequest, public_id: str) -> HttpResponse:
    """The sheet with the effect of a change, and the change itself once that was seen."""
    return answer_wish(request, public_id, cancels=False)


@require_http_methods(["GET", "HEAD", "POST"])
@account_page(Permission.CANCEL_SERVICES)
def confirm_cancel(request: AccountRequest, public_id: str) -> HttpResponse:
    """The same for a cancellation, and for undoing one."""
    return answer_wish(request, public_id, cancels=True)


def answer_wish(request: AccountRequest, public_id: str, *, cancels: bool) -> HttpResponse:
    """Show what a wish would do, or do what was seen."""
    today, now = read_today(request.seller), read_now()
    service = open_service(request.account, public_id, today)
    query = request.POST if request.method == "POST" else request.GET
    try:
        wanted = read_wish(query, service, open_choices(service, today))
    except Unclear as unclear:
        return _back(request, service, query.get("verb", ""), str(unclear))
    if (wanted.wish.verb in _CANCELS) is not cancels:
        raise Http404(_("There is no such change."))
    row = service.subscription
    asked = Asked(subscription_id=row.id, today=today, now=now, actor=request.user.public_id)
    seen = query.get("seen", "") if request.method == "POST" else ""
    moved = False
    try:
        if seen:
            done = confirm_change(wanted.wish, asked, seen=seen[:64])
            return _done(request, service, wanted, done)
        preview = preview_change(wanted.wish, asked)
    except FiguresMoved as error:
        preview, moved = error.preview, True
    except BillingError:
        words = _("This cannot be done as the service stands now. Nothing was changed.")
        return _back(request, service, "", words)
    if not preview.is_change:
        words = _("It is like this already; there is nothing to change.")
        return _back(request, service, "", words)
    context = {
        "service": service,
        "wanted": wanted,
        "effect": tell_effect(request.account, wanted, preview, today),
        "moved": moved,
        "action": request.path,
        "back": _choosing(service, wanted.wish.verb),
        "toggle": _toggle(request, wanted, preview, today),
        "credit_minor": read_credit(request.account, today) if _sees_money(request) else 0,
    }
    return render(request, "portal/change_confirm.html", context, status=409 if moved else 200)


class Toggle(NamedTuple):
    """The other day from which the same could count."""

    url: str
    text: str


def _toggle(
    request: AccountRequest, wanted: Wanted, preview: Preview, today: date
) -> Toggle | None:
    """For what is chosen without a form of days: at once, or when the period ends."""
    if wanted.wish.verb not in (Verb.ADD, Verb.REMOVE, Verb.SWAP):
        return None
    at_once = preview.on <= today
    if not at_once and wanted.wish.when is When.NOW:
        return None
    other = When.PERIOD_END if at_once else When.NOW
    fields = {**wanted.fields, "when": str(other)}
    later, sooner = (
        _("Let it count from the next period instead"),
        _("Let it count from today instead"),
    )
    return Toggle(f"{request.path}?{urlencode(fields)}", later if at_once else sooner)


def _done(request: AccountRequest, service: Service, wanted: Wanted, done: Preview) -> HttpResponse:
    """Say what was done, and show the service as it is now."""
    if not done.is_change:
        messages.info(request, _("It was done already."))
    else:
        messages.success(
            request, f"{_tell_done(wanted)} {_tell_issued(done, _sees_money(request))}".strip()
        )
    return HttpResponseRedirect(_page(service))


def _tell_done(wanted: Wanted) -> str:
    words = {"name": wanted.name}
    match wanted.wish.verb:
        case Verb.CANCEL:
            return _("%(name)s is cancelled.") % words
        case Verb.UNDO_CANCEL | Verb.KEEP:
            return _("%(name)s goes on as before.") % words
        case Verb.ADD:
            return _("%(name)s was added.") % words
        case Verb.REMOVE:
            return _("%(name)s was removed.") % words
        case _:
            return _("The change to %(name)s is made.") % words


def _sees_money(request: AccountRequest) -> bool:
    return Permission.SEE_MONEY in request.permissions


def _tell_issued(done: Preview, sees_money: bool) -> str:
    amount = format_money(abs(done.now_minor), done.currency)
    if done.now_minor > 0 and not sees_money:
        text = _("An invoice of %(amount)s was issued.")
    elif done.now_minor > 0:
        text = _("An invoice of %(amount)s was issued; you find it under Invoices.")
    elif done.now_minor < 0:
        text = _("%(amount)s was given back to you.")
    else:
        return ""
    return text % {"amount": amount}


def _back(request: AccountRequest, service: Service, verb: str, words: str) -> HttpResponse:
    """To where the choice is made, with what is to be done otherwise."""
    messages.warning(request, words)
    known = verb in set(Verb)
    return HttpResponseRedirect(_choosing(service, Verb(verb)) if known else _page(service))


def _choosing(service: Service, verb: Verb) -> str:
    name = {
        Verb.PLAN: "portal:service_change",
        Verb.QUANTITY: "portal:service_change",
        Verb.ADD: "portal:service_add",
        Verb.SWAP: "portal:service_add",
        Verb.CANCEL: "portal:service_cancel",
    }.get(verb, "portal:service")
    return reverse(name, args=[service.subscription.public_id])


def _page(service: Service) -> str:
    return reverse("portal:service", args=[service.subscription.public_id])
