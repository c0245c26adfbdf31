"""The services of an account: each with its state in words, and what it is billed next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterday.core.access import Permission
from quarterday.services.invoicing.simulate import SimulatedInvoice
from quarterday.services.subscriptions.foresee_contract import foresee_next
from quarterday.store.models import Account, Subscription
from quarterday.store.queries.contracts import (
    OVER,
    Shown,
    count_contracts,
    list_contracts,
    load_parts,
)
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_today
from quarterday.web.portal.services_held import Held, read_held
from quarterday.web.portal.services_parts import Part, Parts, sort_parts
from quarterday.web.portal.services_words import describe_service, name_service, tell_state

_PAGE = 25
AHEAD = timedelta(days=1200)


class Row(NamedTuple):
    """A service in the list."""

    subscription: Subscription
    name: str
    about: str
    said: str
    parts: Parts
    coming: SimulatedInvoice | None
    held: Held | None = None

    @property
    def has_usage(self) -> bool:
        """Whether something of it is billed by what is used."""
        return any(item.price.meter_id for part in self._running for item in part.items)

    @property
    def _running(self) -> list[Part]:
        parts = self.parts
        return [*([parts.base] if parts.base else []), *parts.addons]


class Tab(NamedTuple):
    """One sort of services to look at."""

    shown: Shown
    word: str
    number: int


@require_safe
@account_page(Permission.SEE_SERVICES)
def list_services(request: AccountRequest) -> HttpResponse:
    """Those that run, unless the address asks for others."""
    today = read_today(request.seller)
    counts = count_contracts(request.account)
    shown, text, page = _read_query(request.GET, counts)
    found = list_contracts(request.account, shown, text, offset=(page - 1) * _PAGE, limit=_PAGE + 1)
    rows = make_rows(request.account, found[:_PAGE], today)
    context = {
        "rows": rows,
        "shown": shown,
        "text": text,
        "counts": counts,
        "tabs": _tabs(counts),
        "previous": page - 1,
        "next": page + 1 if len(found) > _PAGE else 0,
        "first": (page - 1) * _PAGE + 1,
        "can_pay": Permission.PAY in request.permissions,
        "last": (page - 1) * _PAGE + len(rows),
    }
    return render(request, "portal/services.html", context)


def make_rows(account: Account, found: list[Subscription], today: date) -> list[Row]:
    """Rows of a list; reads the same number of times however many there are."""
    items = load_parts(found)
    held = read_held(account, found)
    running = [one.id for one in found if one.status not in OVER]
    coming = foresee_next(account.id, running, first=today, last=today + AHEAD) if running else {}
    return [
        Row(
            one,
            name_service(one),
            describe_service(one),
            tell_state(one),
            sort_parts(one, items.get(one.id, ()), today),
            coming.get(one.id),
            None if one.status in OVER else held.get(one.id),
        )
        for one in found
    ]


def _read_query(query: QueryDict, counts: dict[str, int]) -> tuple[Shown, str, int]:
    """What to show; whoever searches looks everywhere, and nonsense means the beginning."""
    text = query.get("q", "").replace("\x00", "").strip()[:100]
    default = Shown.RUNNING if counts["running"] or not counts["over"] else Shown.OVER
    try:
        shown = Shown(query.get("state", ""))
    except ValueError:
        shown = Shown.ALL if text else default
    page = query.get("page", "")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 6 else 1
    return shown, text, max(1, number)


def _tabs(counts: dict[str, int]) -> list[Tab]:
    words = {Shown.RUNNING: _("Running"), Shown.OVER: _("Ended"), Shown.ALL: _("All")}
    return [Tab(shown, word, counts[shown]) for shown, word in words.items()]
