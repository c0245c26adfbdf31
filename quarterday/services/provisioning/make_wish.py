"""Put together what a place is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.service import ServiceAction, ServiceCondition
from quarterday.ports.provisioner import Customer, Wish
from quarterday.services.errors import NotFound
from quarterday.store.models import (
    Account,
    Contact,
    Plan,
    Provisioning,
    Seller,
    ServiceHold,
    ServiceState,
    Subscription,
)
from quarterday.store.queries.paying import read_brand

_REASONS = {
    "unpaid": "unpaid",
    "abuse": "abuse",
    "staff": "held by staff",
    "customer": "on request",
}


def read_place(seller: Seller, place: str) -> Mapping[str, Any]:
    """How a seller's brand describes a place. Raises `NotFound`, which names the remedy."""
    places: Mapping[str, Mapping[str, Any]] = read_brand(seller).get("provisioners", {})
    if place not in places:
        raise NotFound(f"the brand of {seller} has no place {place!r}; add it to its provisioners")
    return places[place]


def make_wish(
    service: ServiceState, subscription: Subscription, action: ServiceAction, now: datetime
) -> Wish:
    """What to ask of a service's place, with all that it may need to know.

    Raises `BillingError` when the plan belongs to a product that runs elsewhere.
    """
    account = subscription.account
    plan_id = service.wanted_plan_id or subscription.plan_id
    plan = subscription.plan
    if plan.id != plan_id:
        plan = Plan.objects.select_related("product").get(id=plan_id)
    provisioning = Provisioning.objects.filter(product_id=plan.product_id).first()
    is_elsewhere = provisioning is not None and provisioning.place != service.place
    if is_elsewhere and action in (ServiceAction.CREATE, ServiceAction.CHANGE_PLAN):
        raise BillingError(
            f"plan {plan} does not run at {service.place!r}, where the service is; move it by "
            f"hand, then say: quarterday services done {service.public_id}"
        )
    options = dict(provisioning.options if provisioning else {})
    own = options.pop("plans", {}).get(plan.code, {})
    return Wish(
        key=f"{service.public_id}.{service.generation}.{action}",
        action=action,
        service=service.public_id,
        generation=service.generation,
        now=now,
        subscription=subscription.public_id,
        external_id=subscription.external_id or "",
        product=plan.product.code,
        plan=plan.code,
        customer=_describe(account),
        reason=_find_reason(service, subscription),
        options={**options, **own},
        contract=dict(subscription.data),
        known_as=dict(service.data),
    )


def _describe(account: Account) -> Customer:
    email = (
        Contact.objects.filter(account=account).order_by("id").values_list("email", flat=True)
    ).first()
    return Customer(
        id=account.public_id,
        external_id=account.external_id or "",
        name=account.name,
        email=email or "",
        language=account.language,
        country=account.country,
    )


def _find_reason(service: ServiceState, subscription: Subscription) -> str:
    if service.wanted not in (ServiceCondition.SUSPENDED, ServiceCondition.RESTRICTED):
        return ""
    rows = ServiceHold.objects.filter(subscription=subscription, ended_at__isnull=True)
    causes = rows.order_by("-level", "id").values_list("cause", flat=True)
    cause = causes.first()
    return _REASONS[cause] if cause else "paused"
