"""What Stripe's events, payouts and lists say, as news."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.gateways.stripe_answers import (
    describe_method,
    is_debit,
    read_received,
    tell_refund,
)
from quarterday.gateways.stripe_words import explain_decline, from_stripe
from quarterday.ports.outcomes import (
    AttemptNews,
    DeclineCode,
    Declined,
    DisputeNews,
    DisputeState,
    MethodNews,
    News,
    OtherNews,
    PayoutNews,
    PayoutPart,
    PayoutState,
    RefundNews,
    Succeeded,
)

Object = Mapping[str, Any]

# The events to choose for the hook; docs/gateway-stripe.md names the same ones.
EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.canceled",
    "setup_intent.succeeded",
    "setup_intent.setup_failed",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "payment_method.automatically_updated",
    "payment_method.updated",
    "payment_method.detached",
    "mandate.updated",
)
_STATES = {
    "needs_response": DisputeState.OPENED,
    "under_review": DisputeState.OPENED,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
_PAYOUTS = {
    "paid": PayoutState.ARRIVED,
    "failed": PayoutState.FAILED,
    "canceled": PayoutState.FAILED,
}
_PARTS = {
    "charge": "payment",
    "payment": "payment",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund",
    "payment_failure_refund": "dispute",
    "stripe_fee": "fee",
    "stripe_fx_fee": "fee",
    "tax_fee": "fee",
}


def read_event(event: Object) -> News:
    """What an event says. Attempts are mostly only named: what became of them is looked up, so
    that it never matters in which order events arrive.

    What was made by another version of the API, and cannot be read, is kept as it is.
    """
    name, kind = str(event["id"]), str(event["type"])
    about: Object = event["data"]["object"]
    reader = _READERS.get(str(about.get("object")))
    try:
        return (reader(name, kind, about) if reader else None) or OtherNews(name, kind)
    except (BillingError, ValueError, KeyError, TypeError):
        return OtherNews(name, f"{kind}, which cannot be read")


def _read_session(event_id: str, kind: str, session: Object) -> News | None:
    attempt, reference = str(session.get("client_reference_id") or ""), str(session["id"])
    if not attempt:
        return None
    is_over = kind == "checkout.session.expired"
    over = Declined(DeclineCode.CANCELLED, reference) if is_over else None
    return AttemptNews(event_id, over, attempt, reference)


def _read_setup(event_id: str, kind: str, setup: Object) -> News | None:
    if not _attempt(setup) or kind == "setup_intent.created":
        return None
    return AttemptNews(event_id, None, _attempt(setup), str(setup["id"]))


def _read_method(event_id: str, kind: str, method: Object) -> News | None:
    if kind == "payment_method.attached":
        return None
    is_gone = kind == "payment_method.detached"
    return MethodNews(event_id, str(method["id"]), None if is_gone else describe_method(method))


def _read_mandate(event_id: str, kind: str, mandate: Object) -> News | None:
    if mandate.get("status") != "inactive":
        return None
    return MethodNews(event_id, str(mandate["payment_method"]), None)


def read_intent(event_id: str, kind: str, intent: Object) -> News | None:
    """A payment. Money is told with its amount, also where nobody of us asked for it."""
    attempt, reference = _attempt(intent), str(intent["id"])
    if intent["status"] == "succeeded" and not intent.get("setup_future_usage"):
        code = str(intent["currency"]).upper()
        outcome = Succeeded(reference, amount_minor=read_received(intent), currency=code)
        return AttemptNews(event_id, outcome, attempt, reference)
    if not attempt or kind == "payment_intent.created":
        return None
    return AttemptNews(event_id, None, attempt, reference)


def read_refund(event_id: str, kind: str, refund: Object) -> News:
    """A refund of ours, or one that somebody made at Stripe."""
    data: Object = refund.get("metadata") or {}
    return RefundNews(
        event_id,
        reference=_name(refund.get("payment_intent")) or _name(refund.get("charge")),
        refund_reference=str(refund["id"]),
        amount_minor=from_stripe(refund["amount"], refund["currency"]),
        outcome=tell_refund(refund),
        refund=str(data.get("refund", "")),
    )


def read_dispute(event_id: str, kind: str, dispute: Object) -> DisputeNews | None:
    """A dispute; None for an inquiry, which takes no money yet."""
    state = _STATES.get(str(dispute.get("status")))
    if state is None:
        return None
    details: Object = dispute.get("payment_method_details") or {}
    reason = str(dispute.get("reason") or "")
    if state is DisputeState.LOST and is_debit(str(details.get("type"))):
        # What a bank says of a debit decides whether it is collected again.
        state, reason = DisputeState.RETURNED, str(explain_decline({"reason": reason}).code)
    due = (dispute.get("evidence_details") or {}).get("due_by")
    return DisputeNews(
        event_id,
        reference=_name(dispute.get("payment_intent")) or _name(dispute.get("charge")),
        dispute_reference=str(dispute["id"]),
        state=state,
        amount_minor=from_stripe(dispute["amount"], dispute["currency"]),
        reason=reason,
        answer_by=_read_time(due).date() if due and state is DisputeState.OPENED else None,
        fee_minor=_sum_fees(dispute),
    )


def read_payout(payout: Object, movements: Iterator[Object]) -> PayoutNews:
    """A payout with its parts, which are balance transactions with their source expanded."""
    code = str(payout["currency"])
    moved = (one for one in movements if one["type"] != "payout")
    parts = tuple(part for one in moved for part in _read_parts(one))
    net = from_stripe(payout["amount"], code)
    if not parts:
        # Made by hand: Stripe does not say of what it consists.
        parts = (PayoutPart("other", str(payout["id"]), net),)
    status = str(payout["status"])
    return PayoutNews(
        f"{payout['id']}:{status}",
        reference=str(payout["id"]),
        state=_PAYOUTS.get(status, PayoutState.ANNOUNCED),
        currency=code.upper(),
        gross_minor=sum(one.gross_minor for one in parts),
        fee_minor=sum(one.fee_minor for one in parts),
        net_minor=net,
        arrives_on=_read_time(payout["arrival_date"]).date(),
        parts=parts,
    )


def _read_parts(movement: Object) -> Iterator[PayoutPart]:
    part = _read_part(movement)
    if part.kind == "dispute" and part.fee_minor > 0:
        # In another currency than the dispute, so its news cannot tell it.
        yield replace(part, fee_minor=0)
        part = PayoutPart("fee", part.reference, 0, part.fee_minor)
    yield part


def _read_part(movement: Object) -> PayoutPart:
    code = str(movement["currency"])
    amount, fee = from_stripe(movement["amount"], code), from_stripe(movement["fee"], code)
    source = movement.get("source")
    kind = _PARTS.get(str(movement["type"]), "other")
    about = source.get("object") if isinstance(source, Mapping) else ""
    reference = _name(source) or str(movement["id"])
    if kind == "fee":
        # Taken on its own, not from a payment.
        return PayoutPart("fee", reference, 0, fee - amount)
    if about == "dispute":
        assert isinstance(source, Mapping)
        if source["currency"] == code and fee > 0:
            # Its fee was told with the dispute, and is told once.
            amount, fee = amount - fee, 0
        return PayoutPart("dispute", reference, amount, fee)
    if kind == "payment" and isinstance(source, Mapping):
        reference = _name(source.get("payment_intent")) or reference
    return PayoutPart(kind, reference, amount, fee)


def _sum_fees(dispute: Object) -> int:
    """What the dispute cost by now, as far as it is in the same currency."""
    code = str(dispute["currency"])
    rows = [one for one in dispute.get("balance_transactions") or [] if one["currency"] == code]
    return from_stripe(sum(max(0, int(one["fee"])) for one in rows), code)


def _attempt(intent: Object) -> str:
    data: Object = intent.get("metadata") or {}
    return str(data.get("attempt", ""))


def _name(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("id", ""))
    return str(value or "")


def _read_time(seconds: int) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


_READERS: Mapping[str, Callable[[str, str, Object], News | None]] = {
    "payment_intent": read_intent,
    "checkout.session": _read_session,
    "setup_intent": _read_setup,
    "refund": read_refund,
    "dispute": read_dispute,
    "payment_method": _read_method,
    "mandate": _read_mandate,
}
