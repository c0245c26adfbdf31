"""Say whose money an unmatched event is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.ports.news_data import read_news
from quarterday.ports.outcomes import AttemptNews, DisputeNews, News, RefundNews, Succeeded
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.gateway_events.act_on_news import act_on_news
from quarterday.services.gateway_events.not_yet import NotYet, Unmatched
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.store.models import (
    Account,
    AttemptStatus,
    GatewayEvent,
    GatewayEventStatus,
    Invoice,
    Payment,
    PaymentAttempt,
    Seller,
)
from quarterday.store.queries.open_events import list_unmatched_keys, list_waiting
from quarterday.store.queries.unmatched_events import read_money

_OPEN = (GatewayEventStatus.UNMATCHED, GatewayEventStatus.FAILED, GatewayEventStatus.RECEIVED)


def assign_event(
    *,
    event: GatewayEvent,
    today: date,
    now: datetime,
    account: Account | None = None,
    invoices: Sequence[Invoice] = (),
    amount_minor: int | None = None,
    payment: Payment | None = None,
    actor: str = "system",
) -> Payment:
    """The payment that the event is about from now on.

    Money that came in is recorded for ``account`` and its ``invoices``, or as credit; an
    ``amount_minor`` is needed where the gateway did not say it. Money that went back needs the
    ``payment`` that it was. What else the gateway said of the same is tried again. The same
    answer twice is given once; raises `Conflict` for another one, and `BillingError`.
    """
    seller, news = event.seller, read_news(event.news)
    assert seller is not None, "an event of a gateway has a seller"
    reference, said = read_money(news)
    if not reference:
        raise BillingError("nothing can be assigned to this event, since it names no payment")
    with transaction.atomic():
        is_open = _take(event, now)
        if isinstance(news, AttemptNews):
            amount = said if said is not None else amount_minor
            _check_currency(news, account)
            found = _record(seller, event, reference, account, invoices, amount, today, now, actor)
        elif isinstance(news, RefundNews | DisputeNews):
            found = _name(seller, event, reference, payment, now, actor)
            if is_open:
                _act(seller, event, news, today, now)
        else:
            raise BillingError("this event is about no payment; ignore it")
        if is_open:
            _note(seller, event, found, now, actor)
    retry_same(event, reference, now)
    return found


def retry_same(event: GatewayEvent, reference: str, now: datetime) -> None:
    """What else was said of the same payment has something to be about now."""
    assert event.seller is not None, "an event of a gateway has a seller"
    keys = list_waiting(event.seller, event.gateway, {reference}, now)
    keys += list_unmatched_keys()
    rows = GatewayEvent.objects.filter(id__in=keys, seller=event.seller, gateway=event.gateway)
    rows = rows.filter(news__contains=reference)
    rows.update(status=GatewayEventStatus.RECEIVED, next_at=now)


def _check_currency(news: AttemptNews, account: Account | None) -> None:
    """What came in another currency would become a wrong amount."""
    code = news.outcome.currency if isinstance(news.outcome, Succeeded) else ""
    if account is not None and code and code != account.currency:
        raise BillingError(
            f"the money came in {code}, but account {account} is in {account.currency}; record "
            "what it came to with `payments record`, and ignore this event"
        )


def _take(event: GatewayEvent, now: datetime) -> bool:
    """Whether it was open; what is processed may be asked for again with the same answer."""
    rows = GatewayEvent.objects.filter(id=event.id, status__in=_OPEN)
    processed = GatewayEventStatus.PROCESSED
    if rows.update(status=processed, processed_at=now, next_at=None, error=""):
        return True
    status = GatewayEvent.objects.values_list("status", flat=True).get(id=event.id)
    if status == GatewayEventStatus.IGNORED:
        raise Conflict(f"event {event.public_id} was ignored; nothing was changed")
    return False


def _record(
    seller: Seller,
    event: GatewayEvent,
    reference: str,
    account: Account | None,
    invoices: Sequence[Invoice],
    amount_minor: int | None,
    today: date,
    now: datetime,
    actor: str,
) -> Payment:
    if account is None or account.seller_id != seller.id:
        raise BillingError("say which account of the same seller the money is of")
    account = claim_account(account.id)
    known = _find(seller, event, reference)
    if known is not None and known.payment is not None:
        if known.account_id != account.id:
            raise Conflict(f"the money is of account {known.account} already; move it from there")
        return known.payment
    if amount_minor is None or amount_minor < 1:
        raise BillingError("the gateway did not say how much it was; give the amount")
    attempt = known or PaymentAttempt.objects.create(
        account=account,
        gateway=event.gateway,
        status=AttemptStatus.PENDING,
        currency=account.currency,
        amount_minor=amount_minor,
        invoices=[one.public_id for one in invoices],
        gateway_reference=reference[:200],
        actor=actor,
        created_at=now,
    )
    outcome = Succeeded(reference, amount_minor=amount_minor)
    attempt = finish_attempt(attempt=attempt, outcome=outcome, today=today, now=now, actor=actor)
    assert attempt.payment is not None, "an attempt that succeeded has its payment"
    return attempt.payment


def _name(
    seller: Seller,
    event: GatewayEvent,
    reference: str,
    payment: Payment | None,
    now: datetime,
    actor: str,
) -> Payment:
    """Let a payment be known by what the gateway calls it."""
    if payment is None or payment.account.seller_id != seller.id:
        raise BillingError("say which payment of the same seller went back")
    claim_account(payment.account_id)
    known = _find(seller, event, reference)
    own = PaymentAttempt.objects.filter(payment=payment).first()
    if known is None and own is None:
        PaymentAttempt.objects.create(
            account=payment.account,
            gateway=event.gateway,
            status=AttemptStatus.SUCCEEDED,
            currency=payment.currency,
            amount_minor=payment.amount_minor,
            gateway_reference=reference[:200],
            payment=payment,
            actor=actor,
            created_at=now,
            finished_at=now,
        )
    elif known is None or known.payment_id != payment.id:
        name = payment.external_id or payment.public_id
        raise Conflict(
            f"payment {name} is another one at the gateway than {reference}; nothing was changed"
        )
    return payment


def _find(seller: Seller, event: GatewayEvent, reference: str) -> PaymentAttempt | None:
    rows = PaymentAttempt.objects.select_related("account", "payment").filter(
        gateway=event.gateway, account__seller=seller, gateway_reference=reference
    )
    return rows.order_by("id").first()


def _act(seller: Seller, event: GatewayEvent, news: News, today: date, now: datetime) -> None:
    try:
        act_on_news(seller, event.gateway, news, today, now)
    except (NotYet, Unmatched) as error:
        raise BillingError(str(error)) from None


def _note(seller: Seller, event: GatewayEvent, payment: Payment, now: datetime, actor: str) -> None:
    record_event(
        kind="gateway_event.assigned",
        subject=event.public_id,
        seller_id=seller.id,
        account_id=payment.account_id,
        actor=actor,
        now=now,
        data={"payment": payment.public_id, "gateway": event.gateway},
    )
