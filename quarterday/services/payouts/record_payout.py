"""Write down what a gateway pays out, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.limits import check_minor
from quarterday.core.period import local_date
from quarterday.ports.outcomes import PayoutNews, PayoutPart
from quarterday.services.events.record_event import record_event
from quarterday.services.payouts.link_items import link_items
from quarterday.store.models import Payout, PayoutItem, PayoutItemKind, PayoutStatus, Seller

_RANKS = (PayoutStatus.ANNOUNCED, PayoutStatus.ARRIVED, PayoutStatus.FAILED)
_MOVED = "gross_minor fee_minor net_minor".split()


def record_payout(*, seller: Seller, gateway: str, news: PayoutNews, now: datetime) -> Payout:
    """The payout, once for each reference, as far as anybody has said that it is.

    Its parts are kept when they are first told, and linked to our payments, refunds and disputes.
    What they do not sum up to stands as a part of its own, and in the log. Raises `BillingError`
    where gross less fee is not net.
    """
    if news.gross_minor - news.fee_minor != news.net_minor:
        raise BillingError(
            f"payout {news.reference} of {gateway} does not add up: {news.gross_minor} less "
            f"{news.fee_minor} is not {news.net_minor}"
        )
    for name in _MOVED:
        check_minor(getattr(news, name), name)
    with transaction.atomic():
        payout, is_new = Payout.objects.get_or_create(
            seller=seller,
            gateway=gateway,
            reference=news.reference,
            defaults={
                "status": PayoutStatus(news.state),
                "currency": news.currency,
                "gross_minor": news.gross_minor,
                "fee_minor": news.fee_minor,
                "net_minor": news.net_minor,
                "arrives_on": news.arrives_on,
                "seen_at": now,
            },
        )
        if is_new:
            _record(payout, "payout.announced", now)
        else:
            _move(payout, news, now)
        if news.parts and not payout.items.exists():
            _add_parts(payout, news.parts, now)
        link_items(payout, today=local_date(now, seller.time_zone))
    return payout


def _move(payout: Payout, news: PayoutNews, now: datetime) -> None:
    status = PayoutStatus(news.state)
    if _RANKS.index(status) > _RANKS.index(PayoutStatus(payout.status)):
        rows = Payout.objects.filter(id=payout.id, status=payout.status)
        if rows.update(status=status, arrives_on=news.arrives_on):
            payout.status, payout.arrives_on = status, news.arrives_on
            _record(payout, f"payout.{status}", now)
    said = {name: getattr(news, name) for name in _MOVED}
    if all(getattr(payout, name) == minor for name, minor in said.items()):
        return
    if not payout.items.exists() and news.parts:
        Payout.objects.filter(id=payout.id).update(**said)
        for name, minor in said.items():
            setattr(payout, name, minor)
    else:
        _record(payout, "payout.differs", now, said=said)


def _add_parts(payout: Payout, parts: Sequence[PayoutPart], now: datetime) -> None:
    known = set(PayoutItemKind)
    rows = [
        PayoutItem(
            payout=payout,
            position=position,
            kind=part.kind if part.kind in known else PayoutItemKind.OTHER,
            reference=part.reference[:200],
            gross_minor=part.gross_minor,
            fee_minor=part.fee_minor,
        )
        for position, part in enumerate(parts, 1)
    ]
    gross = payout.gross_minor - sum(row.gross_minor for row in rows)
    fee = payout.fee_minor - sum(row.fee_minor for row in rows)
    if gross or fee:
        rows.append(
            PayoutItem(
                payout=payout,
                position=len(rows) + 1,
                kind=PayoutItemKind.OTHER,
                gross_minor=gross,
                fee_minor=fee,
            )
        )
        _record(payout, "payout.differs", now, said={"gross_minor": gross, "fee_minor": fee})
    PayoutItem.objects.bulk_create(rows)


def _record(payout: Payout, kind: str, now: datetime, said: dict[str, int] | None = None) -> None:
    data = {name: getattr(payout, name) for name in _MOVED}
    record_event(
        kind=kind,
        subject=payout.public_id,
        seller_id=payout.seller_id,
        actor=payout.gateway,
        now=now,
        data={
            "reference": payout.reference,
            "currency": payout.currency,
            **data,
            **({"said": said} if said else {}),
        },
    )
