"""Act on a refund that a gateway reports: one of ours, or one that somebody made there."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.ports.outcomes import RefundNews
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.gateway_events.find_subject import (
    choose_payment,
    find_payment,
    find_refund_attempt,
)
from quarterday.services.gateway_events.not_yet import NotYet, Unmatched
from quarterday.services.payments.book_refund import book_refund, find_most
from quarterday.services.payments.finish_refund import finish_refund
from quarterday.services.payments.hold_invoices import hold_invoices
from quarterday.services.payments.refund_payment import record_refund
from quarterday.services.payments.start_refund import REFUNDED
from quarterday.store.models import (
    Account,
    Payment,
    Refund,
    RefundAttempt,
    RefundStatus,
    Seller,
)
from quarterday.store.queries.refunds import list_same_money

_NOT_ANSWERED = (RefundStatus.CREATED, RefundStatus.UNKNOWN)


def act_on_refund(
    seller: Seller, gateway: str, news: RefundNews, today: date, now: datetime
) -> None:
    """Within a transaction. Raises `NotYet` and `Unmatched`."""
    attempt = find_refund_attempt(seller, gateway, news)
    if attempt is None:
        payment = find_payment(seller, gateway, news)
        account, payment = claim_row(payment)
        # Read again: whoever held the account may have written it down just now.
        attempt = find_refund_attempt(seller, gateway, news)
        attempt = attempt or _adopt(account, payment, gateway, news, today, now)
    finish_refund(attempt=attempt, outcome=news.outcome, today=today, now=now, actor=gateway)


def _adopt(
    account: Account, payment: Payment, gateway: str, news: RefundNews, today: date, now: datetime
) -> RefundAttempt:
    """A refund that was made at the gateway, in the book."""
    same = list_same_money(payment)
    ours = RefundAttempt.objects.filter(
        refund__payment__in=same,
        refund__amount_minor=news.amount_minor,
        gateway_reference="",
        status__in=_NOT_ANSWERED,
    )
    if ours.exists():
        raise NotYet("it may be a refund of ours whose answer is not there yet")
    refund = _find_noted(same, news.amount_minor)
    if refund is None:
        refund = _book(account, payment, gateway, news, today, now)
    return RefundAttempt.objects.create(
        refund=refund,
        gateway=gateway,
        gateway_reference=news.refund_reference[:200],
        actor=gateway,
        created_at=now,
    )


def _find_noted(same: list[Payment], amount_minor: int) -> Refund | None:
    """A refund that somebody has written down already, after making it at the gateway."""
    rows = Refund.objects.filter(payment__in=same, amount_minor=amount_minor)
    return rows.filter(attempt=None, dispute=None, dispute_rest=None).order_by("id").first()


def _book(
    account: Account, payment: Payment, gateway: str, news: RefundNews, today: date, now: datetime
) -> Refund:
    payment = choose_payment(payment, news.amount_minor)
    most = find_most(payment)
    if news.amount_minor > most or news.amount_minor < 1:
        raise Unmatched(
            f"{news.amount_minor} minor units were refunded at the gateway, but only {most} of "
            f"payment {payment.external_id or payment.public_id} are left"
        )
    booked = book_refund(
        account,
        payment,
        news.amount_minor,
        reopen=True,
        is_gone=True,
        on=today,
        now=now,
        reason=f"made at {gateway}",
        actor=gateway,
    )
    hold_invoices(account, booked.reopened, REFUNDED)
    record_refund(account, booked.refund, now=now, actor=gateway)
    return booked.refund
