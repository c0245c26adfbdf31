"""Let services follow contracts that were moved or begun together, many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.db.models import Q

from quarterday.core.period import local_date
from quarterday.core.service import SERVING, ServiceCondition, derive_condition
from quarterday.services.provisioning.set_wanted import set_wanted
from quarterday.services.subscriptions.plan_contract import Planned
from quarterday.store.bulk import is_postgresql
from quarterday.store.fields import dump_data
from quarterday.store.models import (
    BillingDue,
    Event,
    Provisioning,
    ServiceState,
    ServiceStatus,
    Subscription,
)


def claim_served(subscription_ids: Collection[int]) -> list[int]:
    """The contracts among these that have services, their accounts claimed.

    Call it first in the transaction that moves them: whoever changes one of them claims its
    account first, too.
    """
    rows = Subscription.objects.filter(id__in=subscription_ids)
    served = rows.filter(Q(service__isnull=False) | Q(plan__product__provisioning__isnull=False))
    found = list(served.values_list("id", "account_id"))
    if found and is_postgresql():
        accounts = BillingDue.objects.filter(account__in={account for _, account in found})
        list(accounts.order_by("account_id").select_for_update().values_list("account_id"))
    return [key for key, _ in found]


def follow_moves(
    subscription_ids: Iterable[int], *, today: date, now: datetime, actor: str
) -> None:
    """Store what is wanted of services whose contracts were moved in this transaction."""
    rows = Subscription.objects.filter(id__in=list(subscription_ids))
    for one in rows.select_related("account__seller", "plan").order_by("account_id", "id"):
        set_wanted(subscription=one, today=today, now=now, actor=actor)


def begin_services(planned: Sequence[Planned], *, now: datetime, actor: str) -> None:
    """The services of contracts that were written together, for accounts that nobody sees yet.

    What `set_wanted` does for each, with two statements for all. A contract that was billed
    elsewhere before is taken to be served already.
    """
    products = {one.contract.plan.product_id for one in planned}
    places = dict(
        Provisioning.objects.filter(product_id__in=products).values_list("product_id", "place")
    )
    if not places:
        return
    served = [one for one in planned if one.contract.plan.product_id in places]
    services = [_begin(one, places[one.contract.plan.product_id], now) for one in served]
    ServiceState.objects.bulk_create(services)
    Event.objects.bulk_create(
        _tell(one, service, now, actor)
        for one, service in zip(served, services, strict=True)
        if service.wanted in SERVING
    )


def _begin(one: Planned, place: str, now: datetime) -> ServiceState:
    subscription, plan = one.subscription, one.contract.plan
    wanted = derive_condition(
        subscription.status,
        start_on=subscription.start_on,
        today=local_date(now, subscription.account.seller.time_zone),
    )
    is_there = not place or one.contract.billed_through is not None
    is_none = wanted is ServiceCondition.NONE
    is_due = not is_there and not is_none
    return ServiceState(
        subscription=subscription,
        account_id=subscription.account_id,
        place=place,
        wanted=wanted,
        wanted_plan=plan,
        wanted_at=now,
        generation=1,
        condition=wanted if is_there else ServiceCondition.NONE,
        plan=plan if is_there else None,
        condition_at=now if is_there and not is_none else None,
        status=ServiceStatus.DUE if is_due else ServiceStatus.SETTLED,
        next_at=now if is_due else None,
    )


def _tell(one: Planned, service: ServiceState, now: datetime, actor: str) -> Event:
    return Event(
        seller_id=one.subscription.account.seller_id,
        account_id=one.subscription.account_id,
        kind="entitlement.granted",
        subject=one.subscription.public_id,
        actor=actor,
        at=now,
        data=dump_data(
            {
                "condition": str(service.wanted),
                "plan": one.contract.plan.code,
                "before": {"condition": "none", "plan": ""},
            }
        ),
    )
