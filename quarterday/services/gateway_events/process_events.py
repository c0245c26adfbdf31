"""Act on stored events: each once, whoever else does the same, and whatever breaks on the way."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.ports.news_data import read_news
from quarterday.ports.outcomes import AttemptNews, DisputeNews, News, RefundNews, Succeeded
from quarterday.services.gateway_events.act_on_news import act_on_news
from quarterday.services.gateway_events.find_subject import find_attempt
from quarterday.services.gateway_events.not_yet import AskLater, NotYet, Unmatched
from quarterday.services.payments.complete_attempt import complete_attempt
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.store.models import GatewayEvent, GatewayEventStatus, PaymentAttempt, Seller
from quarterday.store.queries.open_events import list_due, list_waiting

_log = logging.getLogger(__name__)
_BATCH, _MOST = 200, 5000
TO_DO = (GatewayEventStatus.RECEIVED, GatewayEventStatus.FAILED)
_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
# How long an event waits for what it depends on; then it is over (see `NotYet`).
WAITS = (
    *(5 * _SECOND, 30 * _SECOND, 2 * _MINUTE, 10 * _MINUTE),
    *(_HOUR, 6 * _HOUR, 24 * _HOUR, 24 * _HOUR),
)
# What fails is tried again for about four days; then people look at it.
_MOST_FAILURES, _LONGEST_REST = 20, 6 * _HOUR


def process_events(*, now: datetime) -> dict[str, int]:
    """Act on all that is due, the oldest first; how many ended how."""
    counts: dict[str, int] = {}
    for event in _iterate_due(now):
        status = process_event(event, now=now)
        if status is not None:
            counts[status] = counts.get(status, 0) + 1
    return counts


def process_event(event: GatewayEvent, *, now: datetime) -> str | None:
    """Act on one event; its status then, or None when somebody else did so first.

    Gateways are asked before the transaction. Within it the event is claimed, acted on and marked,
    so a process that dies leaves it as it was. Call it outside of every transaction.
    """
    seller = event.seller
    assert seller is not None, "an event of a gateway has a seller"
    try:
        news = _complete(seller, event, read_news(event.news), now)
        today = local_date(now, seller.time_zone)
        with transaction.atomic():
            if not _mark(event, GatewayEventStatus.PROCESSED, processed_at=now):
                return None
            act_on_news(seller, event.gateway, news, today, now)
    except NotYet as wait:
        return _wait(event, wait, now)
    except Unmatched as error:
        return _mark(event, GatewayEventStatus.UNMATCHED, error=str(error))
    except (BillingError, AskLater) as error:
        return _fail(event, str(error), now)
    except Exception as error:
        # One that nobody has thought of must not keep all others from being acted on.
        _log.exception("event %s of %s was not acted on", event.public_id, event.gateway)
        return _fail(event, f"{type(error).__name__}: {error}", now)
    if isinstance(news, AttemptNews) and isinstance(news.outcome, Succeeded):
        _wake(event, news, news.outcome, now)
    return str(GatewayEventStatus.PROCESSED)


def _iterate_due(now: datetime) -> Iterator[GatewayEvent]:
    """The content in batches, so that memory does not grow with them; the rest in the next run."""
    keys = list_due(now, _MOST)
    for start in range(0, len(keys), _BATCH):
        rows = GatewayEvent.objects.select_related("seller__brand")
        found = rows.in_bulk(keys[start : start + _BATCH])
        yield from (found[key] for key in keys[start : start + _BATCH] if key in found)


def _complete(seller: Seller, event: GatewayEvent, news: News, now: datetime) -> News:
    """News with the outcome that they only announce, and with the payment that they imply."""
    if isinstance(news, AttemptNews) and news.outcome is None:
        if attempt := find_attempt(seller, event.gateway, news):
            outcome = complete_attempt(attempt, now=now)
            if outcome is None:
                raise AskLater("the payment cannot be looked up now")
            return replace(news, outcome=outcome)
    elif isinstance(news, RefundNews | DisputeNews) and event.tries:
        # Money goes back that we do not know to have come: the news of it may be lost.
        attempt = find_attempt(seller, event.gateway, news)
        if attempt is not None and attempt.payment_id is None:
            _look_up(attempt, now)
    return news


def _look_up(attempt: PaymentAttempt, now: datetime) -> None:
    outcome = complete_attempt(attempt, now=now)
    if outcome is not None:
        today = local_date(now, attempt.account.seller.time_zone)
        finish_attempt(attempt=attempt, outcome=outcome, today=today, now=now)


def _wait(event: GatewayEvent, wait: NotYet, now: datetime) -> str | None:
    if event.tries >= len(WAITS):
        if wait.matters:
            return _mark(event, GatewayEventStatus.UNMATCHED, error=str(wait))
        return _mark(event, GatewayEventStatus.PROCESSED, error=str(wait), processed_at=now)
    next_at = now + WAITS[event.tries]
    tries = event.tries + 1
    return _mark(event, GatewayEventStatus.RECEIVED, error=str(wait), next_at=next_at, tries=tries)


def _fail(event: GatewayEvent, error: str, now: datetime) -> str | None:
    if event.tries >= _MOST_FAILURES:
        return _mark(event, GatewayEventStatus.UNMATCHED, error=error)
    next_at = now + min(_LONGEST_REST, _MINUTE * 2 ** min(event.tries, 12))
    tries = event.tries + 1
    return _mark(event, GatewayEventStatus.FAILED, error=error, next_at=next_at, tries=tries)


def _mark(
    event: GatewayEvent,
    status: GatewayEventStatus,
    *,
    error: str = "",
    next_at: datetime | None = None,
    processed_at: datetime | None = None,
    tries: int | None = None,
) -> str | None:
    """By compare-and-set; None for whoever comes second, who waits on PostgreSQL for the first."""
    rows = GatewayEvent.objects.filter(id=event.id, status__in=TO_DO, tries=event.tries)
    changed = rows.update(
        status=status,
        error=error[:500],
        next_at=next_at,
        processed_at=processed_at,
        tries=event.tries if tries is None else tries,
    )
    return str(status) if changed else None


def _wake(event: GatewayEvent, news: AttemptNews, outcome: Succeeded, now: datetime) -> None:
    """What waits for this payment, or for the way to pay that came with it, need wait no longer."""
    names = {news.reference, outcome.reference, news.attempt}
    if outcome.method is not None:
        names.add(outcome.method.token)
    assert event.seller is not None, "an event of a gateway has a seller"
    keys = list_waiting(event.seller, event.gateway, names, now)
    if keys:
        received = GatewayEventStatus.RECEIVED
        GatewayEvent.objects.filter(id__in=keys, status=received).update(next_at=now)
