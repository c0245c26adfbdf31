"""What events of PayPal mean, and how it is proven that PayPal sent them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from quarterday.gateways.paypal_api import PayPalApi, Refusal, Row, link_of
from quarterday.gateways.paypal_words import describe_wallet, order_of, read_amount, tell_refund
from quarterday.ports.gateway import BadSignature
from quarterday.ports.outcomes import (
    AttemptNews,
    DisputeNews,
    DisputeState,
    MethodNews,
    News,
    OtherNews,
    RefundNews,
)

_PROOF = {
    "auth_algo": "paypal-auth-algo",
    "cert_url": "paypal-cert-url",
    "transmission_id": "paypal-transmission-id",
    "transmission_sig": "paypal-transmission-sig",
    "transmission_time": "paypal-transmission-time",
}
_LOST = ("RESOLVED_BUYER_FAVOUR", "ACCEPTED")
_PAGE = "100"


def check_event(api: PayPalApi, webhook_id: str, headers: Mapping[str, str], body: bytes) -> Row:
    """The event of a call. Raises `BadSignature` unless PayPal says that it made the call.

    PayPal is given the very bytes that came, since it signed these. When it cannot be asked, the
    call is refused, and PayPal makes it again later.
    """
    proof = {name: headers.get(header, "") for name, header in _PROOF.items()}
    try:
        event = json.loads(body)
        text = body.decode()
    except (ValueError, RecursionError):
        event, text = None, ""
    if not (webhook_id and all(proof.values()) and isinstance(event, dict) and event.get("id")):
        raise BadSignature("the call has no signature of PayPal; check webhook_id")
    start = json.dumps({**proof, "webhook_id": webhook_id})[:-1]
    asked = f'{start}, "webhook_event": {text}}}'.encode()
    try:
        answer = api.send("POST", "/v1/notifications/verify-webhook-signature", asked).data
    except Exception as error:
        raise BadSignature("PayPal could not be asked whether it made this call") from error
    if answer.get("verification_status") != "SUCCESS":
        raise BadSignature("PayPal did not make this call, or not for this webhook_id")
    return event


def list_events(api: PayPalApi, since: datetime, until: datetime, kind: str = "") -> Iterator[Row]:
    """The events of a time; PayPal keeps those of the last 30 days."""
    params = {"start_time": _text(since), "end_time": _text(until), "page_size": _PAGE}
    if kind:
        params["event_type"] = kind
    return api.list("/v1/notifications/webhooks-events", "events", **params)


def read_event(api: PayPalApi, event: Row) -> News:
    """What an event says; whether money came is always looked up, since events may be old."""
    event_id, kind = str(event["id"]), str(event.get("event_type", ""))
    resource: Row = event.get("resource") or {}
    match kind.split("."):
        case ["PAYMENT", "REFUND", _]:
            return _read_refund(event_id, resource)
        case ["PAYMENT", "CAPTURE", state]:
            return _read_capture(api, event_id, state, resource)
        case ["CHECKOUT", "ORDER", _]:
            units: Any = resource.get("purchase_units") or [{}]
            attempt = str(units[0].get("custom_id", ""))
            return AttemptNews(event_id, None, attempt, str(resource.get("id", "")))
        case ["CUSTOMER", "DISPUTE", _]:
            return _read_dispute(event_id, resource)
        case ["VAULT", "PAYMENT-TOKEN", state]:
            return _read_wallet(event_id, kind, resource, state == "DELETED")
    return OtherNews(event_id, kind)


def _read_capture(api: PayPalApi, event_id: str, state: str, resource: Row) -> News:
    if state == "REFUNDED":
        return _read_refund(event_id, resource)
    if state == "REVERSED":
        return _read_reversal(api, event_id, resource)
    return AttemptNews(event_id, None, str(resource.get("custom_id", "")), order_of(resource))


def _read_refund(event_id: str, refund: Row) -> News:
    own = str(refund.get("custom_id", ""))
    # A refund that somebody makes on PayPal's pages bears what we wrote on the capture.
    is_own = own != refund.get("invoice_id")
    return RefundNews(
        event_id,
        _capture_of(refund),
        str(refund["id"]),
        read_amount(refund["amount"]),
        tell_refund(refund),
        own if is_own else "",
    )


def _read_reversal(api: PayPalApi, event_id: str, resource: Row) -> News:
    """Money that is taken back; where a dispute did it, the dispute's own events tell it."""
    capture = _capture_of(resource)
    try:
        known = api.get("/v1/customer/disputes", disputed_transaction_id=capture) or {}
    except Refusal:
        known = {}
    if known.get("items"):
        return OtherNews(event_id, "PAYMENT.CAPTURE.REVERSED")
    return DisputeNews(
        event_id,
        capture,
        f"{capture}:reversed",
        DisputeState.RETURNED,
        abs(read_amount(resource["amount"])),
        "PayPal took the payment back",
        attempt=str(resource.get("custom_id", "")),
    )


def _read_dispute(event_id: str, dispute: Row) -> News:
    disputed: Row = (dispute.get("disputed_transactions") or [{}])[0]
    due = str(dispute.get("seller_response_due_date") or "")
    return DisputeNews(
        event_id,
        str(disputed.get("seller_transaction_id", "")),
        str(dispute["dispute_id"]),
        _read_state(dispute),
        read_amount(dispute["dispute_amount"]),
        str(dispute.get("reason", "")),
        datetime.fromisoformat(due).date() if due else None,
        attempt=str(disputed.get("custom") or disputed.get("invoice_number") or ""),
    )


def _read_state(dispute: Row) -> DisputeState:
    if dispute.get("status") != "RESOLVED":
        return DisputeState.OPENED
    outcome = (dispute.get("dispute_outcome") or {}).get("outcome_code")
    return DisputeState.LOST if outcome in _LOST else DisputeState.WON


def _read_wallet(event_id: str, kind: str, token: Row, is_gone: bool) -> News:
    name = str(token.get("id", ""))
    if is_gone:
        return MethodNews(event_id, name, None)
    wallet = (token.get("payment_source") or {}).get("paypal")
    if wallet is None:
        return OtherNews(event_id, kind)
    return MethodNews(event_id, name, describe_wallet(token, wallet))


def _capture_of(row: Row) -> str:
    """The capture that a refund or a reversal is about."""
    up = link_of(row, "up")
    return up.rpartition("/")[2] if "/captures/" in up else str(row.get("id", ""))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
