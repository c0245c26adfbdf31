"""Record money that came in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.ledger import post_payment
from quarterday.core.lifecycle import PaymentState
from quarterday.core.limits import check_minor
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.compare import check_same
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_external_id, check_text
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.payments.spread_payment import spread_payment
from quarterday.store.models import Account, Invoice, Payment, PaymentKind

_SAME = "method reference received_on currency amount_minor".split()


def record_payment(
    *,
    account: Account,
    amount_minor: int,
    method: str,
    today: date,
    now: datetime,
    currency: str | None = None,
    received_on: date | None = None,
    reference: str = "",
    external_id: str | None = None,
    invoices: Sequence[Invoice] | None = None,
    kind: PaymentKind = PaymentKind.RECEIVED,
    actor: str = "system",
) -> Payment:
    """Record a payment in the account's currency, in minor units, and settle invoices with it.

    It settles the oldest due first, or the named invoices in their order; what is left becomes
    credit. ``received_on`` is by default today. The same ``external_id`` with the same input
    returns the payment as it stands. There is a receipt for what was ``received``. Raises
    `Conflict` for other input under it, and `BillingError` for bad input.
    """
    payment = Payment(
        account=account,
        external_id=check_external_id(external_id),
        kind=kind,
        status=PaymentState.SUCCEEDED,
        method=check_text(method, "method", 32),
        reference=reference,
        received_on=received_on or today,
        currency=currency or account.currency,
        amount_minor=amount_minor,
        open_minor=amount_minor,
    )
    _check(payment, today)
    with transaction.atomic():
        account = claim_account(account.id)
        if known := _find(payment):
            return known
        _check_currency(payment, account)
        payment.save(force_insert=True)
        entry = post_payment(
            on=payment.received_on,
            reference=payment.external_id or payment.public_id,
            account=account.id,
            currency=payment.currency,
            amount_minor=amount_minor,
            method=payment.method,
            memo=reference,
        )
        post_entry(entry, seller_id=account.seller_id, source=payment.public_id)
        spread_payment(account, payment, invoices, on=payment.received_on, now=now, actor=actor)
        _tell(account, payment, now, actor)
    return payment


def _tell(account: Account, payment: Payment, now: datetime, actor: str) -> None:
    """The event; and the receipt, for what came from the payer and not back to them."""
    is_received = payment.kind == PaymentKind.RECEIVED
    record_event(
        kind="payment.recorded",
        subject=payment.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data={
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
            "method": payment.method,
            **({} if is_received else {"kind": str(payment.kind)}),
        },
    )
    if is_received:
        queue_message(
            kind="receipt",
            account=account,
            subject=payment.public_id,
            now=now,
            on=payment.received_on,
        )


def _check(payment: Payment, today: date) -> None:
    if payment.amount_minor < 1:
        raise BillingError(f"amount_minor must be at least 1, not {payment.amount_minor}")
    check_minor(payment.amount_minor, "amount_minor")
    if payment.received_on > today:
        raise BillingError(
            f"received_on, {payment.received_on}, is later than today, {today}; record it then"
        )
    if len(payment.reference) > 200:
        raise BillingError(f"reference has {len(payment.reference)} characters; shorten it to 200")


def _check_currency(payment: Payment, account: Account) -> None:
    if payment.currency != account.currency:
        raise BillingError(
            f"currency {payment.currency} is not that of account {account}, {account.currency}; "
            "record what was received in the account's currency"
        )


def _find(asked: Payment) -> Payment | None:
    """The payment that already has the external id, if it is the same."""
    if asked.external_id is None:
        return None
    rows = Payment.objects.filter(account_id=asked.account_id, external_id=asked.external_id)
    known = rows.first()
    label = f"payment {asked.external_id} was recorded"
    remedy = "use another external_id for another payment"
    return known and check_same(known, asked, _SAME, label=label, remedy=remedy)
