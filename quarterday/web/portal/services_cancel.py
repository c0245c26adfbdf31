"""Cancel a service: now or at the end of its period, with what that means in money."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from quarterday.core.access import Permission
from quarterday.core.errors import BillingError
from quarterday.services.subscriptions.make_change import Asked, Verb, When, Wish
from quarterday.services.subscriptions.preview_change import Preview, preview_change
from quarterday.store.queries.contracts import OVER
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.portal.services_page import open_service

# What is kept as the reason, in English for whoever reads it at the seller's, and what people see.
REASONS: tuple[tuple[str, str | Promise], ...] = (
    ("not needed any more", _("I do not need it any more")),
    ("too expensive", _("It is too expensive")),
    ("something is missing", _("Something is missing or does not work")),
    ("moving elsewhere", _("I am moving to somebody else")),
)


class Ending(NamedTuple):
    """A day on which a service could end, and what that does."""

    when: When
    on: date
    last_on: date
    back_minor: int
    preview: Preview


@require_safe
@account_page(Permission.CANCEL_SERVICES)
def choose_end(request: AccountRequest, public_id: str) -> HttpResponse:
    """When it should end and why."""
    today = read_today(request.seller)
    service = open_service(request.account, public_id, today)
    row = service.subscription
    if row.status in OVER:
        return HttpResponseRedirect(reverse("portal:service", args=[public_id]))
    asked = Asked(subscription_id=row.id, today=today, now=read_now())
    endings = [
        ending for when in (When.PERIOD_END, When.NOW) if (ending := _try(asked, when)) is not None
    ]
    if len({one.on for one in endings}) < len(endings):
        endings = endings[:1]
    context = {
        "service": service,
        "endings": endings,
        "reasons": REASONS,
        "today": today,
        "can_change": service.can_change and Permission.CHANGE_SERVICES in request.permissions,
    }
    return render(request, "portal/cancel.html", context)


def _try(asked: Asked, when: When) -> Ending | None:
    """What ending it then would do; None where that cannot be."""
    try:
        preview = preview_change(Wish(verb=Verb.CANCEL, when=when), asked)
    except BillingError:
        return None
    if not preview.is_change:
        return None
    last_on = preview.on - timedelta(days=1)
    return Ending(when, preview.on, last_on, -preview.effect_minor, preview)
