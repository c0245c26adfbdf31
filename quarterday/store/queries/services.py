"""Services: how they stand, what holds them, and what was asked of their places."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from quarterday.store.models import (
    Account,
    Seller,
    ServiceCall,
    ServiceHold,
    ServiceState,
    Subscription,
)
from quarterday.store.queries.references import NotThere, find_subscription

_WITH = ("subscription__account__seller", "subscription__plan__product", "wanted_plan", "plan")


def list_services(
    *,
    seller: Seller | None = None,
    account: Account | None = None,
    status: str | None = None,
    place: str | None = None,
    held: bool = False,
    limit: int = 100,
) -> list[ServiceState]:
    """Services, those that changed last first; 0 is no limit."""
    rows = ServiceState.objects.select_related(*_WITH).order_by("-id")
    given: dict[str, object] = {
        "subscription__account__seller": seller,
        "account_id": account and account.id,
        "status": status,
        "place": place,
    }
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    if held:
        open_holds = ServiceHold.objects.filter(ended_at__isnull=True)
        rows = rows.filter(subscription__in=open_holds.values("subscription_id"))
    return list(rows[:limit] if limit else rows)


def find_service(name: str, account: Account | None = None) -> ServiceState:
    """A service by its own id, or by that of its subscription. Raises `NotThere`."""
    rows = ServiceState.objects.select_related(*_WITH)
    found = rows.filter(public_id=name).first()
    if found is None:
        found = rows.filter(subscription=find_subscription(name, account)).first()
    if found is None:
        raise NotThere(
            f"subscription {name} has no service: its product says of no place where it runs"
        )
    return found


def open_holds(subscription: Subscription) -> list[ServiceHold]:
    """What holds a service back, the oldest first."""
    rows = ServiceHold.objects.filter(subscription=subscription, ended_at__isnull=True)
    return list(rows.order_by("id"))


def list_calls(service: ServiceState, limit: int = 20) -> list[ServiceCall]:
    """What was asked of a service's place, the newest first."""
    return list(ServiceCall.objects.filter(service=service).order_by("-id")[:limit])


def load_held(subscriptions: Sequence[Subscription]) -> dict[int, list[ServiceHold]]:
    """What holds some contracts back, by their keys; those that nothing holds are left out."""
    rows = ServiceHold.objects.filter(subscription__in=subscriptions, ended_at__isnull=True)
    found: dict[int, list[ServiceHold]] = {}
    for one in rows.order_by("id"):
        found.setdefault(one.subscription_id, []).append(one)
    return found


def find_failed(seller: Seller | None, place: str | None = None) -> QuerySet[ServiceState]:
    """Services that were given up, of a seller or of all."""
    of_seller = Q() if seller is None else Q(subscription__account__seller=seller)
    at_place = Q() if place is None else Q(place=place)
    rows = ServiceState.objects.filter(of_seller, at_place, status="failed")
    return rows.select_related(*_WITH).order_by("id")
