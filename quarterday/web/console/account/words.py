"""Payments, credit and their states, as staff say them."""

from __future__ import annotations

from quarterday.core.lifecycle import PaymentState
from quarterday.store.models import Payment, PaymentKind
from quarterday.store.queries.portal.credit import CreditMove
from quarterday.web.kit.templatetags.kit import pill

_DEDUCTIONS = {
    "expired": "Expired",
    "reversed": "Taken back with what it came from",
    "deducted": "Taken back",
    "refunded": "Paid out",
}
_KINDS = {
    PaymentKind.RESTORED: "came back after a dispute",
    PaymentKind.RETURNED: "came back from a refund",
}


_STEPS = {
    "restrict": "restriction of the service",
    "suspend": "suspension of the service",
    "terminate": "end of the service",
    "collections": "handing to collections",
    "write_off": "write-off",
    "fee": "late fee",
    "task": "task for staff",
    "webhook": "word to another program",
}


def name_step(action: str, template: str = "", step: str = "") -> str:
    """A step of reminding as people call it: by its consequence, or by what it says."""
    return _STEPS.get(action) or (template or action or step).replace("_", " ")


def tell_payment_state(payment: Payment) -> str:
    """The state of a payment as a pill."""
    return pill(str(payment.status))


def tell_payment(payment: Payment) -> str:
    """How a payment came."""
    how = payment.method.replace("_", " ").capitalize()
    said = _KINDS.get(PaymentKind(payment.kind), "")
    return f"{how}; {said}" if said else how


def is_gone(payment: Payment) -> bool:
    """Whether none of it is here any more."""
    return payment.status in (PaymentState.REFUNDED, PaymentState.FAILED)


def tell_credit(move: CreditMove) -> str:
    """Why credit came or went."""
    if move.kind == "use":
        return "Used for"
    if move.kind == "deduction":
        said = _DEDUCTIONS[move.sort]
    else:
        said = move.sort.replace("_", " ").capitalize()
    return f"{said}: {move.reason}" if move.reason else said
