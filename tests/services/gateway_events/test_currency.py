"""Money in another currency than that of the account is never booked as if it were in its own."""

from __future__ import annotations

import pytest

from quarterday.core.errors import BillingError
from quarterday.ports.outcomes import AttemptNews, Succeeded
from quarterday.services.errors import Conflict
from quarterday.services.gateway_events.assign_event import assign_event
from quarterday.services.gateway_events.process_events import process_events
from quarterday.services.gateway_events.store_events import store_events
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.store.models import GatewayEvent, Payment
from quarterday.store.queries.unmatched_events import find_unmatched
from tests.services.paid import begin, offer
from tests.services.till import DAY, NOW, Shop


def tell(shop: Shop, outcome: Succeeded, attempt: str = "") -> GatewayEvent:
    news = AttemptNews("e1", outcome, attempt, outcome.reference)
    store_events(seller=shop.seller, gateway="sandbox", news=[news], now=NOW)
    process_events(now=NOW)
    return GatewayEvent.objects.get()


def test_news_of_another_currency_stand_in_the_inbox(open_shop: Shop) -> None:
    offer(open_shop)
    attempt = begin(open_shop.invoice(10000))
    assert attempt.currency == "EUR"
    yen = Succeeded("pi_1", amount_minor=11900, currency="JPY")
    event = tell(open_shop, yen, attempt.public_id)
    assert (event.status, Payment.objects.count()) == ("unmatched", 0)
    assert "JPY" in event.error
    with pytest.raises(Conflict, match="JPY"):
        finish_attempt(attempt=attempt, outcome=yen, today=DAY, now=NOW)
    item = find_unmatched(event.public_id)
    assert item is not None
    assert (item.currency, item.amount_minor) == ("JPY", 11900)
    with pytest.raises(BillingError, match="JPY"):
        assign_event(event=event, account=open_shop.account, today=DAY, now=NOW)
    assert not Payment.objects.exists()


def test_news_that_nothing_came_book_nothing(open_shop: Shop) -> None:
    offer(open_shop)
    attempt = begin(open_shop.invoice(10000))
    event = tell(open_shop, Succeeded("pi_1", amount_minor=0), attempt.public_id)
    assert (event.status, Payment.objects.count()) == ("failed", 0)


def test_a_smaller_amount_is_booked_as_it_came(open_shop: Shop) -> None:
    offer(open_shop)
    attempt = begin(open_shop.invoice(10000))
    tell(open_shop, Succeeded("pi_1", amount_minor=900, currency="EUR"), attempt.public_id)
    assert Payment.objects.get().amount_minor == 900
