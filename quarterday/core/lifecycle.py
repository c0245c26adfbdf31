"""What may happen to a subscription, an invoice, a payment and a credit note, as data.

A state moves by one verb to one other state. Everything that is not listed is illegal, so a new
verb is a new line here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from quarterday.core.errors import BillingError


class IllegalMove(BillingError):  # noqa: N818  named for what it says
    """A verb that the state of a thing does not allow."""


class Kind(StrEnum):
    """What has a lifecycle."""

    SUBSCRIPTION = "subscription"
    INVOICE = "invoice"
    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"


class SubscriptionState(StrEnum):
    """``cancelling`` runs until its last day and can be undone; ``ended`` ran out by its term."""

    PENDING = "pending"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    ENDED = "ended"


class InvoiceState(StrEnum):
    """``open`` is issued and not yet fully paid."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    WRITTEN_OFF = "written_off"


class PaymentState(StrEnum):
    """``pending`` is asked for and not yet answered."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class CreditNoteState(StrEnum):
    """``open`` is issued and not yet fully used; ``settled`` is used or refunded."""

    DRAFT = "draft"
    OPEN = "open"
    SETTLED = "settled"
    VOID = "void"


# kind: verb: (states it may start from, state it leads to)
_VERBS: dict[Kind, dict[str, tuple[str, str]]] = {
    Kind.SUBSCRIPTION: {
        "start_trial": ("pending", "trialing"),
        "activate": ("pending trialing", "active"),
        "pause": ("active", "paused"),
        "resume": ("paused", "active"),
        "schedule_cancel": ("pending trialing active", "cancelling"),
        "undo_cancel": ("cancelling", "active"),
        "return_to_trial": ("cancelling", "trialing"),
        "return_to_pending": ("cancelling", "pending"),
        "cancel": ("pending trialing active paused cancelling", "cancelled"),
        "end": ("trialing active paused cancelling", "ended"),
    },
    Kind.INVOICE: {
        "issue": ("draft", "open"),
        "settle": ("open written_off", "paid"),
        "reopen": ("paid", "open"),
        "void": ("draft open", "void"),
        "write_off": ("open", "written_off"),
    },
    Kind.PAYMENT: {
        "succeed": ("pending", "succeeded"),
        "fail": ("pending", "failed"),
        "bounce": ("succeeded", "failed"),
        "refund_part": ("succeeded partially_refunded", "partially_refunded"),
        "refund": ("succeeded partially_refunded", "refunded"),
        "dispute": ("succeeded partially_refunded", "disputed"),
        "win_dispute": ("disputed", "succeeded"),
        "lose_dispute": ("disputed", "refunded"),
    },
    Kind.CREDIT_NOTE: {
        "issue": ("draft", "open"),
        "settle": ("open", "settled"),
        "reopen": ("settled", "open"),
        "void": ("draft open", "void"),
    },
}

STATES: Mapping[Kind, frozenset[str]] = {
    Kind.SUBSCRIPTION: frozenset(SubscriptionState),
    Kind.INVOICE: frozenset(InvoiceState),
    Kind.PAYMENT: frozenset(PaymentState),
    Kind.CREDIT_NOTE: frozenset(CreditNoteState),
}


def _moves(verbs: Mapping[str, tuple[str, str]], state: str) -> dict[str, str]:
    return {verb: to for verb, (starts, to) in verbs.items() if state in starts.split()}


MOVES: Mapping[Kind, Mapping[str, Mapping[str, str]]] = {
    kind: {state: _moves(_VERBS[kind], state) for state in sorted(states)}
    for kind, states in STATES.items()
}


def move(kind: str, state: str, verb: str) -> str:
    """The state that a verb leads to.

    Raises `IllegalMove`, which names the state, the verb and what is allowed instead.

    >>> move("subscription", "active", "pause")
    'paused'
    >>> move("invoice", "void", "settle")
    Traceback (most recent call last):
    quarterday.core.lifecycle.IllegalMove: a void invoice cannot settle; it allows nothing more
    """
    try:
        allowed = MOVES[Kind(kind)][state]
    except (KeyError, ValueError):
        raise IllegalMove(f"{state!r} is no state of a {kind}") from None
    if verb not in allowed:
        instead = ", ".join(sorted(allowed)) or "nothing more"
        article = "an" if state[0] in "aeiou" else "a"
        words = f"{article} {state} {kind} cannot {verb}; it allows {instead}"
        raise IllegalMove(words.replace("_", " "))
    return allowed[verb]
