"""What gateways may hand on from payers: signs that no database keeps do not stop a sweep."""

from __future__ import annotations

from quarterday.ports.news_data import read_news
from quarterday.ports.outcomes import AttemptNews, DisputeNews, DisputeState, OtherNews, Succeeded
from quarterday.services.gateway_events.process_events import process_events
from quarterday.services.gateway_events.store_events import store_events
from quarterday.store.models import GatewayEvent, Payment
from tests.services.paid import begin, offer
from tests.services.till import NOW, Shop

ODD = "a\x00b\ud800c"


def test_odd_events_are_stored_and_keep_no_other_from_being_acted_on(open_shop: Shop) -> None:
    offer(open_shop)
    attempt = begin(open_shop.invoice(10000))
    news = [
        OtherNews("e\x00\ud800", ODD),
        DisputeNews(f"e2{ODD}", ODD, ODD, DisputeState.OPENED, -(10**30), ODD),
        DisputeNews("e3", "", ODD, DisputeState.WON, 10**30, ODD, attempt=attempt.public_id),
        AttemptNews("e4", Succeeded("x" * 5000, amount_minor=10**30), attempt.public_id),
        AttemptNews("e5", Succeeded("x" * 5000, amount_minor=-1), attempt.public_id),
        AttemptNews("e6", Succeeded(attempt.gateway_reference), attempt.public_id),
    ]
    for _ in range(2):
        store_events(seller=open_shop.seller, gateway="sandbox", news=news, now=NOW)
    assert GatewayEvent.objects.count() == len(news)
    known = GatewayEvent.objects.get(event_id__endswith=" e3")
    assert read_news(known.news).reason == "ab?c"  # type: ignore[union-attr]
    process_events(now=NOW)
    assert Payment.objects.get().amount_minor == 11900
