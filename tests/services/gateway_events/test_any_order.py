"""In whatever order a gateway tells what happened, and however often, the books are the same."""

from __future__ import annotations

from django.db import transaction

from quarterday.services.payouts.link_items import link_items
from quarterday.store.models import GatewayEvent, PayoutItem
from tests.services.gateway_events.life import comes_to, deliver, make_life, repeat
from tests.services.till import DAY, Shop, prove_books


def test_a_thousand_events_in_any_order_give_the_same_books(shop: Shop) -> None:
    life = make_life(shop)
    results = []
    for seed in (None, 1):
        news = life.news if seed is None else repeat(life.news, 1000, seed)
        place = transaction.savepoint()
        deliver(shop, news, seed or 0)
        status = set(GatewayEvent.objects.values_list("status", flat=True))
        assert status == {"processed"}
        for item in PayoutItem.objects.all()[:1]:
            link_items(item.payout, today=DAY)
        prove_books()
        results.append(comes_to())
        transaction.savepoint_rollback(place)
    ordered, *shuffled = results
    assert len(ordered["attempts"]) == 60
    for other in shuffled:
        for name, value in ordered.items():
            assert other[name] == value, name
