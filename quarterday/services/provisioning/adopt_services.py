"""Take contracts that run already to be served already."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.lifecycle import SubscriptionState
from quarterday.core.period import local_date
from quarterday.core.service import derive_condition
from quarterday.store.models import Product, ServiceState, Subscription

_BATCH = 1000
# What is pending gets its service when it begins.
_SERVED = (
    SubscriptionState.TRIALING,
    SubscriptionState.ACTIVE,
    SubscriptionState.PAUSED,
    SubscriptionState.CANCELLING,
)


def adopt_services(product: Product, place: str, *, now: datetime) -> int:
    """Make services of a product's contracts that have none; how many. Nothing is asked of the
    place. Those that ran nowhere before run there from now on; all others stay where they are.
    """
    today = local_date(now, product.seller.time_zone)
    rows = Subscription.objects.filter(
        plan__product=product, service__isnull=True, status__in=_SERVED, start_on__lte=today
    )
    ServiceState.objects.filter(subscription__plan__product=product, place="").update(place=place)
    made = ServiceState.objects.bulk_create(
        (_adopt(one, place, today, now) for one in rows.order_by("id")), batch_size=_BATCH
    )
    return len(made)


def _adopt(one: Subscription, place: str, today: date, now: datetime) -> ServiceState:
    wanted = derive_condition(one.status, start_on=one.start_on, today=today)
    return ServiceState(
        subscription=one,
        account_id=one.account_id,
        place=place,
        wanted=wanted,
        wanted_plan_id=one.plan_id,
        wanted_at=now,
        generation=1,
        condition=wanted,
        plan_id=one.plan_id,
        condition_at=now,
    )
