"""Ask a gateway for everything since it was last asked, so that a lost webhook loses nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from quarterday.core.period import local_date
from quarterday.ports.gateway import Gateway, ListsNews, PaysOut
from quarterday.ports.outcomes import News
from quarterday.services.gateway_events.store_events import SWEEP, store_events
from quarterday.services.payouts.link_items import link_items
from quarterday.store.models import GatewayEvent, GatewayEventStatus, Seller, SweepMark
from quarterday.store.queries.open_events import list_unmatched_keys
from quarterday.store.queries.paying import open_gateway_of
from quarterday.store.queries.payouts import iterate_unlinked

EVERY = timedelta(days=1)
# What a gateway lists late is still found by the next sweep.
OVERLAP = timedelta(days=2)
_FIRST = timedelta(days=7)
_STALE = timedelta(days=30)
_BATCH = 200


def sweep_gateway(*, seller: Seller, gateway: str, now: datetime) -> int:
    """How much was new; it is acted on like what comes by itself. Outside of every transaction.

    The mark moves only when everything was read, so a sweep that breaks off is made again.
    Raises whatever the network raises.
    """
    opened = open_gateway_of(seller, gateway)
    mark = SweepMark.objects.filter(seller=seller, gateway=gateway).first()
    since = mark.swept_through - OVERLAP if mark else now - _FIRST
    new = sum(
        store_events(seller=seller, gateway=gateway, news=batch, now=now, source=SWEEP)
        for batch in _batches(_list(opened, since, now))
    )
    for payout in iterate_unlinked(now - _STALE):
        if (payout.seller_id, payout.gateway) == (seller.id, gateway):
            link_items(payout, today=local_date(now, seller.time_zone))
    retry_unmatched(seller, gateway, now)
    SweepMark.objects.update_or_create(
        seller=seller, gateway=gateway, defaults={"swept_through": now}
    )
    return new


def is_swept(gateway: Gateway) -> bool:
    """Whether there is anything to ask it for."""
    return isinstance(gateway, ListsNews | PaysOut)


def is_due(seller: Seller, gateway: str, now: datetime) -> bool:
    """Whether it was not asked for a day."""
    rows = SweepMark.objects.filter(seller=seller, gateway=gateway)
    return not rows.filter(swept_through__gt=now - EVERY).exists()


def retry_unmatched(seller: Seller, gateway: str, now: datetime) -> int:
    """Look once more at what matched nothing: what it is about may be there by now."""
    rows = GatewayEvent.objects.filter(
        id__in=list_unmatched_keys(),
        seller=seller,
        gateway=gateway,
        received_at__gte=now - _STALE,
    )
    return rows.update(status=GatewayEventStatus.RECEIVED, next_at=now)


def _list(gateway: Gateway, since: datetime, until: datetime) -> Iterable[News]:
    if isinstance(gateway, ListsNews):
        yield from gateway.list_news(since, until)
    if isinstance(gateway, PaysOut):
        yield from gateway.list_payouts(since, until)


def _batches(news: Iterable[News]) -> Iterable[list[News]]:
    """So that memory does not grow with what there is."""
    rest = iter(news)
    while batch := list(islice(rest, _BATCH)):
        yield batch
