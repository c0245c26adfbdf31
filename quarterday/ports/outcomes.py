"""What gateways answer and report, as plain data; what follows from it is decided by services.

Texts are English and marked with `gettext_noop`; whoever shows them translates them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return text


class FieldKind(StrEnum):
    """What is asked of the payer, which decides keyboard, autofill and how it is masked."""

    TEXT = "text"
    NAME = "name"
    CARD_NUMBER = "card_number"
    CARD_EXPIRY = "card_expiry"
    CARD_CODE = "card_code"
    IBAN = "iban"


@dataclass(frozen=True)
class Field:
    """One thing that the payer fills in. What is typed is handed on, and never kept."""

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    hint: str = ""
    is_required: bool = True


@dataclass(frozen=True)
class DebitMandate:
    """A mandate that we keep ourselves, for debits that go straight to the bank.

    ``iban`` is stored encrypted, and opened only where a file for the bank is written.
    """

    reference: str
    holder: str
    iban: str = field(repr=False)
    signed_on: date
    bic: str = ""
    scheme: str = "CORE"
    evidence: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class KeptMethod:
    """A way to pay that the gateway keeps: its name for it, and how people know it again.

    ``token`` names it, never a card number. ``data`` is what else the gateway needs to charge it,
    such as its own id of the customer. ``mandate`` is there where the gateway keeps nothing.
    """

    token: str
    kind: str
    label: str
    expires_on: date | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    mandate: DebitMandate | None = None


@dataclass(frozen=True)
class Detail:
    """One line of what the payer needs to know; ``is_copied`` offers to copy the value.

    An amount says so, and is written as the reader writes amounts.
    """

    label: str
    value: str
    is_copied: bool = True
    is_amount: bool = False


@dataclass(frozen=True)
class Instructions:
    """What the payer has to do elsewhere; ``qr`` is the content of a code that does it."""

    text: str
    details: tuple[Detail, ...] = ()
    qr: str = ""
    qr_text: str = ""


class DeclineCode(StrEnum):
    """Why no money moved. After ``UNAVAILABLE`` and ``NOT_RECEIVED`` nobody was even asked."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED = "expired"
    WRONG_DETAILS = "wrong_details"
    NOT_AUTHENTICATED = "not_authenticated"
    CANCELLED = "cancelled"
    LOST_OR_STOLEN = "lost_or_stolen"
    LIMIT = "limit"
    METHOD_REVOKED = "method_revoked"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    NOT_RECEIVED = "not_received"


# What the payer is told, in words that blame nobody.
DECLINE_TEXTS: Mapping[str, str] = {
    DeclineCode.INSUFFICIENT_FUNDS: gettext_noop("The bank says that there is not enough money."),
    DeclineCode.EXPIRED: gettext_noop("The card has expired."),
    DeclineCode.WRONG_DETAILS: gettext_noop("The bank does not know these details."),
    DeclineCode.NOT_AUTHENTICATED: gettext_noop("The bank asked for a confirmation and got none."),
    DeclineCode.CANCELLED: gettext_noop("The payment was cancelled before it was finished."),
    DeclineCode.LOST_OR_STOLEN: gettext_noop("The bank has blocked this card."),
    DeclineCode.LIMIT: gettext_noop("The amount is above a limit of the card or account."),
    DeclineCode.METHOD_REVOKED: gettext_noop("This way to pay can no longer be used."),
    DeclineCode.REFUSED: gettext_noop("The bank refused the payment and did not say why."),
    DeclineCode.UNAVAILABLE: gettext_noop("The payment service cannot be reached right now."),
    DeclineCode.NOT_RECEIVED: gettext_noop("The payment never reached the payment service."),
}


@dataclass(frozen=True)
class Redirect:
    """The payer has to confirm at ``url``, and comes back to the intent's ``return_url``.

    ``is_approved`` says that they have confirmed already: asked as if they were back, the gateway
    completes it.
    """

    url: str
    reference: str = ""
    is_approved: bool = False


