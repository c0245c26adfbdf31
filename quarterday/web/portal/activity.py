"""What happened to an account, in words that its people use."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quarterday.core.period import local_date
from quarterday.store.models import Event
from quarterday.store.queries.portal.overview import name_services
from quarterday.web.kit.words import format_money


class Fact(NamedTuple):
    """A line of a timeline: when, what, where to read more, and whether it is good news."""

    on: date
    text: str
    url: str
    meaning: str


class _Wording(NamedTuple):
    text: str | Promise
    meaning: str = ""


# `%(amount)s` and the other names are filled from the data of the event.
_WORDS: Mapping[str, _Wording] = {
    "account.changed": _Wording(_("Your details were changed")),
    "account.closed": _Wording(_("Your account was closed"), "bad"),
    "account.reopened": _Wording(_("Your account was opened again"), "good"),
    "credit.deducted": _Wording(_("%(amount)s was taken off your credit")),
    "credit.expired": _Wording(_("%(amount)s of your credit expired")),
    "credit.granted": _Wording(_("You got %(amount)s of credit"), "good"),
    "credit_note.issued": _Wording(_("Credit note %(label)s of %(amount)s was issued"), "good"),
    "invoice.issued": _Wording(_("Invoice %(label)s of %(amount)s was issued")),
    "invoice.paid": _Wording(_("Invoice %(label)s is paid"), "good"),
    "invoice.voided": _Wording(_("Invoice %(label)s was made void")),
    "payment.recorded": _Wording(_("We received your payment of %(amount)s"), "good"),
    "payment.refunded": _Wording(_("%(amount)s was paid back to you")),
    "subscription.activated": _Wording(_("%(service)s is running now"), "good"),
    "subscription.addon_added": _Wording(_("Something was added to %(service)s")),
    "subscription.addon_removed": _Wording(_("Something was taken off %(service)s")),
    "subscription.cancel_undone": _Wording(_("%(service)s goes on after all"), "good"),
    "subscription.cancelled": _Wording(_("%(service)s has ended")),
    "subscription.cancelling": _Wording(_("%(service)s was cancelled and runs to its end"), "due"),
    "subscription.paused": _Wording(_("%(service)s was paused"), "due"),
    "subscription.plan_changed": _Wording(_("The plan was changed to %(service)s")),
    "subscription.quantity_changed": _Wording(_("The quantity of %(service)s was changed")),
    "subscription.resumed": _Wording(_("%(service)s runs again"), "good"),
    "subscription.started": _Wording(_("%(service)s was ordered"), "good"),
}

# Where the subject of an event is shown, by the prefix of its public id.
_PLACES = {
    "inv": "portal:invoice",
    "crn": "portal:credit_note",
    "pay": "portal:payment",
}
# What those who may not see money are not told either.
MONEY_KINDS = tuple(kind for kind in _WORDS if kind.startswith(("credit", "invoice.", "payment.")))
_CREDIT = ("credit.deducted", "credit.expired", "credit.granted")


def tell_events(events: Sequence[Event], zone: str) -> list[Fact]:
    """The events that there are words for, in the order given, with their days in a zone."""
    services = name_services(events)
    return [_tell(event, services, zone) for event in events if event.kind in _WORDS]


def _tell(event: Event, services: Mapping[str, str], zone: str) -> Fact:
    wording = _WORDS[event.kind]
    text = str(wording.text) % {
        **_fill(json.loads(event.data)),
        "service": services.get(event.subject, _("A service")),
    }
    return Fact(local_date(event.at, zone), text, _place(event), wording.meaning)


def _fill(data: Mapping[str, Any]) -> dict[str, str]:
    amount = data.get("amount_minor", data.get("total_minor"))
    currency = data.get("currency")
    known = amount is not None and currency is not None
    return {
        "label": str(data.get("label", "")),
        # The sign does not go to the next line without its number.
        "amount": format_money(int(amount), str(currency)).replace(" ", "\u00a0") if known else "",
    }


def _place(event: Event) -> str:
    if event.kind in _CREDIT:
        return reverse("portal:credit")
    if event.subject.startswith("sub_"):
        return f"/services/{event.subject}/"
    name = _PLACES.get(event.subject[:3])
    return reverse(name, args=[event.subject]) if name else ""
