"""What Stripe's objects say, as outcomes; objects are plain data here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.period import clamp_day
from quarterday.gateways.stripe_words import explain_decline, from_stripe
from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    KeptMethod,
    Outcome,
    Pending,
    Redirect,
    Succeeded,
)

Object = Mapping[str, Any]

_BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "Eftpos",
    "jcb": "JCB",
    "link": "Link",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
_DEBITS = {
    "sepa_debit": "IBAN",
    "bacs_debit": "Bacs",
    "us_bank_account": "Bank account",
    "au_becs_debit": "BECS",
    "acss_debit": "Bank account",
}
_DEBIT_TAKES = timedelta(days=7)


def is_debit(kind: str) -> bool:
    """Whether a kind of method takes days, and can be taken back by its bank."""
    return kind in _DEBITS


def describe_method(method: Object, customer: str = "") -> KeptMethod | None:
    """A kept method as people know it again; None while it is kept by nobody."""
    owner = _name(method.get("customer")) or customer
    kind = str(method.get("type", ""))
    if not owner or not kind:
        return None
    details: Object = method.get(kind) or {}
    last = str(details.get("last4") or "")
    expires_on = None
    if kind == "card":
        brand = str(details.get("brand") or "card")
        label = _BRANDS.get(brand, "Card")
        if details.get("exp_year"):
            expires_on = _month_end(int(details["exp_year"]), int(details["exp_month"]))
    else:
        brand, label = kind, _DEBITS.get(kind, kind.replace("_", " ").capitalize())
    return KeptMethod(
        token=str(method["id"]),
        kind=brand[:16],
        label=f"{label} •••• {last}" if last else label,
        expires_on=expires_on,
        data={"customer": owner, "type": kind},
    )


def tell_intent(intent: Object, now: datetime, *, keeps: bool) -> Outcome:
    """How far a PaymentIntent is, with ``payment_method`` and the balance transaction expanded."""
    reference = str(intent["id"])
    match intent["status"]:
        case "succeeded":
            return Succeeded(
                reference,
                _find_kept(intent) if keeps else None,
                amount_minor=read_received(intent),
                fee_minor=_find_fee(intent),
                currency=str(intent["currency"]).upper(),
            )
        case "processing" | "requires_capture":
            return Pending(
                reference,
                method=_find_kept(intent) if keeps else None,
                expected_on=(now + _DEBIT_TAKES).date(),
            )
        case "requires_action":
            action: Object = intent.get("next_action") or {}
            return Redirect(str((action.get("redirect_to_url") or {}).get("url", "")), reference)
        case "canceled":
            return Declined(DeclineCode.CANCELLED, reference)
        case "requires_payment_method":
            return explain_decline(intent.get("last_payment_error"), reference)
        case _:
            # It was made, but never confirmed, and nobody but us can.
            return Declined(DeclineCode.CANCELLED, reference)


def read_received(intent: Object) -> int:
    """What came in, in our minor units."""
    return from_stripe(intent.get("amount_received", intent["amount"]), intent["currency"])


def tell_setup(setup: Object) -> Outcome:
    """How far a SetupIntent is, with ``payment_method`` expanded."""
    reference = str(setup["id"])
    match setup["status"]:
        case "succeeded":
            kept = _find_kept(setup)
            if kept is None:
                return Declined(DeclineCode.METHOD_REVOKED, reference, is_final=True)
            return Succeeded(reference, kept)
        case "processing":
            return Pending(reference)
        case "requires_action":
            action: Object = setup.get("next_action") or {}
            return Redirect(str((action.get("redirect_to_url") or {}).get("url", "")), reference)
        case "requires_payment_method":
            return explain_decline(setup.get("last_setup_error"), reference)
        case _:
            return Declined(DeclineCode.CANCELLED, reference)


def tell_session(session: Object, now: datetime, *, keeps: bool, leads: bool) -> Outcome:
    """How far a Checkout Session is, with its intents expanded; ``leads`` gives its address.

    While it is open the payer may try again there, so that nothing is declined for good.
    """
    reference = str(session["id"])
    intent, setup = session.get("payment_intent"), session.get("setup_intent")
    if session["status"] == "complete" and intent:
        return tell_intent(intent, now, keeps=keeps)
    if session["status"] == "complete" and setup:
        return tell_setup(setup)
    if session["status"] == "expired":
        return Declined(DeclineCode.CANCELLED, reference)
    return Redirect(str(session.get("url") or "") if leads else "", reference)


def tell_refund(refund: Object) -> Outcome:
    """How far a refund is."""
    reference = str(refund["id"])
    match refund.get("status"):
        case "succeeded":
            return Succeeded(reference)
        case "failed":
            reason = str(refund.get("failure_reason") or "")
            return Declined(DeclineCode.REFUSED, reference, is_final=True, message=reason)
        case "canceled":
            return Declined(DeclineCode.CANCELLED, reference, is_final=True)
        case _:
            return Pending(reference)


def _find_kept(intent: Object) -> KeptMethod | None:
    method = intent.get("payment_method")
    if not isinstance(method, Mapping):
        return None
    return describe_method(method, _name(intent.get("customer")))


def _find_fee(intent: Object) -> int | None:
    """What Stripe keeps, as far as it is known by now and in the same currency."""
    charge = intent.get("latest_charge")
    booked = charge.get("balance_transaction") if isinstance(charge, Mapping) else None
    if not isinstance(booked, Mapping) or booked["currency"] != intent["currency"]:
        return None
    try:
        return from_stripe(booked["fee"], booked["currency"])
    except BillingError:
        # The payout tells it, too; the payment must not wait for that.
        return None


def _name(value: object) -> str:
    """The id of what may be expanded or not."""
    if isinstance(value, Mapping):
        return str(value.get("id", ""))
    return str(value or "")


def _month_end(year: int, month: int) -> date:
    return clamp_day(year, month, 31)
