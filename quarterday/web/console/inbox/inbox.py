"""The inbox: all that needs a person, by kind; each thing is opened, decided and taken back here.

Without JavaScript every link and button leads to a page; with it, only the one thing changes and
the list stays where it was.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html_join
from django.views.decorators.http import require_POST, require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.store.queries.attention import count_inbox
from quarterday.store.queries.search import find_accounts
from quarterday.web.console.door import Staff, refuse_role, staff_page
from quarterday.web.console.inbox.kinds import PAGE, Ask, Done, Kind
from quarterday.web.console.inbox.registry import KINDS
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today

_HOME = "/console/inbox/"
_FEW = 5
_OFFERED = 8


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def inbox(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Everything, or one kind."""
    counts = count_inbox(staff.seller, staff.sellers)
    asked = request.GET.get("kind", "")
    kinds = [KINDS[asked]] if asked in KINDS else [KINDS[name] for name in KINDS if counts[name]]
    groups = []
    for kind in kinds:
        rows = kind.list_rows(staff)
        shown = rows if asked in KINDS else rows[:_FEW]
        groups.append((kind, shown, counts[kind.name], max(0, counts[kind.name] - len(shown))))
    total = sum(counts.values())
    context = {
        "tabs": _list_tabs(counts, asked),
        "groups": groups,
        "asked": KINDS.get(asked),
        "total": total,
        "page": PAGE,
    }
    return show(request, staff, "console/inbox/inbox.html", context, title="Inbox")


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def item(request: HttpRequest, staff: Staff, kind: str, key: str) -> HttpResponse:
    """One thing: what is known of it, and what may be done."""
    found = _find_kind(kind)
    return _show_item(request, staff, found, found.find(staff, key))


@require_POST
@staff_page(StaffPermission.SEE_MONEY)
def do(request: HttpRequest, staff: Staff, kind: str, key: str) -> HttpResponse:
    """Do what was asked for; what it refuses is said beside it, and nothing is lost."""
    found = _find_kind(kind)
    one = found.find(staff, key)
    values = {name: str(value) for name, value in request.POST.items()}
    today = read_today(staff.seller)
    ask = Ask(staff, values.get("deed", ""), values, today, read_now())
    if not staff.may(_needed(found, staff, one, ask)):
        return refuse_role(request, staff)
    try:
        done = found.do(one, ask)
    except BillingError as error:
        text = str(error)
        return _show_item(request, staff, found, one, error=f"{text[:1].upper()}{text[1:]}.")
    return _show_done(request, staff, found, key, done)


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def accounts(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Accounts that a text may mean, as options to choose from."""
    text = " ".join(request.GET.get("account", "").replace("\x00", "").split())[:200]
    rows = find_accounts(staff.seller, text)[:_OFFERED] if len(text) > 1 else []
    options = [(str(one), f"{one.name} ({one})") for one in rows]
    return HttpResponse(format_html_join("", '<option value="{}">{}</option>', options))


def _find_kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _needed(kind: Kind, staff: Staff, one: Any, ask: Ask) -> StaffPermission:
    """What a deed needs; one that is not offered any more needs what the others of its kind do."""
    offered = kind.list_deeds(staff, one, ask.today)
    for deed in offered:
        if deed.name == ask.deed:
            return deed.needed
    return offered[0].needed if offered else _STRICTEST.get(kind.name, StaffPermission.BOOK_MONEY)


_STRICTEST = {
    "services": StaffPermission.CHANGE_SERVICES,
    "bounces": StaffPermission.CHANGE_CUSTOMERS,
    "hooks": StaffPermission.CHANGE_SETTINGS,
}


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _list_tabs(counts: Any, asked: str) -> list[dict[str, Any]]:
    every = {"name": "", "label": "All", "count": sum(counts.values()), "is_here": not asked}
    kinds = [
        {
            "name": kind.name,
            "label": kind.label,
            "count": counts[kind.name],
            "is_here": kind.name == asked,
        }
        for kind in KINDS.values()
    ]
    return [every, *kinds]


def _show_item(
    request: HttpRequest, staff: Staff, kind: Kind, one: Any, error: str = ""
) -> HttpResponse:
    today = read_today(staff.seller)
    row = kind.show(staff, one)
    deeds = [deed for deed in kind.list_deeds(staff, one, today) if staff.may(deed.needed)]
    context = {
        "kind": kind,
        "row": row,
        "facts": [(label, value) for label, value in kind.list_facts(staff, one) if value],
        "deeds": deeds,
        "error": error,
        "asked_deed": request.POST.get("deed", ""),
        "given": request.POST,
        "home": f"{_HOME}?kind={kind.name}",
    }
    if _is_part(request):
        return render(request, "console/inbox/open.html", context)
    return show(request, staff, "console/inbox/item.html", context, title=row.title)


def _show_done(
    request: HttpRequest, staff: Staff, kind: Kind, key: str, done: Done
) -> HttpResponse:
    if _is_part(request):
        counts = count_inbox(staff.seller, staff.sellers)
        address = urlsplit(request.headers.get("HX-Current-URL", ""))
        asked = next(iter(parse_qs(address.query).get("kind", [])), "")
        context = {
            "kind": kind,
            "key": key,
            "done": done,
            "tabs": _list_tabs(counts, asked),
            "undo_form": done.undo,
        }
        return render(request, "console/inbox/done.html", context)
    messages.success(request, done.text)
    if done.undo or done.is_open:
        return HttpResponseRedirect(f"{_HOME}{kind.name}/{key}/")
    return HttpResponseRedirect(f"{_HOME}?kind={kind.name}")
