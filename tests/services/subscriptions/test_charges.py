"""Single charges: added once, dropped while they wait."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.drop_charge import drop_charge
from quarterday.store.models import Invoice, InvoiceLine, PendingCharge, Subscription
from tests.services.contracts import NOW, Shop, bill, due, events, make_shop, start

pytestmark = pytest.mark.django_db
DAY, LATER = date(2026, 3, 1), date(2026, 3, 20)


@pytest.fixture
def subscription() -> Subscription:
    subscription = start(make_shop("30"), DAY)
    bill(DAY)
    return subscription


def _add(subscription: Subscription, amount_minor: int = 500, **terms: Any) -> PendingCharge:
    given = {
        "account_id": subscription.account_id,
        "product": subscription.plan.product,
        "description": "Visit",
        "today": DAY,
    } | terms
    return add_charge(amount_minor=amount_minor, now=NOW, **given)


def test_a_charge_is_billed_on_its_day(subscription: Subscription) -> None:
    charge = _add(subscription, bill_on=LATER, subscription_id=subscription.id)
    assert due(subscription) == LATER
    bill(DAY, LATER)
    line = InvoiceLine.objects.get(kind="one_off")
    assert (line.net_minor, line.invoice.issued_on) == (500, LATER)
    assert line.subscription_id == subscription.id
    assert events(charge.public_id) == ["charge.added"]


def test_a_reduction_is_an_adjustment(subscription: Subscription) -> None:
    _add(subscription, -200)
    _add(subscription, 700)
    bill(DAY)
    assert Invoice.objects.latest("id").total_minor == 500


def test_adding_again_changes_nothing_and_a_difference_is_named(
    subscription: Subscription,
) -> None:
    charge = _add(subscription, external_id="visit-1")
    bill(DAY)
    assert _add(subscription, external_id="visit-1") == charge
    with pytest.raises(Conflict, match=r"with amount 5\.00 USD, not 6\.00 USD"):
        _add(subscription, 600, external_id="visit-1")
    assert PendingCharge.objects.count() == 1


def test_a_charge_is_dropped_while_it_waits(subscription: Subscription) -> None:
    charge = _add(subscription)
    for _ in range(2):
        assert drop_charge(charge_id=charge.id, now=NOW).status == "void"
    assert due(subscription) == date(2026, 4, 1)
    assert events(charge.public_id) == ["charge.added", "charge.dropped"]
    billed = _add(subscription)
    bill(DAY)
    with pytest.raises(Conflict, match="is billed already; credit its invoice"):
        drop_charge(charge_id=billed.id, now=NOW)
    with pytest.raises(NotFound, match="no charge with the key 0"):
        drop_charge(charge_id=0, now=NOW)


def test_a_credit_for_unused_time_cannot_be_dropped(subscription: Subscription) -> None:
    cancel_subscription(subscription_id=subscription.id, today=LATER, now=NOW)
    charge = PendingCharge.objects.get(kind="unused")
    with pytest.raises(BillingError, match="follows from a change of the contract"):
        drop_charge(charge_id=charge.id, now=NOW)
    assert PendingCharge.objects.get().status == "pending"


def test_bad_input_is_named(subscription: Subscription) -> None:
    other: Shop = make_shop()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"amount_minor": 0}, "amount_minor is 0"),
        ({"description": ""}, "description is empty"),
        ({"period_end": date(2026, 2, 1)}, "comes before period_start"),
        ({"product": other.plan.product}, "another seller"),
        ({"subscription_id": start(other, DAY).id}, "has no subscription"),
        ({"account_id": 0}, "no account"),
    ]
    for terms, named in cases:
        with pytest.raises(BillingError, match=named):
            _add(subscription, **terms)
    assert not PendingCharge.objects.exists()
