"""Payments, refunds and credit as messages show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext, override

from quarterday.core.money import Money, currency
from quarterday.core.period import local_date
from quarterday.ports.outcomes import DECLINE_TEXTS
from quarterday.services.errors import NotFound
from quarterday.services.messages.fields.source import Source
from quarterday.store.models import (
    Allocation,
    CreditGrant,
    Payment,
    PaymentAttempt,
    PaymentMethod,
    Refund,
    TopUp,
)
from quarterday.store.queries.balances import load_balances


def load_payment(source: Source) -> Mapping[str, Any]:
    """The payment that a message names, and what it settled."""
    payment = source.read(Payment, "pay")
    if payment is None:
        raise NotFound("the message names no payment")
    unit = currency(payment.currency)
    settled = (
        Allocation.objects.filter(payment=payment)
        .values("invoice__label")
        .annotate(sum=Sum("amount_minor"))
        .filter(sum__gt=0)
        .order_by("invoice__label")
    )
    kept = CreditGrant.objects.filter(payment=payment).aggregate(sum=Sum("amount_minor"))["sum"]
    return {
        "amount": Money(payment.amount_minor, unit),
        "received_on": payment.received_on,
        "method": payment.method,
        "reference": payment.reference,
        "credit": source.money(kept, payment.currency),
        "lines": [
            {"text": row["invoice__label"], "note": "", "amount": Money(row["sum"], unit)}
            for row in settled
        ],
    }


def load_refund(source: Source) -> Mapping[str, Any]:
    """The refund that a message names."""
    refund = source.read(Refund, "rfd", "payment")
    if refund is None:
        raise NotFound("the message names no refund")
    return {
        "amount": source.exact(refund.amount_minor, refund.currency),
        "refunded_on": refund.refunded_on,
        "method": refund.payment.method if refund.payment else "",
        "reason": refund.reason,
    }


def load_attempt(source: Source) -> Mapping[str, Any]:
    """The payment attempt that a message names; why it failed, in the reader's language."""
    attempt = source.read(PaymentAttempt, "att", "method")
    if attempt is None:
        return {}
    return {
        "amount": source.exact(attempt.amount_minor, attempt.currency),
        "method": attempt.method.label if attempt.method else attempt.gateway,
        "reason": _say_reason(attempt, source.message.language or source.account.language),
    }


def _say_reason(attempt: PaymentAttempt, language: str) -> str:
    text = DECLINE_TEXTS.get(attempt.error, "")
    with override(language):
        return gettext(text) if text else ""


def load_method(source: Source) -> Mapping[str, Any]:
    """The way to pay that a message names."""
    method = source.read(PaymentMethod, "pmt")
    return {} if method is None else {"label": method.label, "expires_on": method.expires_on}


def load_credit(source: Source) -> Mapping[str, Any]:
    """The credit that there is, and what was added to it."""
    account = source.account
    balance = load_balances([account.id], source.today)[account.id]
    grant = source.read(CreditGrant, "crd")
    found: dict[str, Any] = {"balance": source.exact(balance.credit_minor, account.currency)}
    top_up = TopUp.objects.filter(account=account, is_enabled=True, next_at__isnull=False).first()
    if top_up is not None and top_up.next_at is not None:
        found["retry_on"] = local_date(top_up.next_at, account.seller.time_zone)
    if grant is not None:
        found |= {
            "amount": source.exact(grant.amount_minor, grant.currency),
            "expires_on": grant.expires_on,
            "reason": grant.reason,
        }
    return found
