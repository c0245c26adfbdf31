"""What events of GoCardless mean; most only say that something is to be looked up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from quarterday.core.money import allocate
from quarterday.gateways.gocardless_api import GoCardlessApi, Row, links_of, metadata_of
from quarterday.gateways.gocardless_words import (
    describe_mandate,
    find_code,
    read_date,
    read_fraction,
    tell_failure,
    tell_refund,
    was_paid,
)
from quarterday.ports.outcomes import (
    AttemptNews,
    DisputeNews,
    DisputeState,
    MethodNews,
    News,
    OtherNews,
    PayoutNews,
    PayoutPart,
    PayoutState,
    RefundNews,
)

_MANDATE_ENDS = ("cancelled", "failed", "expired", "blocked", "consumed", "suspended_by_payer")
_PAYOUT_STATES = {
    "pending": PayoutState.ANNOUNCED,
    "paid": PayoutState.ARRIVED,
    "bounced": PayoutState.FAILED,
}
_PART_KINDS = {
    "payment_paid_out": "payment",
    "payment_failed": "dispute",
    "payment_charged_back": "dispute",
    "payment_refunded": "refund",
    "refund": "refund",
    "refund_funds_returned": "refund",
}
_FEES = ("gocardless_fee", "app_fee", "surcharge_fee", "revenue_share")


def read_event(api: GoCardlessApi, event: Row) -> News:
    """What an event says; where it only links to something, that is asked for."""
    match event.get("resource_type"):
        case "payments":
            return _read_payment(api, event)
        case "mandates":
            return _read_mandate(api, event)
        case "billing_requests":
            request = links_of(event).get("billing_request", "")
            return AttemptNews(str(event["id"]), None, _attempt_of(event), request)
        case "refunds":
            return _read_refund(api, event)
        case "payouts" if event.get("action") == "paid":
            payout = api.get("payouts", links_of(event).get("payout", "-"))
            if payout is not None:
                return read_payout(api, payout, str(event["id"]))
    return _other(event)


def _read_payment(api: GoCardlessApi, event: Row) -> News:
    """Later than paid, a failure takes the money back; before, nobody had it yet."""
    payment, details = links_of(event).get("payment", ""), event.get("details") or {}
    outcome = None
    match event.get("action"):
        case "charged_back":
            return _dispute(api, event, "charged_back", DisputeState.RETURNED)
        case "chargeback_cancelled":
            return _dispute(api, event, "charged_back", DisputeState.WON)
        case "late_failure_settled":
            return _dispute(api, event, "failed", DisputeState.RETURNED)
        case "chargeback_settled" | "surcharge_fee_debited":
            return _other(event)
        case "failed" if not details.get("will_attempt_retry"):
            if was_paid(api.list("events", payment=payment)):
                return _dispute(api, event, "failed", DisputeState.RETURNED)
            outcome = tell_failure(details, payment)
    return AttemptNews(str(event["id"]), outcome, _attempt_of(event), payment)


def _dispute(api: GoCardlessApi, event: Row, cause: str, state: DisputeState) -> News:
    """A bank took a payment back, or gave it back after all; each counts once for a payment."""
    payment = api.get("payments", links_of(event).get("payment", "-"))
    if payment is None:
        return _other(event)
    reference = str(payment["id"])
    return DisputeNews(
        str(event["id"]),
        reference,
        f"{reference}:{cause}",
        state,
        int(payment["amount"]),
        # What follows from it depends on this: to try again, or to give the mandate up.
        str(find_code(event.get("details") or {})),
        attempt=metadata_of(payment).get("attempt", ""),
    )


def _read_mandate(api: GoCardlessApi, event: Row) -> News:
    event_id, links = str(event["id"]), links_of(event)
    mandate, action = links.get("mandate", ""), event.get("action")
    if action in _MANDATE_ENDS:
        return MethodNews(event_id, mandate, None)
    if action in ("replaced", "transferred"):
        new = links.get("new_mandate") or mandate
        return MethodNews(event_id, mandate, describe_mandate(api, new))
    return _other(event)


def _read_refund(api: GoCardlessApi, event: Row) -> News:
    refund = api.get("refunds", links_of(event).get("refund", "-"))
    payment = links_of(refund or {}).get("payment", "")
    if refund is None or not payment:
        return _other(event)
    return RefundNews(
        str(event["id"]),
        payment,
        str(refund["id"]),
        int(refund["amount"]),
        tell_refund(refund),
        metadata_of(refund).get("refund", ""),
    )


def read_payout(api: GoCardlessApi, payout: Row, event_id: str) -> PayoutNews:
    """A payout with its items: payments and refunds in full, and the fees of each."""
    net, fee = int(payout["amount"]), int(payout.get("deducted_fees") or 0)
    reference = str(payout["id"])
    arrives_on = read_date(payout.get("arrival_date")) or read_date(payout["created_at"])
    return PayoutNews(
        event_id,
        reference,
        _PAYOUT_STATES.get(str(payout["status"]), PayoutState.ANNOUNCED),
        str(payout["currency"]),
        net + fee,
        fee,
        net,
        arrives_on or date.min,
        tuple(_read_parts(api, reference, net + fee, fee)),
    )


def _read_parts(api: GoCardlessApi, payout: str, gross: int, fee: int) -> Iterator[PayoutPart]:
    """The items, so that they sum to the payout: fees have tenths of a minor unit there."""
    moved: dict[tuple[str, str], Decimal] = {}
    fees: dict[str, Decimal] = {}
    for item in api.list("payout_items", payout=payout):
        links, kind = links_of(item), str(item.get("type"))
        amount = read_fraction(item.get("amount"))
        about = links.get("payment") or links.get("refund") or ""
        if kind in _FEES:
            fees[about] = fees.get(about, Decimal()) - amount
        else:
            mine = links.get("refund") or about
            if _PART_KINDS.get(kind) == "dispute":
                # As the dispute itself is called.
                mine = f"{about}:{kind.removeprefix('payment_')}"
            key = (_PART_KINDS.get(kind, "other"), mine)
            moved[key] = moved.get(key, Decimal()) + amount
    split = allocate(fee, [Fraction(max(one, Decimal())) for one in fees.values()]) if fees else []
    kept = dict(zip(fees, split, strict=True))
    for (kind, reference), amount in moved.items():
        own = kept.pop(reference, 0) if kind == "payment" else 0
        gross -= int(amount)
        yield PayoutPart(kind, reference, int(amount), own)
    for reference, rest in kept.items():
        yield PayoutPart("fee", reference, 0, rest)
    if gross:
        yield PayoutPart("other", "", gross)


def _attempt_of(event: Row) -> str:
    return str((event.get("resource_metadata") or {}).get("attempt", ""))


def _other(event: Row) -> OtherNews:
    return OtherNews(str(event["id"]), f"{event.get('resource_type')}.{event.get('action')}")
