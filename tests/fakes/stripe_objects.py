"""What objects of Stripe look like, and how its test numbers behave.

`test_stripe.py` compares names and types of fields with Stripe's own fixtures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True)
class Number:
    """A test card or IBAN: ``does`` is ``ok``, a decline code, or a word of `FakeStripe._charge`."""

    does: str
    brand: str = "visa"
    kind: str = "card"


NUMBERS: Mapping[str, Number] = {
    "4242424242424242": Number("ok"),
    "5555555555554444": Number("ok", "mastercard"),
    "4000000000000002": Number("generic_decline"),
    "4000000000009995": Number("insufficient_funds"),
    "4000000000009987": Number("lost_card"),
    "4000000000009979": Number("stolen_card"),
    "4000000000000069": Number("expired_card"),
    "4000000000000127": Number("incorrect_cvc"),
    "4000000000000119": Number("processing_error"),
    "4000000000006975": Number("card_velocity_exceeded"),
    "4000000000000341": Number("later generic_decline"),
    "4000002500003155": Number("confirm once"),
    "4000002760003184": Number("confirm always"),
    "4000000000000259": Number("dispute"),
    "4000000000005126": Number("refund fails"),
    "4000000000007726": Number("refund waits"),
    "DE89370400440532013000": Number("ok", kind="sepa_debit"),
    "DE62370400440532013001": Number("insufficient_funds", kind="sepa_debit"),
    "DE35370400440532013002": Number("dispute", kind="sepa_debit"),
}

ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))

# The parameters that requests may have; anything else is refused, as Stripe does.
PARAMETERS: Mapping[str, str] = {
    "POST /v1/customers": "name email description metadata address preferred_locales expand",
    "POST /v1/payment_intents": "amount currency customer payment_method payment_method_types "
    "confirm off_session return_url description metadata setup_future_usage receipt_email "
    "statement_descriptor_suffix error_on_requires_action mandate mandate_data expand",
    "POST /v1/checkout/sessions": "mode success_url cancel_url line_items payment_method_types "
    "customer customer_email customer_creation client_reference_id metadata payment_intent_data "
    "setup_intent_data locale currency expires_at adaptive_pricing billing_address_collection "
    "expand",
    "POST /v1/setup_intents": "customer payment_method payment_method_types confirm usage metadata "
    "return_url expand",
    "POST /v1/refunds": "payment_intent charge amount reason metadata expand",
}


def make_payment_method(name: str, number: str, created: int) -> Object:
    """A card or account as Stripe keeps it: never the whole number."""
    known = NUMBERS[number]
    details: Object
    if known.kind == "card":
        details = {
            "brand": known.brand,
            "country": "DE",
            "display_brand": known.brand,
            "exp_month": 8,
            "exp_year": 2039,
            "fingerprint": f"fake{number[-4:]}",
            "funding": "credit",
            "last4": number[-4:],
            "networks": {"available": [known.brand], "preferred": None},
            "wallet": None,
        }
    else:
        details = {"bank_code": number[4:12], "country": number[:2], "last4": number[-4:]}
    return {
        "id": name,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {"address": ADDRESS, "email": None, "name": None, "phone": None},
        known.kind: details,
        "created": created,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": known.kind,
        "_does": known.does,
    }


def make_intent(kind: str, name: str, asked: Mapping[str, Any], created: int) -> Object:
    """A PaymentIntent or a SetupIntent."""
    common = {
        "id": name,
        "object": kind,
        "application": None,
        "cancellation_reason": None,
        "client_secret": f"{name}_secret_fake",
        "created": created,
        "customer": asked.get("customer"),
        "description": asked.get("description"),
        "livemode": False,
        "metadata": asked.get("metadata") or {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": asked.get("payment_method"),
        "payment_method_options": {},
        "payment_method_types": asked.get("payment_method_types") or ["card"],
        "status": "requires_payment_method",
    }
    if kind == "setup_intent":
        own = {"last_setup_error": None, "mandate": None, "usage": "off_session"}
        return {**common, **own}
    own = {
        "amount": int(asked["amount"]),
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "canceled_at": None,
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "currency": str(asked["currency"]).lower(),
        "last_payment_error": None,
        "latest_charge": None,
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": asked.get("setup_future_usage"),
        "statement_descriptor": None,
        "transfer_group": None,
    }
    return {**common, **own}


def make_session(name: str, asked: Mapping[str, Any], created: int, url: str) -> Object:
    """A Checkout Session."""
    is_setup = asked["mode"] == "setup"
    total = currency = None
    if not is_setup:
        prices = [one["price_data"] for one in asked["line_items"]]
        total = sum(
            int(price["unit_amount"]) * int(line["quantity"])
            for price, line in zip(prices, asked["line_items"], strict=True)
        )
        currency = str(prices[0]["currency"]).lower()
    return {
        "id": name,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "status": None, "provider": None},
        "cancel_url": asked.get("cancel_url"),
        "client_reference_id": asked.get("client_reference_id"),
        "created": created,
        "currency": currency or asked.get("currency"),
        "customer": asked.get("customer"),
        "customer_creation": asked.get("customer_creation"),
        "customer_email": asked.get("customer_email"),
        "expires_at": created + 86400,
        "livemode": False,
        "locale": asked.get("locale"),
        "metadata": asked.get("metadata") or {},
        "mode": asked["mode"],
        "payment_intent": None,
        "payment_method_types": asked.get("payment_method_types") or ["card"],
        "payment_status": "no_payment_required" if is_setup else "unpaid",
        "setup_intent": None,
        "status": "open",
        "success_url": asked["success_url"],
        "url": url,
        "_asked": dict(asked),
    }


def make_charge(name: str, intent: Object, method: Object, created: int) -> Object:
    """A charge of a PaymentIntent, not yet paid."""
    kind = method["type"]
    return {
        "id": name,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "captured": False,
        "created": created,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"type": kind},
        "refunded": False,
        "status": "pending",
    }


def make_refund(name: str, charge: Object, amount: int, asked: Mapping[str, Any]) -> Object:
    return {
        "id": name,
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": 0,
        "currency": charge["currency"],
        "metadata": asked.get("metadata") or {},
        "payment_intent": charge["payment_intent"],
        "reason": asked.get("reason"),
        "receipt_number": None,
        "status": "succeeded",
    }


def make_dispute(name: str, charge: Object, amount: int, reason: str, created: int) -> Object:
    return {
        "id": name,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "evidence": {},
        "evidence_details": {
            "due_by": created + 7 * 86400,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"type": charge["payment_method_details"]["type"]},
        "reason": reason,
        "status": "needs_response",
    }


def make_balance_transaction(
    name: str, kind: str, source: Object, amount: int, fee: int, created: int
) -> Object:
    categories = {"payment": "charge", "payment_refund": "refund", "adjustment": "dispute"}
    return {
        "id": name,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": created,
        "balance_type": "payments",
        "created": created,
        "currency": source["currency"],
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [],
        "net": amount - fee,
        "reporting_category": categories.get(kind, kind),
        "source": source["id"],
        "status": "available",
        "type": kind,
    }


def make_payout(name: str, amount: int, currency: str, created: int) -> Object:
    return {
        "id": name,
        "object": "payout",
        "amount": amount,
        "arrival_date": created + 2 * 86400,
        "automatic": True,
        "balance_transaction": None,
        "created": created,
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": "ba_fake",
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "completed",
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "type": "bank_account",
    }


def make_customer(name: str, asked: Mapping[str, Any], created: int) -> Object:
    return {
        "id": name,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": created,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": asked.get("description"),
        "email": asked.get("email"),
        "livemode": False,
        "metadata": asked.get("metadata") or {},
        "name": asked.get("name"),
        "phone": None,
        "preferred_locales": [],
        "tax_exempt": "none",
    }


def make_event(name: str, kind: str, about: Object, created: int) -> Object:
    return {
        "id": name,
        "object": "event",
        "api_version": None,
        "created": created,
        "data": {"object": about},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def make_error(status: int, message: str, **details: Any) -> Object:
    kinds = {402: "card_error", 429: "rate_limit_error", 500: "api_error"}
    return {
        "error": {
            "type": details.pop("type", kinds.get(status, "invalid_request_error")),
            "message": message,
            **details,
        }
    }
