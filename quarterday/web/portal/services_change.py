"""Choose what a service should be: another plan, another quantity, add-ons, options."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterday.core.access import Permission
from quarterday.services.subscriptions.cancel_subscription import find_period_end
from quarterday.services.subscriptions.make_change import Verb
from quarterday.store.queries.catalogue import AddonView, PlanView
from quarterday.store.queries.contract_offers import Choices, load_choices
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_today
from quarterday.web.kit.prices import PriceWords, describe_price
from quarterday.web.portal.services_page import Service, open_service
from quarterday.web.portal.services_parts import Part

_CANCELS = (Verb.CANCEL, Verb.UNDO_CANCEL)


class Choice(NamedTuple):
    """A plan or an add-on to choose, in words."""

    view: PlanView
    prices: list[tuple[str, PriceWords]]
    most: int
    is_current: bool
    about: str
    features: tuple[str, ...]


class Option(NamedTuple):
    """An option of a service, what it is now, and what it can be."""

    name: str
    current: Part | None
    choices: list[Choice]


def open_choices(service: Service, today: date) -> Choices:
    """What may be chosen for a service; 404 where it has no plan to begin with."""
    base = service.parts.base
    if base is None:
        raise Http404(_("There is no such service."))
    return load_choices(service.subscription, base.plan, today)


@require_safe
@account_page(Permission.CHANGE_SERVICES)
def choose_plan(request: AccountRequest, public_id: str) -> HttpResponse:
    """Choose another plan or quantity, and from when."""
    today = read_today(request.seller)
    service = open_service(request.account, public_id, today)
    if not service.can_change:
        return _cannot(request, service)
    choices = open_choices(service, today)
    base = service.parts.planned or service.parts.base
    plans = [
        _make_choice(one.view, one.most, base, one.headline, tuple(one.features))
        for one in choices.plans
    ]
    most = max(choices.most, int(base.quantity) if base else 1)
    counted = [one.most for one in plans if one.view.is_by_piece and one.most > 1]
    context = {
        "service": service,
        "base": base,
        "plans": plans,
        "has_current": any(one.is_current for one in plans),
        "most": max([most, *counted]),
        "has_quantity": bool(counted) or bool(base and base.is_by_piece and most > 1),
        "ends_on": _period_end(service, today),
    }
    return render(request, "portal/change_plan.html", context)


@require_safe
@account_page(Permission.CHANGE_SERVICES)
def choose_addon(request: AccountRequest, public_id: str) -> HttpResponse:
    """Add something to a service, or choose otherwise among its options."""
    today = read_today(request.seller)
    service = open_service(request.account, public_id, today)
    if not service.can_change:
        return _cannot(request, service)
    choices = open_choices(service, today)
    addons = [_make_addon(one) for one in choices.addons if not _has(service, one.view)]
    context = {
        "service": service,
        "addons": addons,
        "options": _make_options(service, choices),
        "counted": _counted(service, choices),
    }
    return render(request, "portal/change_addons.html", context)


def _cannot(request: AccountRequest, service: Service) -> HttpResponse:
    words = _("This service cannot be changed in its present state.")
    messages.warning(request, words)
    return HttpResponseRedirect(reverse("portal:service", args=[service.subscription.public_id]))


def _period_end(service: Service, today: date) -> date:
    """The day on which a change at the end of the period would count."""
    planned = service.parts.planned
    if planned is not None:
        return planned.start_on
    items = list(service.parts.base.items) if service.parts.base else []
    return find_period_end(service.subscription, items, today)


def _counted(service: Service, choices: Choices) -> list[tuple[Part, int]]:
    """The add-ons that one may have more or less of, and the most of each."""
    found = []
    for part in (*service.parts.addons, *service.parts.coming):
        known = choices.find_addon(part.plan.public_id)
        most = max(known.most if known else 1, int(part.quantity))
        if part.is_by_piece and most > 1 and part.end_on is None:
            found.append((part, most))
    return found


def _make_choice(
    view: PlanView, most: int, base: Part | None, about: str, features: tuple[str, ...]
) -> Choice:
    is_current = base is not None and base.plan.id == view.plan.id
    prices = base.prices if is_current and base else _describe(view)
    return Choice(view, prices, most, is_current, about, features)


def _make_addon(one: AddonView) -> Choice:
    offer = one.offer
    about = offer.headline if offer else ""
    return Choice(one.view, _describe(one.view), one.most, False, about, ())


def _make_options(service: Service, choices: Choices) -> list[Option]:
    found = []
    for option in choices.options:
        views = [view for view in option.choices if view is not None]
        plans = {view.plan.id for view in views}
        here = next((one for one in service.parts.addons if one.plan.id in plans), None)
        listed = [
            Choice(view, _describe(view), 1, bool(here and here.plan.id == view.plan.id), "", ())
            for view in views
        ]
        found.append(Option(option.name, here, listed))
    return found


def _has(service: Service, view: PlanView) -> bool:
    return service.parts.find_addon(view.plan.public_id) is not None


def _describe(view: PlanView) -> list[tuple[str, PriceWords]]:
    return [
        (price.meter.name if price.meter else "", describe_price(price)) for price in view.prices
    ]
