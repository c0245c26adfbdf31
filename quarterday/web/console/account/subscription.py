"""One contract of a customer: what it has, how its service is, what it is billed, what to do."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.services.subscriptions.foresee_contract import foresee_contract
from quarterday.store.models import ServiceCall, ServiceHold, Subscription
from quarterday.store.queries.contracts import (
    OVER,
    load_discounts,
    load_last_lines,
    load_parts,
    load_waiting,
)
from quarterday.web.console.account.act_menu import Offer, offer
from quarterday.web.console.account.change_words import describe_items
from quarterday.web.console.account.deed import Case
from quarterday.web.console.account.deeds import CHARGE, SERVICE, SERVICE_HOLD
from quarterday.web.console.account.find import find_account, find_own
from quarterday.web.console.account.service_words import find_state, name_service, tell_service
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today

_AHEAD = timedelta(days=400)
_CHANGEABLE = ("pending", "trialing", "active")


@require_safe
@staff_page(StaffPermission.SEE_CUSTOMERS)
def show_subscription(
    request: HttpRequest, staff: Staff, account_id: str, name: str
) -> HttpResponse:
    """The page of a contract."""
    account = find_account(staff, account_id)
    row = find_own(account, Subscription, name)
    row = Subscription.objects.select_related("plan__product", "service", "account").get(id=row.id)
    today, now = read_today(staff.seller), read_now()
    items = load_parts([row]).get(row.id, [])
    holds = ServiceHold.objects.filter(subscription=row).order_by("-id")
    calls = ServiceCall.objects.filter(service__subscription=row).order_by("-id")
    said, word = tell_service(row)
    case = Case(staff, account, row, today, now)
    context: dict[str, Any] = {
        "account": account,
        "subscription": row,
        "name": name_service(row),
        "said": said,
        "word": word,
        "state": find_state(row),
        "items": describe_items(items, today),
        "discounts": load_discounts(row),
        "waiting": [(one, offer(CHARGE, case, one)) for one in load_waiting(row)],
        "holds": [(one, offer(SERVICE_HOLD, case, one)) for one in holds[:10]],
        "calls": list(calls[:10]),
        "coming": _coming(row, today),
        "billed": _billed(items),
        "offers": [*_changes(case), *offer(SERVICE, case, row)],
    }
    return show(request, staff, "console/account/subscription.html", context, title=context["name"])


def _coming(row: Subscription, today: Any) -> list[Any]:
    if row.status in OVER:
        return []
    try:
        found = foresee_contract(row.account_id, row.id, first=today, last=today + _AHEAD)
        return list(islice((one for one in found if one.lines), 3))
    except BillingError:
        return []


def _billed(items: list[Any]) -> list[Any]:
    found = {one.invoice_id: one.invoice for one in load_last_lines(items, 24)}
    return list(found.values())[:5]


def _changes(case: Case) -> list[Offer]:
    """Where what the contract has is changed."""
    row = case.subject
    if not case.staff.may(StaffPermission.CHANGE_SERVICES) or row.status in OVER:
        return []
    page = f"/console/accounts/{case.account.public_id}/subscriptions/{row.public_id}/change/"
    found = []
    if row.status in _CHANGEABLE:
        found += [
            Offer("Change plan or quantity", f"{page}?what=plan", False),
            Offer("Add-ons", f"{page}?what=addons", False),
        ]
    if row.status == "cancelling":
        found.append(Offer("Undo the cancellation", f"{page}?verb=undo_cancel", False))
    found.append(Offer("Cancel", f"{page}?what=cancel", True))
    return found
