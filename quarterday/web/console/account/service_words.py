"""Services in words for staff: their names, and how they are and are wanted."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ObjectDoesNotExist

from quarterday.store.models import ServiceState, Subscription
from quarterday.web.kit.words import format_day

_DAY = timedelta(days=1)


def name_service(subscription: Subscription) -> str:
    """What people call a service, such as its domain, with its plan."""
    known = [subscription.data.get(key) for key in ("name", "domain", "label")]
    told = next((one.strip()[:120] for one in known if isinstance(one, str) and one.strip()), "")
    plan, product = subscription.plan.name, subscription.plan.product.name
    if not plan.casefold().startswith(product.casefold()):
        plan = f"{product}, {plan}"
    return f"{told} ({plan})" if told else plan


def find_state(subscription: Subscription) -> ServiceState | None:
    """What is wanted of the service outside, where there is one."""
    try:
        return subscription.service
    except ObjectDoesNotExist:
        return None


def tell_service(subscription: Subscription) -> tuple[str, str]:
    """How a service is in words with the day that matters, and its state for a pill."""
    state = find_state(subscription)
    text, word = _contract(subscription), str(subscription.status)
    if state is not None and state.wanted in ("suspended", "restricted"):
        word = str(state.wanted)
    if state is None or (not state.place and state.wanted == state.condition):
        return text, word
    if state.status == "failed":
        return (
            f"{text}; outside it is {state.condition}, wanted {state.wanted}: {state.error}",
            word,
        )
    if state.wanted != state.condition:
        return f"{text}; outside it is {state.condition}, becoming {state.wanted}", word
    return f"{text}; outside it is {state.condition}", word


def _contract(row: Subscription) -> str:
    match row.status:
        case "pending":
            return f"Starts on {format_day(row.start_on, 'short')}"
        case "trialing" if row.trial_end:
            return f"Free trial until {format_day(row.trial_end - _DAY, 'short')}"
        case "paused" if row.paused_on:
            return f"Paused since {format_day(row.paused_on, 'short')}"
        case "cancelling" if row.end_on:
            return f"Runs until {format_day(row.end_on - _DAY, 'short')}"
        case "cancelled" | "ended" if row.end_on:
            return f"Ended on {format_day(row.end_on - _DAY, 'short')}"
        case _:
            return f"Since {format_day(row.start_on, 'short')}"
