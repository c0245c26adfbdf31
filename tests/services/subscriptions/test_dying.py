"""Each verb writes all of it or nothing: here the very last write fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from quarterday.store.models import Subscription

pytestmark = pytest.mark.django_db
DAY, LATER = date(2026, 3, 1), date(2026, 3, 11)


def _fingerprint() -> list[Any]:
    """Every row of what contracts are made of."""
    from quarterday.store import models

    tables: list[Any] = [
        models.Account,
        models.BillingDue,
        models.Event,
        models.PendingCharge,
        models.Seller,
        models.Snapshot,
        models.Subscription,
        models.SubscriptionDiscount,
        models.SubscriptionItem,
    ]
    return [list(table.objects.order_by("pk").values_list()) for table in tables]


def _calls(subscription: Subscription) -> dict[str, Callable[[Any], object]]:
    """Each verb on a running contract with an add-on; give it the present moment."""
    from quarterday.services.accounts.change_account import change_account
    from quarterday.services.catalog.publish_discount import publish_discount
    from quarterday.services.sellers.change_seller import change_seller
    from quarterday.services.subscriptions.add_addon import add_addon
    from quarterday.services.subscriptions.add_charge import add_charge
    from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
    from quarterday.services.subscriptions.change_plan import change_plan
    from quarterday.services.subscriptions.change_quantity import change_quantity
    from quarterday.services.subscriptions.grant_discount import grant_discount
    from quarterday.services.subscriptions.pause_subscription import pause_subscription
    from quarterday.services.subscriptions.remove_addon import remove_addon
    from quarterday.services.subscriptions.start_subscription import start_subscription
    from tests.services.contracts import NOW, items_of, make_plan, make_price

    account, plan = subscription.account, subscription.plan
    other = make_plan(account.seller, "other")
    price = make_price(other, "5", setup_fee="1")
    discount = publish_discount(seller=account.seller, code="D", kind="fixed", value=1, now=NOW)
    addon = items_of(subscription)[1]
    own = {"subscription_id": subscription.id}
    asked = {"today": LATER} | own
    settings = {"billing_day": 3}
    first = {"account_id": account.id, "plan": plan, "start_on": LATER, "today": LATER}
    charge = {"account_id": account.id, "product": plan.product, "description": "Visit"}
    return {
        "start": lambda now: start_subscription(now=now, discounts=[discount], **first),
        "quantity": lambda now: change_quantity(now=now, quantity=Decimal(2), **asked),
        "plan": lambda now: change_plan(now=now, plan=other, charge_setup=True, **asked),
        "add": lambda now: add_addon(now=now, price=price, **asked),
        "remove": lambda now: remove_addon(now=now, item_id=addon.id, **asked),
        "pause": lambda now: pause_subscription(now=now, **asked),
        "cancel": lambda now: cancel_subscription(now=now, **asked),
        "discount": lambda now: grant_discount(now=now, discount=discount, start_on=LATER, **own),
        "charge": lambda now: add_charge(now=now, amount_minor=5, today=LATER, **charge),
        "account": lambda now: change_account(
            now=now, account_id=account.id, name="X", settings=settings
        ),
        "seller": lambda now: change_seller(
            now=now, seller_id=account.seller_id, name="X", settings=settings
        ),
    }


VERBS = "start quantity plan add remove pause cancel discount charge account seller".split()


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_remains_of_a_verb_that_dies(verb: str) -> None:
    from django.db import IntegrityError

    from quarterday.services.subscriptions.add_addon import add_addon
    from tests.services.contracts import NOW, bill, make_plan, make_price, make_shop, start

    shop = make_shop("31")
    subscription = start(shop, DAY)
    backup = make_price(make_plan(shop.seller, "backup"), "6.20")
    add_addon(subscription_id=subscription.id, price=backup, today=DAY, now=NOW)
    bill(DAY)
    call = _calls(subscription)[verb]
    before = _fingerprint()
    # An event without its moment is refused by the database, when all else is written.
    with pytest.raises(IntegrityError):
        call(None)
    assert _fingerprint() == before
    call(NOW)
    assert _fingerprint() != before
