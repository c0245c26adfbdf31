"""What the sandbox can be made to say: signed JSON, such as somebody's server would send.

Every event has ``id``, ``at`` and ``kind``. The rest depends on the kind:

- ``attempt``: ``attempt``, ``status`` (succeeded or failed);
- ``refund``: ``reference`` of the payment, ``refund_reference``, ``refund`` (our id, if it is one
  of ours), ``amount_minor``, ``status`` (succeeded, pending or failed);
- ``dispute``: ``attempt``, ``dispute``, ``state`` (opened, won, lost or returned),
  ``amount_minor``, ``fee_minor``, ``reason``;
- ``method``: ``token``, and ``renewed`` with label and date, or nothing if it is revoked;
- ``payout``: ``reference``, ``state``, ``currency``, ``arrives_on``, and ``parts`` of kind,
  reference, gross_minor and fee_minor.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from quarterday.ports.gateway import BadSignature
from quarterday.ports.outcomes import (
    AttemptNews,
    DeclineCode,
    Declined,
    DisputeNews,
    DisputeState,
    KeptMethod,
    MethodNews,
    News,
    OtherNews,
    Outcome,
    PayoutNews,
    PayoutPart,
    PayoutState,
    Pending,
    RefundNews,
    Succeeded,
)

Said = Mapping[str, Any]
_OLDEST = timedelta(minutes=5)


def sign(secret: str, body: bytes) -> str:
    """The signature of a body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def check_signature(secret: str, given: str, body: bytes) -> None:
    """Raise `BadSignature` unless whoever sends it knows the secret."""
    if not secret:
        raise BadSignature("the sandbox has no hook_secret, so it takes no events; set one")
    if not hmac.compare_digest(sign(secret, body).encode(), given.encode()):
        raise BadSignature("the signature of the event is wrong; check hook_secret")


def read_event(body: bytes, now: datetime) -> News:
    """What an event says, whose signature was right; raises `BadSignature` for an old one."""
    try:
        said: Said = json.loads(body)
        event_id, at = str(said["id"]), datetime.fromisoformat(said["at"])
        if abs(now - at) > _OLDEST:
            raise BadSignature("the event is too old to be taken; send it anew")
        reader = _READERS.get(str(said.get("kind")))
        return reader(event_id, said) if reader else OtherNews(event_id, str(said.get("kind")))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadSignature(
            "the event cannot be read; send id, at, kind and what it needs"
        ) from None


def _read_attempt(event_id: str, said: Said) -> News:
    reference = str(said.get("reference", ""))
    outcome = _tell(said, reference, DeclineCode.INSUFFICIENT_FUNDS)
    return AttemptNews(event_id, outcome, str(said.get("attempt", "")), reference)


def _read_refund(event_id: str, said: Said) -> News:
    name = str(said["refund_reference"])
    outcome = _tell(said, name, DeclineCode.REFUSED)
    amount = int(said["amount_minor"])
    own = str(said.get("refund", ""))
    return RefundNews(event_id, str(said["reference"]), name, amount, outcome, own)


def _read_dispute(event_id: str, said: Said) -> News:
    return DisputeNews(
        event_id,
        reference=str(said.get("reference", "")),
        dispute_reference=str(said["dispute"]),
        state=DisputeState(said["state"]),
        amount_minor=int(said["amount_minor"]),
        reason=str(said.get("reason", "")),
        fee_minor=int(said.get("fee_minor", 0)),
        attempt=str(said.get("attempt", "")),
    )


def _read_method(event_id: str, said: Said) -> News:
    token, renewed = str(said["token"]), said.get("renewed")
    method = None
    if renewed:
        until = date.fromisoformat(renewed["expires_on"])
        method = KeptMethod(token, str(renewed["kind"]), str(renewed["label"]), until)
    return MethodNews(event_id, token, method)


def _read_payout(event_id: str, said: Said) -> News:
    parts = tuple(
        PayoutPart(
            str(one["kind"]), str(one["reference"]), int(one["gross_minor"]), int(one["fee_minor"])
        )
        for one in said["parts"]
    )
    gross = sum(one.gross_minor for one in parts)
    fee = sum(one.fee_minor for one in parts)
    return PayoutNews(
        event_id,
        reference=str(said["reference"]),
        state=PayoutState(said["state"]),
        currency=str(said["currency"]),
        gross_minor=gross,
        fee_minor=fee,
        net_minor=gross - fee,
        arrives_on=date.fromisoformat(said["arrives_on"]),
        parts=parts,
    )


def _tell(said: Said, reference: str, code: DeclineCode) -> Outcome:
    match said.get("status"):
        case "succeeded":
            return Succeeded(reference)
        case "pending":
            return Pending(reference)
        case _:
            return Declined(code, reference, is_final=said["kind"] == "refund")


_READERS: Mapping[str, Callable[[str, Said], News]] = {
    "attempt": _read_attempt,
    "refund": _read_refund,
    "dispute": _read_dispute,
    "method": _read_method,
    "payout": _read_payout,
}
