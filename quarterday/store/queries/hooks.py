"""Endpoints of other systems, what they were told, and keys by which they ask."""

from __future__ import annotations

from django.db.models import Count, Q

from quarterday.store.models import ApiKey, Seller, WebhookDelivery, WebhookEndpoint
from quarterday.store.queries.references import NotThere


def list_endpoints(seller: Seller | None = None) -> list[WebhookEndpoint]:
    """Endpoints of a seller or all, each with how much ``waiting`` and ``failed`` it has."""
    rows = WebhookEndpoint.objects.select_related("seller").order_by("id")
    if seller is not None:
        rows = rows.filter(seller=seller)
    return list(
        rows.annotate(
            waiting=Count("deliveries", filter=Q(deliveries__status="queued")),
            failed=Count("deliveries", filter=Q(deliveries__status="failed")),
        )
    )


def find_endpoint(name: str) -> WebhookEndpoint:
    """An endpoint by its public id or its address. Raises `NotThere`."""
    rows = WebhookEndpoint.objects.select_related("seller")
    found = rows.filter(public_id=name).first() or rows.filter(url=name).first()
    if found is None:
        raise NotThere(f"there is no endpoint {name!r}; `hooks list` lists them")
    return found


def list_deliveries(endpoint: WebhookEndpoint, limit: int = 20) -> list[WebhookDelivery]:
    """What an endpoint was told, the newest first."""
    return list(WebhookDelivery.objects.filter(endpoint=endpoint).order_by("-id")[:limit])


def list_keys(seller: Seller | None = None) -> list[ApiKey]:
    """Keys that are not revoked, of a seller or all."""
    rows = ApiKey.objects.select_related("seller").filter(revoked_at__isnull=True)
    return list((rows.filter(seller=seller) if seller else rows).order_by("id"))


def find_key(name: str) -> ApiKey:
    """A key by its public id or its beginning. Raises `NotThere`."""
    rows = ApiKey.objects.select_related("seller")
    found = list(rows.filter(Q(public_id=name) | Q(start=name))[:2])
    if len(found) != 1:
        raise NotThere(f"there is not just one key {name!r}; `keys list` lists them")
    return found[0]
