"""One service: what it has, what it used, what it will cost, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterday.core.access import Permission
from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import SubscriptionState
from quarterday.services.invoicing.simulate import SimulatedInvoice
from quarterday.services.subscriptions.foresee_contract import foresee_contract
from quarterday.services.usage.measure_so_far import UsedSoFar, measure_so_far
from quarterday.store.models import Account, Invoice, Subscription, SubscriptionItem
from quarterday.store.queries.contracts import (
    OVER,
    find_contract,
    load_discounts,
    load_events,
    load_last_lines,
    load_parts,
    load_waiting,
)
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_today
from quarterday.web.kit.prices import describe_unit
from quarterday.web.kit.words import format_day
from quarterday.web.portal.services import AHEAD
from quarterday.web.portal.services_discounts import describe_discount
from quarterday.web.portal.services_held import read_held
from quarterday.web.portal.services_parts import Parts, sort_parts
from quarterday.web.portal.services_words import (
    describe_service,
    name_service,
    tell_history,
    tell_state,
)

CHANGEABLE = (
    SubscriptionState.PENDING,
    SubscriptionState.TRIALING,
    SubscriptionState.ACTIVE,
)
_COMING, _BILLED = 3, 4
_CHARTED = 62


class Service(NamedTuple):
    """A service of the account that asks, with its parts as they are today."""

    subscription: Subscription
    items: list[SubscriptionItem]
    parts: Parts

    @property
    def name(self) -> str:
        """What people call it."""
        return name_service(self.subscription)

    @property
    def about(self) -> str:
        """Which plan it has."""
        return describe_service(self.subscription)

    @property
    def can_change(self) -> bool:
        """Whether its state lets what it has be changed."""
        return self.subscription.status in CHANGEABLE


class Usage(NamedTuple):
    """The usage of one meter, ready to be drawn."""

    used: UsedSoFar
    values: list[Decimal]
    labels: list[str]
    unit: str
    percent_free: int | None
    above: Decimal
    most: Decimal


def open_service(account: Account, public_id: str, today: date) -> Service:
    """A service of the account; 404 for whatever is not its own."""
    row = find_contract(account, public_id)
    if row is None:
        raise Http404(_("There is no such service."))
    row.account = account
    items = load_parts([row]).get(row.id, [])
    return Service(row, items, sort_parts(row, items, today))


@require_safe
@account_page(Permission.SEE_SERVICES)
def show_service(request: AccountRequest, public_id: str) -> HttpResponse:
    """The page of a service."""
    today = read_today(request.seller)
    service = open_service(request.account, public_id, today)
    row, sees_money = service.subscription, Permission.SEE_MONEY in request.permissions
    context: dict[str, Any] = {
        "service": service,
        "subscription": row,
        "parts": service.parts,
        "said": tell_state(row),
        "held": None if row.status in OVER else read_held(request.account, [row]).get(row.id),
        "can_pay": Permission.PAY in request.permissions,
        "today": today,
        "period_last": _last_of(service.parts),
        "coming": list(islice(_coming(service, today), _COMING)),
        "waiting": load_waiting(row),
        "usage": _measure(service, today),
        "discounts": [describe_discount(one, today) for one in load_discounts(row)],
        "history": tell_history(load_events(row), service.items),
        "billed": _list_invoices(service) if sees_money else [],
        "can_change": service.can_change and Permission.CHANGE_SERVICES in request.permissions,
        "can_cancel": Permission.CANCEL_SERVICES in request.permissions,
        "is_over": row.status in OVER,
    }
    return render(request, "portal/service.html", context)


def _last_of(parts: Parts) -> date | None:
    return parts.period and parts.period.end - timedelta(days=1)


def _coming(service: Service, today: date) -> Iterator[SimulatedInvoice]:
    """What this service alone will be billed, in order of time."""
    row = service.subscription
    if row.status in OVER and not service.items:
        return
    found = foresee_contract(row.account_id, row.id, first=today, last=today + AHEAD)
    # A period to come has no usage yet, so its line says nothing.
    for one in found:
        lines = tuple(line for line in one.lines if line.net_minor or line.kind != "usage")
        if lines:
            yield one._replace(lines=lines)


def _list_invoices(service: Service) -> list[Invoice]:
    """The invoices that billed the service last."""
    found = {one.invoice_id: one.invoice for one in load_last_lines(service.items, 24)}
    return list(found.values())[:_BILLED]


def _measure(service: Service, today: date) -> list[Usage]:
    """Usage so far; what cannot be priced is left to the people who can correct it."""
    row = service.subscription
    try:
        found = measure_so_far(row.account, row, service.items, today)
    except BillingError:
        return []
    return [_draw(one) for one in found]


def _draw(used: UsedSoFar) -> Usage:
    """The whole period as bars, the days to come empty."""
    price, values = used.item.price, [one.quantity for one in used.days]
    free = price.free_units
    left = max(0, (used.period.end - used.period.start).days - len(values))
    days = [used.period.start + timedelta(days=n) for n in range(len(values) + left)]
    return Usage(
        used,
        [*values, *[Decimal(0)] * left] if len(days) <= _CHARTED else values,
        [format_day(one, "short") for one in days],
        "" if price.unit_code == "C62" else describe_unit(price),
        min(100, int(used.quantity * 100 / free)) if free else None,
        max(Decimal(0), used.quantity - free),
        max(values, default=Decimal(0)),
    )
