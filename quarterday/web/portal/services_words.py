"""Services in words: their names, their states with the dates, and what happened to them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterday.store.models import Event, Subscription, SubscriptionItem
from quarterday.web.kit.words import format_day


class Happening(NamedTuple):
    """A line of a service's history."""

    at: datetime
    text: str
    meaning: str


def name_service(subscription: Subscription) -> str:
    """What people call a service: what it is of, such as a domain, or its product."""
    return _told_name(subscription) or subscription.plan.product.name


def describe_service(subscription: Subscription) -> str:
    """What the name does not say: the plan, with the product where the name is another."""
    return subscription.plan.name


def _told_name(subscription: Subscription) -> str:
    known = [subscription.data.get(key) for key in ("name", "domain", "label")]
    return next((one.strip()[:120] for one in known if isinstance(one, str) and one.strip()), "")


def tell_state(subscription: Subscription) -> str:
    """The state of a service with the day that matters about it."""
    ended, day = _last_day(subscription.end_on), subscription.start_on
    match subscription.status:
        case "pending":
            text = _("Starts on %(day)s")
        case "trialing":
            text, day = _("Free trial until %(day)s"), _last_day(subscription.trial_end) or day
        case "paused":
            text, day = _("Paused since %(day)s; nothing is billed"), subscription.paused_on or day
        case "cancelling":
            text, day = _("Runs until %(day)s"), ended or day
        case "cancelled" | "ended":
            if ended is None or ended < subscription.start_on:
                return _("Never began")
            text, day = _("Ended on %(day)s"), ended
        case _:
            text = _("Running since %(day)s")
    return text % {"day": format_day(day)}


def _last_day(end: date | None) -> date | None:
    return end and end - timedelta(days=1)


_TEXTS: Mapping[str, tuple[str | Promise, str]] = {
    "subscription.started": (gettext_lazy("Ordered, to begin on %(start_on)s"), ""),
    "subscription.trial_started": (gettext_lazy("The free trial began"), "good"),
    "subscription.activated": (gettext_lazy("Running"), "good"),
    "subscription.plan_changed": (gettext_lazy("Plan changed to %(to)s from %(on)s"), ""),
    "subscription.quantity_changed": (
        gettext_lazy("Quantity changed from %(before)s to %(after)s from %(on)s"),
        "",
    ),
    "subscription.addon_added": (gettext_lazy("%(addon)s added from %(on)s"), ""),
    "subscription.addon_removed": (gettext_lazy("%(addon)s removed from %(on)s"), ""),
    "subscription.paused": (gettext_lazy("Paused from %(on)s"), "due"),
    "subscription.resumed": (gettext_lazy("Running again"), "good"),
    "subscription.cancelling": (gettext_lazy("Cancelled; runs until %(last)s"), "due"),
    "subscription.cancelled": (gettext_lazy("Ended"), "bad"),
    "subscription.cancel_undone": (gettext_lazy("The cancellation was undone"), "good"),
    "subscription.change_undone": (gettext_lazy("The change from %(on)s was taken back"), ""),
    "service.held": (gettext_lazy("Held back"), "bad"),
    "service.released": (gettext_lazy("No longer held back"), "good"),
    "discount.granted": (gettext_lazy("Discount %(discount)s agreed"), "good"),
}


def tell_history(events: Iterable[Event], items: Iterable[SubscriptionItem]) -> list[Happening]:
    """What happened to a service, in the order given; plans are named by its own items."""
    plans = {one.price.plan.code: one.price.plan.name for one in items}
    addons = {one.price.public_id: one.price.plan.name for one in items}
    found = []
    for event in events:
        if event.kind not in _TEXTS:
            continue
        text, meaning = _TEXTS[event.kind]
        said = _fill(json.loads(event.data), plans, addons)
        found.append(Happening(event.at, str(text) % said, meaning))
    return found


def _fill(data: Mapping[str, Any], plans: dict[str, str], addons: dict[str, str]) -> dict[str, str]:
    on = _read_day(data.get("on"))
    start = _read_day(data.get("start_on"))
    return {
        "on": format_day(on) if on else "–",
        "last": format_day(on - timedelta(days=1)) if on else "–",
        "start_on": format_day(start) if start else "–",
        "to": plans.get(str(data.get("to")), str(data.get("to", ""))),
        "before": str(data.get("from", "")),
        "after": str(data.get("to", "")),
        "addon": addons.get(str(data.get("price")), ""),
        "discount": str(data.get("discount", "")),
    }


def _read_day(text: Any) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and text else None
