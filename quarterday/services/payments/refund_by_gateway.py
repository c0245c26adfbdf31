"""Give money back by the gateway that it came by: book, ask, write down; and ask again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from quarterday.core.errors import BillingError
from quarterday.ports.gateway import Gateway, RefundIntent
from quarterday.ports.outcomes import DeclineCode, Declined, Outcome, Unknown
from quarterday.services.errors import NotFound
from quarterday.services.payments.finish_refund import finish_refund
from quarterday.services.payments.make_intent import describe_method
from quarterday.services.payments.start_refund import start_refund
from quarterday.store.models import Payment, RefundAttempt, RefundStatus
from quarterday.store.queries.paying import open_gateway_of
from quarterday.store.queries.refunds import find_origin


def refund_by_gateway(
    *,
    payment: Payment,
    today: date,
    now: datetime,
    amount_minor: int | None = None,
    reopen: bool = False,
    reason: str = "",
    external_id: str | None = None,
    actor: str = "system",
) -> RefundAttempt:
    """The refund after the gateway has answered; call it outside of every transaction.

    Without an answer it is looked up later. The same ``external_id`` asks nothing twice.
    """
    attempt = start_refund(
        payment=payment,
        today=today,
        now=now,
        amount_minor=amount_minor,
        reopen=reopen,
        reason=reason,
        external_id=external_id,
        actor=actor,
    )
    return ask_refund(attempt, today=today, now=now, actor=actor)


def ask_refund(
    attempt: RefundAttempt, *, today: date, now: datetime, actor: str = "system"
) -> RefundAttempt:
    """A refund that was begun, after the gateway has answered; outside of every transaction."""
    if attempt.status != RefundStatus.CREATED:
        return attempt
    gateway, intent = make_refund_intent(attempt, now=now)
    outcome = _ask(gateway.refund, intent)
    return finish_refund(attempt=attempt, outcome=outcome, today=today, now=now, actor=actor)


def look_up_refund(attempt: RefundAttempt, *, today: date, now: datetime) -> RefundAttempt:
    """The refund after the gateway was asked what became of it; outside of every transaction.

    One that never arrived there is asked for again: its id is the idempotency key.
    """
    gateway, intent = make_refund_intent(attempt, now=now)
    outcome = _ask(gateway.look_up_refund, intent)
    if isinstance(outcome, Unknown):
        return attempt
    never_came = isinstance(outcome, Declined) and outcome.code is DeclineCode.NOT_RECEIVED
    if never_came:
        if attempt.status == RefundStatus.PENDING:
            # It was there before, so this is an answer that cannot be right.
            return attempt
        outcome = _ask(gateway.refund, intent)
    return finish_refund(attempt=attempt, outcome=outcome, today=today, now=now)


def make_refund_intent(attempt: RefundAttempt, *, now: datetime) -> tuple[Gateway, RefundIntent]:
    """The gateway of a refund, and what to ask it; nothing is written."""
    refund = attempt.refund
    origin = find_origin(refund.payment) if refund.payment else None
    if origin is None:
        raise NotFound(f"refund {refund.public_id} is of no payment by a gateway")
    intent = RefundIntent(
        id=attempt.public_id,
        reference=origin.gateway_reference,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        now=now,
        reason=refund.reason,
        method=describe_method(origin.method) if origin.method else None,
        refund_reference=attempt.gateway_reference,
    )
    return open_gateway_of(origin.account.seller, attempt.gateway), intent


def _ask(call: Callable[[RefundIntent], Outcome], intent: RefundIntent) -> Outcome:
    """Whatever breaks on the way is an unknown outcome; `BillingError` was certainly never sent."""
    try:
        return call(intent)
    except BillingError as error:
        return Declined(DeclineCode.UNAVAILABLE, message=str(error))
    except Exception as error:
        return Unknown(type(error).__name__, intent.refund_reference)
