"""Change what a contract has: choose, see what it costs to the cent, and make the change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.services.subscriptions.confirm_change import FiguresMoved, confirm_change
from quarterday.services.subscriptions.make_change import Asked, Verb
from quarterday.services.subscriptions.preview_change import Preview, preview_change
from quarterday.store.models import Subscription
from quarterday.store.queries.contracts import load_parts
from quarterday.web.console.account.change_wish import Contract, Wanted, read_contract, read_wish
from quarterday.web.console.account.change_words import (
    tell_back,
    tell_button,
    tell_effects,
    tell_invoices,
    tell_title,
)
from quarterday.web.console.account.find import find_account, find_own
from quarterday.web.console.account.service_words import name_service
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.prices import describe_price
from quarterday.web.kit.words import format_money

_TITLES = {
    Verb.ADD: "Add-ons",
    Verb.REMOVE: "Add-ons",
    Verb.CANCEL: "Cancel",
    Verb.UNDO_CANCEL: "Undo the cancellation",
    Verb.KEEP: "Take back what is planned",
}
_WHATS = ("plan", "addons", "cancel")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(StaffPermission.CHANGE_SERVICES)
def change(request: HttpRequest, staff: Staff, account_id: str, name: str) -> HttpResponse:
    """Choose what to change; what was chosen is shown with its effect, and then made."""
    account, today = find_account(staff, account_id), read_today(staff.seller)
    row = find_own(account, Subscription, name)
    row = Subscription.objects.select_related("plan__product").get(id=row.id)
    row.account = account
    contract = read_contract(row, load_parts([row]).get(row.id, []), today)
    query = request.POST if request.method == "POST" else request.GET
    page = f"/console/accounts/{account.public_id}/subscriptions/{row.public_id}/"
    if "verb" not in query:
        return _choose(request, staff, contract, page)
    asked = Asked(subscription_id=row.id, today=today, now=read_now(), actor=staff.actor)
    is_moved = False
    try:
        wanted = read_wish(query, contract)
        if request.method == "POST" and query.get("seen"):
            done = confirm_change(wanted.wish, asked, seen=query["seen"][:64])
            return _done(request, wanted, done, page)
        preview = preview_change(wanted.wish, asked)
    except FiguresMoved as moved:
        preview, is_moved = moved.preview, True
    except BillingError as error:
        messages.warning(request, f"This cannot be done: {error}. Nothing was changed.")
        return HttpResponseRedirect(page)
    if not preview.is_change:
        messages.info(request, "It is like this already; there is nothing to change.")
        return HttpResponseRedirect(page)
    return _look(request, staff, contract, wanted, preview, is_moved=is_moved)


def _choose(request: HttpRequest, staff: Staff, contract: Contract, page: str) -> HttpResponse:
    """The forms, by what is to be changed."""
    what = request.GET.get("what", "plan")
    what = what if what in _WHATS else "plan"
    has = {plan.id for plan, _ in contract.had()}
    context: dict[str, Any] = {
        "account": contract.subscription.account,
        "subscription": contract.subscription,
        "name": name_service(contract.subscription),
        "what": what,
        "page": page,
        "quantity": contract.quantity,
        "had": contract.had(),
        "plans": [
            (one.plan, [describe_price(price).head for price in one.prices])
            for one in contract.plans
        ],
        "addons": [
            (one.view.plan, [describe_price(price).head for price in one.view.prices])
            for one in contract.addons
            if one.view.plan.id not in has
        ],
    }
    titles = {"plan": "Change plan or quantity", "addons": "Add-ons", "cancel": "Cancel"}
    return show(request, staff, "console/account/choose.html", context, title=titles[what])


def _look(
    request: HttpRequest,
    staff: Staff,
    contract: Contract,
    wanted: Wanted,
    preview: Preview,
    *,
    is_moved: bool,
) -> HttpResponse:
    """The effect, and a button that makes the change."""
    row, today, verb = contract.subscription, read_today(staff.seller), wanted.wish.verb
    now, later = tell_invoices(preview)
    words = {"old": row.plan.name, "name": wanted.name, "count": wanted.number}
    back = tell_back(verb, preview, today)
    context: dict[str, Any] = {
        "account": row.account,
        "subscription": row,
        "name": name_service(row),
        "what": _TITLES.get(verb, "Change plan or quantity"),
        "is_moved": is_moved,
        "question": tell_title(verb, **words),
        "effects": tell_effects(verb, preview, today),
        "verb": tell_button(verb, preview, today),
        "note": f"The way back: {back}",
        "is_danger": verb in (Verb.CANCEL, Verb.REMOVE),
        "hidden": [*wanted.fields.items(), ("seen", preview.digest)],
        "action": request.path,
        "cancel_url": f"/console/accounts/{row.account.public_id}/subscriptions/{row.public_id}/",
        "now": now,
        "later": later,
    }
    status = 409 if is_moved else 200
    return show(
        request, staff, "console/account/change.html", context, title=context["question"],
        status=status,
    )  # fmt: skip


def _done(request: HttpRequest, wanted: Wanted, done: Preview, page: str) -> HttpResponse:
    if not done.is_change:
        messages.info(request, "It was done already.")
        return HttpResponseRedirect(page)
    said = f"Done: {wanted.name}."
    amount = format_money(abs(done.now_minor), done.currency)
    if done.now_minor > 0:
        said = f"{said} An invoice of {amount} was issued."
    elif done.now_minor < 0:
        said = f"{said} {amount} was given back."
    messages.success(request, said)
    return HttpResponseRedirect(page)
