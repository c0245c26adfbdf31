"""Two at the same time, on connections of their own: one wins, nothing is done twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from quarterday.services.errors import Conflict

if TYPE_CHECKING:
    from tests.services.till import Shop

DAY, LATER = date(2026, 3, 1), date(2026, 3, 11)


def test_opening_and_starting_at_the_same_time_make_one(open_shop: Shop) -> None:
    from quarterday.store.models import Account, Subscription, SubscriptionItem
    from tests.services import contracts
    from tests.services.till import together

    plan = contracts.make_plan(open_shop.seller)
    contracts.make_price(plan, "30")
    accounts = together(*[lambda: open_shop.open_account("B1")] * 4)
    assert {getattr(one, "id", one) for one in accounts} == {
        Account.objects.get(external_id="B1").id
    }
    together(*[lambda: open_shop.subscribe(plan, "S1")] * 4)
    assert (Subscription.objects.count(), SubscriptionItem.objects.count()) == (1, 1)


def test_publishing_at_the_same_time_makes_one(open_shop: Shop) -> None:
    from quarterday.store.models import Price
    from tests.services import contracts
    from tests.services.till import together

    plan = contracts.make_plan(open_shop.seller)
    answers = together(
        *[lambda: contracts.make_price(plan, "30")] * 3, lambda: contracts.make_price(plan, "31")
    )
    assert Price.objects.count() == 1
    assert len([one for one in answers if isinstance(one, Conflict)]) in (1, 3)


def test_changes_and_the_billing_run_wait_for_each_other(open_shop: Shop) -> None:
    from quarterday.services.invoicing.run_billing import run_billing
    from quarterday.services.subscriptions.change_quantity import change_quantity
    from quarterday.store.models import InvoiceLine, PendingCharge
    from tests.services import contracts
    from tests.services.till import together

    plan = contracts.make_plan(open_shop.seller)
    contracts.make_price(plan, "31")
    subscription = open_shop.subscribe(plan, "S1")
    contracts.bill(DAY)

    def change() -> object:
        return change_quantity(
            subscription_id=subscription.id, quantity=Decimal(2), today=LATER, now=contracts.NOW
        )

    def run() -> object:
        return run_billing(first=LATER, last=LATER, now=contracts.NOW)

    together(change, run, change, run)
    contracts.bill(LATER)
    assert contracts.spans(subscription) == [(DAY, LATER, 1), (LATER, None, 2)]
    assert PendingCharge.objects.get().amount_minor == -2100
    lines = InvoiceLine.objects.filter(kind="recurring").order_by("id")
    assert [line.net_minor for line in lines] == [3100, 4200]


def test_a_pause_and_a_cancellation_do_not_both_credit(open_shop: Shop) -> None:
    from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
    from quarterday.services.subscriptions.pause_subscription import pause_subscription
    from quarterday.store.models import PendingCharge
    from tests.services import contracts
    from tests.services.till import together

    plan = contracts.make_plan(open_shop.seller)
    contracts.make_price(plan, "31")
    subscription = open_shop.subscribe(plan, "S1")
    contracts.bill(DAY)
    asked = {"subscription_id": subscription.id, "today": LATER, "now": contracts.NOW}
    together(
        lambda: cancel_subscription(**asked),
        lambda: pause_subscription(**asked),
        lambda: cancel_subscription(**asked),
    )
    subscription.refresh_from_db()
    assert subscription.status == "cancelled"
    assert PendingCharge.objects.get().amount_minor == -2100
    contracts.bill(LATER)


def test_states_advance_once_whoever_does_it(open_shop: Shop) -> None:
    from quarterday.services.subscriptions.advance_states import advance_states
    from quarterday.store.models import Event
    from tests.services import contracts
    from tests.services.till import together

    plan = contracts.make_plan(open_shop.seller)
    contracts.make_price(plan, "31")
    for number in range(20):
        open_shop.subscribe(plan, f"S{number}", start_on=LATER, today=DAY)
    answers = together(*[lambda: advance_states(LATER, now=contracts.NOW)] * 3)
    assert sum(answers) == 20
    assert Event.objects.filter(kind="subscription.activated").count() == 20
    contracts.bill(LATER)
