"""A new version of a price: new customers get it, the others move with a period, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.catalog.foresee_price import foresee_price
from quarterday.services.catalog.publish_version import publish_version
from quarterday.services.runs.order_run import order_run
from quarterday.services.runs.work_at import work_at
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_price import change_price
from quarterday.store.models import (
    Event,
    InvoiceLine,
    PendingCharge,
    Price,
    ScheduledRun,
    SubscriptionItem,
)
from tests.services.bills import (
    NOW,
    START,
    bill,
    day,
    day_at,
    make_account,
    make_plan,
    make_price,
    make_seller,
    prove,
    subscribe,
)

pytestmark = pytest.mark.django_db
TWELVE = {"model": {"model": "per_unit", "unit_price": "12"}}


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def test_a_version_follows_at_once_and_never_beside_the_old_one() -> None:
    plan = make_plan(make_seller())
    old = make_price(plan, "10", setup_fee="5", commitment="20")
    given: dict[str, Any] = {"old": old, "today": day(1, 5), "now": NOW}
    new = publish_version(code="v2", terms=TWELVE, **given)
    assert publish_version(code="v2", terms=TWELVE, **given) == new
    old.refresh_from_db()
    assert old.retired_on == day(1, 5)
    assert (new.setup_fee, new.commitment, new.model["unit_price"]) == (5, 20, "12")
    later = subscribe(plan, start_on=day(1, 6), today=day(1, 6))
    assert {item.price_id for item in SubscriptionItem.objects.all()} == {new.id}
    assert later.plan_id == plan.id
    for code, terms in (("v3", TWELVE), ("v1", TWELVE), ("v4", {"hat": 1})):
        with pytest.raises(BillingError):
            publish_version(code=code, terms=terms, **given)
    assert Price.objects.count() == 2


def test_everybody_moves_with_the_next_period_whatever_dies() -> None:
    seller = make_seller(settings={"lead_days": 7})
    plan, extra = make_plan(seller), make_plan(seller, "extra")
    old, addon = make_price(plan, "10"), make_price(extra, "3", commitment="5", timing="arrears")
    contracts = [
        subscribe(plan, make_account(seller, external_id=f"A{n}"), start_on=day(1, 1 + 9 * n))
        for n in range(4)
    ]
    add_addon(subscription_id=contracts[0].id, price=addon, today=START, now=NOW)
    bill(START, day(1, 29))
    terms: dict[str, Any] = {"today": day(1, 29), "now": NOW}
    cancel_subscription(subscription_id=contracts[3].id, at_period_end=True, **terms)
    effect = foresee_price(old, TWELVE)
    assert (effect.items, effect.before_minor, effect.difference_minor) == (3, 3000, 600)
    scope = {
        "old": old.id,
        "code": "v2",
        "terms": TWELVE,
        "move": True,
        "not_before": "2026-02-10",
    }
    run = order_run(seller=seller, kind="prices", now=day_at(day(1, 29)), scope=scope)
    for _ in range(2):
        assert work_at(at(day_at(day(1, 29)))) == run
        ScheduledRun.objects.filter(id=run.id).update(status="waiting", summary={}, done=0)
    assert Event.objects.filter(kind="subscription.price_changed").count() == 3
    new = Price.objects.get(plan=plan, code="v2")
    begins = dict(
        SubscriptionItem.objects.filter(price=new).values_list("subscription_id", "start_on")
    )
    # The first boundary on or after the day, and after what was billed ahead.
    assert begins == {
        contracts[0].id: day(3, 1),
        contracts[1].id: day(2, 10),
        contracts[2].id: day(2, 19),
    }
    assert not PendingCharge.objects.exists()
    given: dict[str, Any] = {"old": addon, "not_before": day(2, 1), **terms}
    later = make_price(extra, "4", code="v2", commitment="6", timing="arrears")
    moved = change_price(subscription_id=contracts[0].id, new=later, **given)
    assert moved == day(2, 1)
    assert change_price(subscription_id=contracts[0].id, new=later, **given) is None
    with pytest.raises(BillingError):
        change_price(subscription_id=contracts[0].id, new=new, **given)
    bill(day(1, 29), day(4, 30))
    lines = InvoiceLine.objects.filter(item__price__in=[old, new], period_start__gte=day(3, 1))
    assert {line.net_minor for line in lines} == {1200}
    nets = InvoiceLine.objects.filter(item__price=later, kind="commitment")
    assert [one.period_start for one in nets] == [day(2, 1), day(3, 1)]
    prove()
