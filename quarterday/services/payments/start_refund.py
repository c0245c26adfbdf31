"""Book a refund that a gateway is about to make, before it is asked."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.ports.gateway import Ability
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.errors import Conflict
from quarterday.services.inputs import check_external_id
from quarterday.services.payments.book_refund import book_refund
from quarterday.services.payments.hold_invoices import hold_invoices
from quarterday.services.payments.refund_payment import find_refund, record_refund
from quarterday.store.models import Payment, PaymentAttempt, Refund, RefundAttempt
from quarterday.store.queries.paying import open_gateway_of
from quarterday.store.queries.refunds import find_origin

REFUNDED = "it was refunded; credit it, or let it be collected again"


def start_refund(
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
    """The intent to refund, and what it takes from credit and invoices, as `refund_payment` does.

    Commit it, then ask the gateway. Two at once can never give back more than was paid, since
    what is booked is gone. Invoices that are owed again because of it are not charged by
    themselves. Raises `BillingError` where the money did not come by a gateway that refunds.
    """
    check_external_id(external_id)
    with transaction.atomic():
        account, payment = claim_row(payment)
        if known := find_refund(account, payment, amount_minor, external_id):
            return _find_attempt(known)
        origin = find_origin(payment)
        gateway = _check_origin(payment, origin)
        booked = book_refund(
            account,
            payment,
            amount_minor,
            reopen=reopen,
            on=today,
            now=now,
            reason=reason,
            external_id=external_id,
            actor=actor,
        )
        hold_invoices(account, booked.reopened, REFUNDED)
        record_refund(account, booked.refund, now=now, actor=actor)
        return RefundAttempt.objects.create(
            refund=booked.refund, gateway=gateway, actor=actor, created_at=now
        )


def _find_attempt(refund: Refund) -> RefundAttempt:
    attempt = RefundAttempt.objects.filter(refund=refund).first()
    if attempt is None:
        raise Conflict(
            f"refund {refund.external_id} was made by hand; use another external_id for another "
            "refund"
        )
    return attempt


def _check_origin(payment: Payment, origin: PaymentAttempt | None) -> str:
    """The gateway, if it can refund a payment."""
    name = payment.external_id or payment.public_id
    by_hand = "give the money back yourself, and record it by `payments refund`"
    if origin is None or not origin.gateway_reference:
        raise BillingError(f"payment {name} did not come by a gateway; {by_hand}")
    gateway = open_gateway_of(origin.account.seller, origin.gateway)
    choices = gateway.list_choices(payment.currency)
    if not any(
        Ability.REFUND in one.abilities for one in choices if origin.choice in ("", one.code)
    ):
        raise BillingError(f"gateway {origin.gateway!r} cannot refund payment {name}; {by_hand}")
    return origin.gateway
