"""A transfer that the payer makes at their own bank; it is paid when the bank shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from quarterday.core.credit_transfer import make_transfer_code, show_iban
from quarterday.core.creditor_reference import show_creditor_reference
from quarterday.core.money import currency, format_minor
from quarterday.ports.gateway import (
    Ability,
    BadSignature,
    Choice,
    Intent,
    Purpose,
    RefundIntent,
    Setting,
)
from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    Detail,
    Instructions,
    KeptMethod,
    News,
    Outcome,
    Pending,
    gettext_noop,
)


class BankTransfer:
    """Says where to send the money, in a form that banking apps read."""

    code: ClassVar[str] = "bank_transfer"
    name: ClassVar[str] = gettext_noop("Bank transfer")
    currencies: ClassVar[frozenset[str]] = frozenset()
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("holder", "Who owns the account; by default the seller's name.", is_required=False),
        Setting("iban", "By default that of the brand."),
        Setting("bic", "By default that of the brand.", is_required=False),
        Setting("bank", "By default that of the brand.", is_required=False),
    )
    is_test: ClassVar[bool] = False
    hook_answer: ClassVar[str] = "ok"

    def __init__(self, config: Mapping[str, str]) -> None:
        self._holder, self._iban = config.get("holder", ""), config.get("iban", "")
        self._bic, self._bank = config.get("bic", ""), config.get("bank", "")

    def list_choices(self, currency: str) -> Sequence[Choice]:
        """One, once there is an account to send money to."""
        if not self._iban:
            return ()
        hint = gettext_noop("You get the bank details; it takes one or two working days.")
        return (
            Choice(
                "transfer",
                gettext_noop("Bank transfer"),
                frozenset({Ability.PAY, Ability.INSTRUCT}),
                hint=hint,
            ),
        )

    def check_fields(self, choice: str, fields: Mapping[str, str], now: datetime) -> dict[str, str]:
        """Nothing is asked."""
        return {}

    def start(self, intent: Intent) -> Outcome:
        """Where to send what, with a reference that says what it is for."""
        if intent.purpose is not Purpose.PAY or not self._iban:
            return Declined(DeclineCode.UNAVAILABLE, is_final=True)
        return Pending(intent.creditor_reference, self._instruct(intent))

    def look_up(self, intent: Intent) -> Outcome:
        """Only the bank statement knows, so it is still awaited."""
        return Pending(intent.reference or intent.creditor_reference)

    def refund(self, intent: RefundIntent) -> Outcome:
        """People make it at their bank."""
        return Declined(DeclineCode.UNAVAILABLE, intent.reference, is_final=True)

    def look_up_refund(self, intent: RefundIntent) -> Outcome:
        """There is none to look up."""
        return Declined(DeclineCode.NOT_RECEIVED, intent.reference)

    def forget(self, method: KeptMethod) -> None:
        """Nothing is kept."""

    def parse_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[News]:
        """Nobody sends any."""
        raise BadSignature("bank transfers have no events; record what the bank shows")

    def _instruct(self, intent: Intent) -> Instructions:
        amount = format_minor(intent.amount_minor, currency(intent.currency))
        details = [
            Detail(gettext_noop("Account holder"), self._holder),
            Detail(gettext_noop("IBAN"), show_iban(self._iban)),
            Detail(gettext_noop("BIC"), self._bic),
            Detail(gettext_noop("Bank"), self._bank, is_copied=False),
            Detail(gettext_noop("Amount"), f"{amount} {intent.currency}", is_amount=True),
            Detail(gettext_noop("Reference"), show_creditor_reference(intent.creditor_reference)),
        ]
        return Instructions(
            gettext_noop(
                "Transfer the amount to this account. Give the reference exactly as it stands "
                "here, so that the money finds its invoice."
            ),
            tuple(one for one in details if one.value),
            self._code(intent),
            gettext_noop("Scan it with your banking app; it fills in the transfer."),
        )

    def _code(self, intent: Intent) -> str:
        if intent.currency != "EUR":
            return ""
        return make_transfer_code(
            holder=self._holder,
            iban=self._iban,
            bic=self._bic,
            amount_minor=intent.amount_minor,
            reference=intent.creditor_reference,
        )