@dataclass(frozen=True)
class NeedsFields:
    """The gateway needs (more) from the payer: a code that was texted, a corrected number."""

    fields: tuple[Field, ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""


@dataclass(frozen=True)
class Succeeded:
    """The money is promised for good, or the method is kept.

    ``amount_minor`` is given where it may differ from what was asked for; ``fee_minor`` is what
    the gateway keeps, in the same currency. ``currency`` is said wherever the gateway says it, so
    that an amount is never taken for one of another currency.
    """

    reference: str
    method: KeptMethod | None = None
    amount_minor: int | None = None
    fee_minor: int | None = None
    currency: str = ""


@dataclass(frozen=True)
class Pending:
    """It is on its way and takes days: a debit at the bank, or a transfer of the payer."""

    reference: str = ""
    instructions: Instructions | None = None
    method: KeptMethod | None = None
    expected_on: date | None = None


@dataclass(frozen=True)
class Declined:
    """No money moved, and none will. ``is_final`` says that trying again is of no use."""

    code: DeclineCode
    reference: str = ""
    is_final: bool = False
    message: str = ""


@dataclass(frozen=True)
class Unknown:
    """The gateway was asked, and what became of it is not known; it is looked up later."""

    reason: str
    reference: str = ""


Outcome = Redirect | NeedsFields | Succeeded | Pending | Declined | Unknown


@dataclass(frozen=True)
class AttemptNews:
    """An attempt went on. It is named by our id or the gateway's reference.

    Without an ``outcome`` the gateway only says that there is one: it is looked up.
    """

    event_id: str
    outcome: Outcome | None
    attempt: str = ""
    reference: str = ""


@dataclass(frozen=True)
class RefundNews:
    """A refund went on, or somebody made one at the gateway."""

    event_id: str
    reference: str
    refund_reference: str
    amount_minor: int
    outcome: Outcome
    refund: str = ""


class DisputeState(StrEnum):
    """How far a dispute is; ``RETURNED`` is money taken back without a chance to object."""

    OPENED = "opened"
    WON = "won"
    LOST = "lost"
    RETURNED = "returned"


@dataclass(frozen=True)
class DisputeNews:
    """A payment that had succeeded is taken back, by the payer or by a bank."""

    event_id: str
    reference: str
    dispute_reference: str
    state: DisputeState
    amount_minor: int
    reason: str = ""
    answer_by: date | None = None
    fee_minor: int = 0
    attempt: str = ""


@dataclass(frozen=True)
class MethodNews:
    """A kept method was renewed by its bank, or can no longer be charged (``method`` is None).

    A ``method`` with another token takes the place of the one called ``token``.
    """

    event_id: str
    token: str
    method: KeptMethod | None


class PayoutState(StrEnum):
    """How far a payout is; ``FAILED`` money stays with the gateway."""

    ANNOUNCED = "announced"
    ARRIVED = "arrived"
    FAILED = "failed"


@dataclass(frozen=True)
class PayoutPart:
    """One movement within a payout: signed minor units, and the fee that was kept of it.

    ``kind`` is payment, refund, dispute, fee or other; ``reference`` is what the gateway calls
    the payment or refund. A dispute by the name that its news have is given the fee of it here or
    there; by any other name its fee is a part of its own, of kind fee.
    """

    kind: str
    reference: str
    gross_minor: int
    fee_minor: int = 0


@dataclass(frozen=True)
class PayoutNews:
    """Money that the gateway sends to the bank; gross less fee is net."""

    event_id: str
    reference: str
    state: PayoutState
    currency: str
    gross_minor: int
    fee_minor: int
    net_minor: int
    arrives_on: date
    parts: tuple[PayoutPart, ...] = ()


@dataclass(frozen=True)
class OtherNews:
    """An event that nothing follows from; it is kept all the same."""

    event_id: str
    kind: str


News = AttemptNews | RefundNews | DisputeNews | MethodNews | PayoutNews | OtherNews
