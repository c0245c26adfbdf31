"""What an account paid in and did not use, and may have back by the way that it came."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from quarterday.core.errors import BillingError
from quarterday.ports.gateway import Ability
from quarterday.store.models import (
    Account,
    CreditGrant,
    CreditKind,
    Payment,
    PaymentAttempt,
    PaymentKind,
)
from quarterday.store.queries.credit_policy import read_credit_policy
from quarterday.store.queries.paying import open_gateway_of
from quarterday.store.queries.refunds import find_origin


class Unspent(NamedTuple):
    """What is left of one payment; ``way`` is where it goes back to."""

    payment: Payment
    way: str
    amount_minor: int


def list_unspent(account: Account, today: date) -> list[Unspent]:
    """What may go back today by the seller's policy, the newest first; gifts never are."""
    policy = read_credit_policy(account.seller_id)
    rows = CreditGrant.objects.filter(
        account=account, open_minor__gt=0, kind=CreditKind.OVERPAYMENT, payment__isnull=False
    )
    left: dict[int, tuple[Payment, int]] = {}
    for grant in rows.select_related("payment").order_by("-granted_on", "-id"):
        if grant.payment is not None and policy.may_refund(grant.granted_on, today):
            _, before = left.get(grant.payment.id, (None, 0))
            left[grant.payment.id] = grant.payment, before + grant.open_minor
    attempts = PaymentAttempt.objects.select_related("method").filter(payment__in=left)
    origins = {one.payment_id: one for one in attempts}
    found = []
    for payment, minor in left.values():
        origin = origins.get(payment.id)
        if origin is None and payment.kind != PaymentKind.RECEIVED:
            # What came back to us is known to the gateway by how it came first; that is rare.
            origin = find_origin(payment)
        if origin is not None and _can_refund(account, origin):
            way = origin.method.label if origin.method else ""
            found.append(Unspent(payment, way, minor))
    return found


def _can_refund(account: Account, origin: PaymentAttempt) -> bool:
    """Whether its gateway gives money back, and knows this payment."""
    if not origin.gateway_reference:
        return False
    try:
        choices = open_gateway_of(account.seller, origin.gateway).list_choices(account.currency)
    except BillingError:
        return False
    own = [one for one in choices if origin.choice in ("", one.code)]
    return any(Ability.REFUND in one.abilities for one in own)
