"""The first page: what is owed, what comes next, and the one thing to do now."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from quarterday.core.access import Permission
from quarterday.services.invoicing.foresee_next import find_next_day, foresee_invoice, is_metered
from quarterday.store.models import Account, PaymentAttempt
from quarterday.store.queries.collecting import foresee
from quarterday.store.queries.paying import ON_THE_WAY, is_promise, list_live_attempts
from quarterday.store.queries.portal.credit import read_credit_use
from quarterday.store.queries.portal.overview import (
    Owed,
    list_activity,
    read_credit,
    read_owed,
    read_services,
)
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_today
from quarterday.web.portal.activity import MONEY_KINDS, tell_events
from quarterday.web.portal.attempts import tell_attempts
from quarterday.web.portal.charges import Charge, tell_first
from quarterday.web.portal.invoices import list_rows
from quarterday.web.portal.services_held import read_held


@require_safe
@account_page()
def show_home(request: AccountRequest) -> HttpResponse:
    """What matters now, as far as the visitor's role may see it."""
    today = read_today(request.seller)
    sees_money = Permission.SEE_MONEY in request.permissions
    context: dict[str, Any] = {"today": today, "sees_money": sees_money}
    if sees_money:
        context |= _read_money(request, today)
    if Permission.SEE_SERVICES in request.permissions:
        context["services"] = services = read_services(request.account)
        held = read_held(request.account, services.first)
        context["service_rows"] = [(one, held.get(one.id)) for one in services.first]
    hidden = () if sees_money else MONEY_KINDS
    context["facts"] = tell_events(list_activity(request.account, hidden), request.seller.time_zone)
    return render(request, "portal/home.html", context)


@require_safe
@account_page(Permission.SEE_MONEY)
def show_next(request: AccountRequest) -> HttpResponse:
    """The next invoice as it would be today, on a page of its own."""
    account, today = request.account, read_today(request.seller)
    context = {
        "next": foresee_invoice(account, today),
        "next_on": find_next_day(account, today),
        "is_metered": is_metered(account),
    }
    return render(request, "portal/next_invoice.html", context)


def _read_money(request: AccountRequest, today: date) -> dict[str, Any]:
    account = request.account
    owed = read_owed(account, today)
    underway = list_live_attempts(account)
    credit_minor = read_credit(account, today)
    # What is measured may take a while to add up, so that is fetched when the page is there.
    is_late = is_metered(account)
    can_pay = Permission.PAY in request.permissions
    return {
        "owed": owed,
        "is_first_part": bool(owed.first) and owed.first_minor < owed.open_minor,
        "rows": list_rows(owed.first, today),
        "underway": tell_attempts(underway, request.seller.time_zone),
        "is_covered": _is_covered(owed, underway),
        "charge": _find_charge(account, owed, today),
        "credit_minor": credit_minor,
        "credit_use": str(read_credit_use(account)),
        "next_on": find_next_day(account, today),
        "next": None if is_late else foresee_invoice(account, today),
        "is_late": is_late,
        "can_pay": can_pay and bool(owed.number),
        "can_add": can_pay,
        "pay_url": pay_url([one.public_id for one in owed.first])
        if owed.number <= len(owed.first)
        else reverse("portal:pay"),
    }


def _find_charge(account: Account, owed: Owed, today: date) -> Charge | None:
    """What is charged by itself before anything else."""
    return tell_first(account, foresee(account, today), today) if owed.number else None


def _is_covered(owed: Owed, underway: list[PaymentAttempt]) -> bool:
    """Whether payments that were set off are for all that is open."""
    sent = [one for one in underway if one.status in ON_THE_WAY and not is_promise(one)]
    named = {name for one in sent for name in one.invoices}
    enough = sum(one.amount_minor for one in sent if one.invoices) >= owed.open_minor
    is_whole = owed.number <= len(owed.first)
    return bool(owed.number) and is_whole and enough and named >= {o.public_id for o in owed.first}


def pay_url(public_ids: list[str]) -> str:
    """Where to pay some invoices."""
    return f"{reverse('portal:pay')}?{urlencode({'invoice': public_ids}, doseq=True)}"
