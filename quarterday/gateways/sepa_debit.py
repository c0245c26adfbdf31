"""SEPA direct debit straight at the seller's bank: no provider, and nobody is asked.

A mandate is given by typing holder and IBAN; what is to be collected waits until it is written
into a file for the bank, and the statement says what became of it. So the only answer that this
gateway gives is that a debit is on its way, and until when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar

from stdnum import bic as bic_numbers
from stdnum import iban as iban_numbers
from stdnum.eu import at_02
from stdnum.exceptions import ValidationError

from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.core.sepa import (
    clean_sepa_text,
    make_end_to_end_id,
    make_mandate_reference,
    plan_collection,
)
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
    DebitMandate,
    DeclineCode,
    Declined,
    Field,
    FieldKind,
    KeptMethod,
    NeedsFields,
    News,
    Outcome,
    Pending,
    Succeeded,
    gettext_noop,
)

# Banks count their days in the time of Frankfurt.
_ZONE = "Europe/Berlin"
_MOST_DAYS = 30
# Countries whose accounts can be debited: the SEPA area.
AREA = frozenset(
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT "
    "NL NO PL PT RO RS SE SI SK SM VA".split()
)
# What the payer agrees to; kept with the mandate, as its evidence.
CORE_TEXT = gettext_noop(
    "By continuing you authorise the creditor named below to collect payments from your account, "
    "and your bank to pay them. You can claim each one back from your bank within eight weeks. We "
    "tell you the amount and the day before each time."
)
B2B_TEXT = gettext_noop(
    "By continuing you authorise the creditor named below to collect payments from your business "
    "account, and your bank to pay them. You cannot claim them back once they are paid. Confirm "
    "this mandate to your bank. We tell you the amount and the day before each time."
)


class SepaDebit:
    """Mandates for direct debits in euros, collected by files that the seller's bank takes."""

    code: ClassVar[str] = "sepa_debit"
    name: ClassVar[str] = gettext_noop("SEPA direct debit")
    currencies: ClassVar[frozenset[str]] = frozenset({"EUR"})
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("creditor_id", "The creditor identifier that the central bank gave the seller."),
        Setting("iban", "Where the money goes; by default that of the brand."),
        Setting("holder", "Who collects; by default the seller's name.", is_required=False),
        Setting("bic", "Of that account; by default that of the brand.", is_required=False),
        Setting("scheme", "CORE, or B2B for businesses only.", is_required=False),
        Setting("lead_days", "Bank days from giving the file to the day.", is_required=False),
        Setting("notice_days", "Days from telling the payer to the day.", is_required=False),
        Setting("announce", "mail, or invoice where that says it.", is_required=False),
        Setting("format", "pain.008.001.02 or pain.008.001.08.", is_required=False),
        Setting("return_fee_product", "What the bank's fee is sold as.", is_required=False),
        Setting("use_first", "yes marks the first debit FRST, no RCUR.", is_required=False),
    )
    is_test: ClassVar[bool] = False
    hook_answer: ClassVar[str] = "ok"

    def __init__(self, config: Mapping[str, str]) -> None:
        self.creditor_id = config.get("creditor_id", "").replace(" ", "")
        self.holder, self.iban = config.get("holder", ""), config.get("iban", "").replace(" ", "")
        self.bic = config.get("bic", "").replace(" ", "")
        self.scheme = config.get("scheme", "CORE").upper()
        self.lead_days = _read_days(config, "lead_days", 1, 2)
        self.is_announced = config.get("announce", "mail") == "mail"
        self.notice_days = _read_days(config, "notice_days", 1, 14)
        self.format = config.get("format", "pain.008.001.02")
        self.use_first = config.get("use_first", "yes") == "yes"
        _check(self, config)

    def list_choices(self, currency: str) -> Sequence[Choice]:
        """One, in euros, once the seller may collect."""
        if currency != "EUR" or not (self.creditor_id and self.iban):
            return ()
        able = frozenset({Ability.PAY, Ability.SAVE, Ability.CHARGE})
        return (Choice("debit", self.name, able, self._fields, self._text),)

    def check_fields(self, choice: str, fields: Mapping[str, str], now: datetime) -> dict[str, str]:
        """Whether the number can be right, and its country's banks can be debited."""
        errors = {}
        if not clean_sepa_text(fields.get("holder", ""), 70):
            errors["holder"] = gettext_noop("Enter the name of the account holder.")
        try:
            iban = iban_numbers.validate(fields.get("iban", ""))
        except ValidationError:
            errors["iban"] = gettext_noop("This IBAN cannot be right. Compare it with your card.")
        else:
            if iban[:2] not in AREA:
                errors["iban"] = gettext_noop(
                    "Accounts in this country cannot be debited in euros."
                )
        if given := fields.get("bic", "").strip():
            try:
                bic_numbers.validate(given)
            except ValidationError:
                errors["bic"] = gettext_noop("A BIC has 8 or 11 signs.")
        return errors

    def start(self, intent: Intent) -> Outcome:
        """Keep a mandate, or say when it will be collected; the same for the same intent."""
        if intent.reference:
            return self._wait(intent, None)
        if intent.purpose is Purpose.PAY and intent.currency != "EUR":
            return Declined(DeclineCode.WRONG_DETAILS, is_final=True)
        if intent.method is not None:
            return self._wait(intent, None)
        errors = self.check_fields(intent.choice, intent.fields, intent.now)
        if errors:
            return NeedsFields(self._fields, errors)
        method = self._keep(intent)
        if intent.purpose is Purpose.SAVE:
            return Succeeded(make_end_to_end_id(intent.id), method)
        return self._wait(intent, method)

    def look_up(self, intent: Intent) -> Outcome:
        """Only the statement knows, so it is still awaited; nothing was heard without reference."""
        if not intent.reference:
            return Declined(DeclineCode.NOT_RECEIVED)
        if intent.purpose is Purpose.SAVE:
            return Succeeded(intent.reference)
        return Pending(intent.reference)

    def refund(self, intent: RefundIntent) -> Outcome:
        """People transfer it back at their bank."""
        return Declined(DeclineCode.UNAVAILABLE, intent.reference, is_final=True)

    def look_up_refund(self, intent: RefundIntent) -> Outcome:
        """There is none to look up."""
        return Declined(DeclineCode.NOT_RECEIVED, intent.reference)

    def forget(self, method: KeptMethod) -> None:
        """Nobody else keeps anything."""

    def parse_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[News]:
        """Nobody sends any."""
        raise BadSignature("direct debits have no events; import what the bank states")

    def plan(self, now: datetime) -> date:
        """The day on which a debit that is decided now can be collected."""
        notice = self.notice_days if self.is_announced else 0
        return plan_collection(local_date(now, _ZONE), lead_days=self.lead_days, notice_days=notice)

    @property
    def _text(self) -> str:
        return B2B_TEXT if self.scheme == "B2B" else CORE_TEXT

    @property
    def _fields(self) -> tuple[Field, ...]:
        """Beside the number stands who may debit it."""
        return (
            Field("holder", gettext_noop("Account holder"), FieldKind.NAME),
            Field(
                "iban", gettext_noop("IBAN"), FieldKind.IBAN, f"{self.holder} · {self.creditor_id}"
            ),
        )

    @property
    def days_ahead(self) -> int:
        """So early a charge is begun; holidays at the end of a year may take a few days more."""
        notice = self.notice_days if self.is_announced else 0
        return min(max(notice, self.lead_days + 5), _MOST_DAYS)

    def _wait(self, intent: Intent, method: KeptMethod | None) -> Pending:
        reference = intent.reference or make_end_to_end_id(intent.id)
        return Pending(reference, method=method, expected_on=self.plan(intent.now))

    def _keep(self, intent: Intent) -> KeptMethod:
        """The mandate; one that is only for this payment says so."""
        iban = iban_numbers.compact(intent.fields["iban"])
        reference = make_mandate_reference(intent.id)
        is_once = intent.purpose is Purpose.PAY and not intent.save
        evidence = {
            "text": self._text,
            "language": intent.payer.language,
            "creditor": self.holder,
            "creditor_id": self.creditor_id,
            "given_at": intent.now.isoformat(),
            "once": "yes" if is_once else "",
        }
        if intent.presence is not None:
            evidence["ip_address"] = intent.presence.ip_address
            evidence["user_agent"] = intent.presence.user_agent[:200]
        mandate = DebitMandate(
            reference=reference,
            holder=clean_sepa_text(intent.fields["holder"], 70),
            iban=iban,
            signed_on=local_date(intent.now, _ZONE),
            bic=intent.fields.get("bic", "").replace(" ", "").upper(),
            scheme=self.scheme,
            evidence={name: value for name, value in evidence.items() if value},
        )
        return KeptMethod(reference, "sepa_debit", f"IBAN •••• {iban[-4:]}", mandate=mandate)


def _read_days(config: Mapping[str, str], name: str, least: int, usual: int) -> int:
    text = config.get(name, str(usual))
    if not text.isdecimal() or not least <= int(text) <= _MOST_DAYS:
        raise BillingError(f"{name} of sepa_debit must be {least} to {_MOST_DAYS}, not {text!r}")
    return int(text)


def _check(gateway: SepaDebit, config: Mapping[str, str]) -> None:
    """Refuse settings that would make a file which the bank refuses."""
    words = {
        "scheme": (gateway.scheme, ("CORE", "B2B")),
        "format": (gateway.format, ("pain.008.001.02", "pain.008.001.08")),
        "announce": (config.get("announce", "mail"), ("mail", "invoice")),
        "use_first": (config.get("use_first", "yes"), ("yes", "no")),
    }
    for name, (value, known) in words.items():
        if value not in known:
            raise BillingError(f"{name} of sepa_debit must be {' or '.join(known)}, not {value!r}")
    if gateway.creditor_id and not at_02.is_valid(gateway.creditor_id):
        raise BillingError(
            f"creditor_id {gateway.creditor_id!r} of sepa_debit has wrong check digits; copy it "
            "from the letter of the central bank"
        )
