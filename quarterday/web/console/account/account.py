"""Everything about one customer on one page: how they stand, what happened, and what to do."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.services.invoicing.foresee_next import find_next_day, foresee_invoice, is_metered
from quarterday.store.models import Account, Subscription
from quarterday.store.queries.account.head import AccountHead, read_head
from quarterday.store.queries.account.timeline import Sort, page_timeline, read_mark
from quarterday.store.queries.collecting import read_account_settings
from quarterday.store.queries.dunning import Timeline, read_timeline
from quarterday.web.console.account.act_menu import Offer, offer_on
from quarterday.web.console.account.deed import Case
from quarterday.web.console.account.deeds import CUSTOMER, ENDING, MONEY, WAITING
from quarterday.web.console.account.find import find_account
from quarterday.web.console.account.head_words import (
    tell_address,
    tell_figures,
    tell_policy,
    tell_settings,
    tell_tax,
)
from quarterday.web.console.account.service_words import name_service, tell_service
from quarterday.web.console.account.timeline import tell_timeline
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today

SORTS: tuple[tuple[Sort, str], ...] = (
    (Sort.ALL, "Everything"),
    (Sort.DOCUMENTS, "Documents"),
    (Sort.MONEY, "Money"),
    (Sort.MESSAGES, "Messages"),
    (Sort.REMINDERS, "Reminders"),
    (Sort.SERVICES, "Services"),
    (Sort.PEOPLE, "People and staff"),
    (Sort.NOTES, "Notes"),
)


class ServiceRow(NamedTuple):
    """A service in the head: its name, and how it is and why."""

    subscription: Subscription
    name: str
    said: str
    state: str
    holds: list[Any]


@require_safe
@staff_page(StaffPermission.SEE_CUSTOMERS)
def show_account(request: HttpRequest, staff: Staff, account_id: str) -> HttpResponse:
    """The page; with htmx, only the timeline."""
    account = find_account(staff, account_id)
    context = {"account": account, **_timeline(request, account)}
    if request.headers.get("HX-Target") == "timeline":
        return show(request, staff, "console/account/timeline.html", context, title=account.name)
    today, now = read_today(staff.seller), read_now()
    head = read_head(account, today)
    case = Case(staff, account, None, today, now)
    reminding = _read_reminding(head, today, now)
    context |= {
        "today": today,
        "head": head,
        "services": [_tell(one) for one in head.services],
        "reminding": reminding,
        "is_metered": is_metered(account),
        "tax": tell_tax(account, today),
        "settings": tell_settings(account),
        "autopay": read_account_settings(account).autopay,
        "bad_addresses": [one.email for one in head.contacts if one.email in head.marks],
        "figures": tell_figures(account, head, reminding),
        "pinned": [one for one in head.notes if one.is_pinned],
        "address": (lines := tell_address(account)),
        "country": lines[-1],
        "policy": tell_policy(reminding),
        "quick": offer_on(MONEY, case, head)[:2],
        "menus": _menus(case, head),
        "as_customer_url": reverse("console:acting", args=[account.public_id])
        if staff.may(StaffPermission.CHANGE_CUSTOMERS)
        else "",
        "may_change": staff.may(StaffPermission.CHANGE_CUSTOMERS),
        "may_book": staff.may(StaffPermission.BOOK_MONEY),
        "may_service": staff.may(StaffPermission.CHANGE_SERVICES),
        "may_charge": staff.may(StaffPermission.BOOK_MONEY)
        or staff.may(StaffPermission.CHANGE_SERVICES),
    }
    if not context["is_metered"]:
        context |= _foresee(account, today)
    return show(request, staff, "console/account/account.html", context, title=account.name)


@require_safe
@staff_page(StaffPermission.SEE_CUSTOMERS)
def show_next(request: HttpRequest, staff: Staff, account_id: str) -> HttpResponse:
    """The next invoice as it would be today; for usage this may take a while."""
    account, today = find_account(staff, account_id), read_today(staff.seller)
    context = {"account": account, "is_metered": is_metered(account), **_foresee(account, today)}
    name = "next_figure" if request.headers.get("HX-Request") else "next"
    return show(request, staff, f"console/account/{name}.html", context, title="Next invoice")


def _foresee(account: Account, today: date) -> dict[str, Any]:
    return {
        "next": foresee_invoice(account, today),
        "next_on": find_next_day(account, today),
    }


def _timeline(request: HttpRequest, account: Account) -> dict[str, Any]:
    shown = request.GET.get("show", "")
    sort = Sort(shown) if shown in tuple(Sort) else Sort.ALL
    mark = read_mark(request.GET.get("after", ""))
    page = page_timeline(account, sort, after=mark)
    return {
        "sorts": SORTS,
        "sort": sort,
        "lines": tell_timeline(account, page.entries),
        "older": page.older,
        "is_first": mark is None,
    }


def _tell(row: Subscription) -> ServiceRow:
    said, state = tell_service(row)
    return ServiceRow(row, name_service(row), said, state, row.open_holds)  # type: ignore[attr-defined]


def _read_reminding(head: AccountHead, today: date, now: Any) -> Timeline | None:
    if head.dunning is None:
        return None
    return read_timeline(head.dunning.invoice, today=today, now=now)


def _menus(case: Case, head: AccountHead) -> list[tuple[str, list[Offer]]]:
    """What may be done, grouped."""
    groups = (("Money", MONEY), ("Wait", WAITING), ("Customer", CUSTOMER), ("End", ENDING))
    found = [(name, offer_on(deeds, case, head)) for name, deeds in groups]
    return [(name, offers) for name, offers in found if offers]
