"""A gateway where no money moves: to try the whole way to pay, and to test it, without network.

It keeps nothing. What a card does stands in the list below, and everything that the gateway would
have to remember stands in the references and tokens that it gives out, so that the same question
gets the same answer in every process. Only the numbers of the list are taken: nobody's real card
ever is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from quarterday.core.period import clamp_day
from quarterday.gateways.sandbox_events import check_signature, read_event, sign
from quarterday.ports.gateway import (
    Ability,
    Choice,
    Intent,
    Purpose,
    RefundIntent,
    Setting,
)
from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    Field,
    FieldKind,
    KeptMethod,
    NeedsFields,
    News,
    Outcome,
    Pending,
    Redirect,
    Succeeded,
    Unknown,
    gettext_noop,
)

CARDS: Mapping[str, str] = {
    "4242424242424242": "ok",
    "5555555555554444": "ok",
    "4000000000000002": "refused",
    "4000000000009995": "insufficient_funds",
    "4000000000000069": "expired",
    "4000000000009987": "lost_or_stolen",
    "4000000000000127": "wrong_details",
    "4000000000006975": "limit",
    "4000002500003155": "confirm",
    "4000000000000341": "later_refused",
    "4000000000000358": "later_insufficient_funds",
    "4000000000000366": "later_method_revoked",
    "4000000000007726": "refund_waits",
    "4000000000005126": "refund_fails",
    "4000000000000119": "silent",
}
IBANS: Mapping[str, str] = {
    "DE89370400440532013000": "debit",
    "AT611904300234573201": "debit",
    "AT321904300235473204": "debit_refused",
}
# Words of what cards do that are codes, and after which trying again is of no use.
_DECLINES = {str(one) for one in DeclineCode}
_FINAL = {DeclineCode.EXPIRED, DeclineCode.LOST_OR_STOLEN, DeclineCode.METHOD_REVOKED}
_CARD_FIELDS = (
    Field("number", gettext_noop("Card number"), FieldKind.CARD_NUMBER),
    Field("expiry", gettext_noop("Valid until"), FieldKind.CARD_EXPIRY, gettext_noop("Month/year")),
    Field("code", gettext_noop("Security code"), FieldKind.CARD_CODE),
)
_DEBIT_FIELDS = (
    Field("name", gettext_noop("Account holder"), FieldKind.NAME),
    Field("iban", gettext_noop("IBAN"), FieldKind.IBAN),
)


@dataclass(frozen=True)
class _Known:
    """What the sandbox remembers of a card or account, in its references and tokens."""

    does: str
    kind: str
    last: str
    expires: str = ""

    @classmethod
    def read(cls, text: str) -> _Known | None:
        """From a reference or a token; None from anything else."""
        parts = text.split(".")
        return cls(*parts[1:5]) if len(parts) in (5, 6) and parts[0] == "sbx" else None

    def write(self, intent_id: str = "") -> str:
        parts = ["sbx", self.does, self.kind, self.last, self.expires]
        return ".".join([*parts, intent_id] if intent_id else parts)

    def keep(self) -> KeptMethod:
        """The method as people know it again."""
        expires = None
        if self.expires:
            expires = _month_end(date(int(self.expires[:4]), int(self.expires[4:]), 1))
        names = {"visa": "Visa", "mastercard": "Mastercard", "sepa_debit": "IBAN"}
        return KeptMethod(self.write(), self.kind, f"{names[self.kind]} •••• {self.last}", expires)


class Sandbox:
    """Cards and direct debits that are not real."""

    code: ClassVar[str] = "sandbox"
    name: ClassVar[str] = gettext_noop("Sandbox (no money moves)")
    currencies: ClassVar[frozenset[str]] = frozenset()
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(
            "hook_secret", "Signs the events that it sends.", is_secret=True, is_required=False
        ),
    )
    is_test: ClassVar[bool] = True
    hook_answer: ClassVar[str] = "ok"

    def __init__(self, config: Mapping[str, str]) -> None:
        self._secret = config.get("hook_secret", "")

    def list_choices(self, currency: str) -> Sequence[Choice]:
        """Test cards, and in euros a test debit."""
        able = frozenset({Ability.PAY, Ability.SAVE, Ability.CHARGE, Ability.REFUND})
        card = Choice(
            "card",
            gettext_noop("Test card"),
            able,
            _CARD_FIELDS,
            gettext_noop("Use 4242 4242 4242 4242 with any date to come. No money moves."),
        )
        debit = Choice(
            "sepa_debit",
            gettext_noop("Test direct debit"),
            able,
            _DEBIT_FIELDS,
            gettext_noop("Use the IBAN DE89 3704 0044 0532 0130 00. No money moves."),
        )
        return (card, debit) if currency == "EUR" else (card,)

    def check_fields(self, choice: str, fields: Mapping[str, str], now: datetime) -> dict[str, str]:
        """Only test numbers are taken, so that no real card is typed into a test."""
        if choice == "sepa_debit":
            errors = {}
            if not fields.get("name", "").strip():
                errors["name"] = gettext_noop("Enter the name of the account holder.")
            if _bare(fields.get("iban", "")) not in IBANS:
                errors["iban"] = gettext_noop(
                    "Only test numbers work here. Use DE89 3704 0044 0532 0130 00."
                )
            return errors
        errors = {}
        if _bare(fields.get("number", "")) not in CARDS:
            errors["number"] = gettext_noop("Only test numbers work here. Use 4242 4242 4242 4242.")
        expires = _read_expiry(fields.get("expiry", ""))
        if expires is None:
            errors["expiry"] = gettext_noop("Write month and year like 05/30.")
        elif _month_end(expires) < now.date():
            errors["expiry"] = gettext_noop("This date has passed. Use a card that is still valid.")
        code = fields.get("code", "").strip()
        if not (code.isascii() and code.isdigit() and len(code) in (3, 4)):
            errors["code"] = gettext_noop("Enter the three or four digits of the security code.")
        return errors

    def start(self, intent: Intent) -> Outcome:
        """What the card or account does; the same for the same intent, always."""
        known = _Known.read(intent.reference)
        if known is not None:
            return self._go_on(intent, known)
        if intent.method is not None:
            return self._charge_kept(intent, intent.method)
        errors = self.check_fields(intent.choice, intent.fields, intent.now)
        if errors:
            fields = _DEBIT_FIELDS if intent.choice == "sepa_debit" else _CARD_FIELDS
            return NeedsFields(fields, errors)
        known = _know(intent)
        if known.does == "silent":
            return Unknown("the sandbox did not answer", known.write(intent.id))
        return self._tell(intent, known)

    def look_up(self, intent: Intent) -> Outcome:
        """By its reference alone; without one, nothing was ever heard of it."""
        known = _Known.read(intent.reference)
        if known is None:
            return Declined(DeclineCode.NOT_RECEIVED)
        return self._tell(intent, known)

    def refund(self, intent: RefundIntent) -> Outcome:
        """At once, unless the card says that it takes days."""
        known = _Known.read(intent.reference)
        if known is None:
            return Declined(DeclineCode.NOT_RECEIVED, intent.reference, is_final=True)
        reference = f"sbx_refund.{intent.id}"
        if known.does in ("refund_waits", "refund_fails"):
            return Pending(f"{reference}.{known.does}")
        return Succeeded(reference)

    def look_up_refund(self, intent: RefundIntent) -> Outcome:
        """By its reference alone: without one, it never arrived. What took days has ended."""
        if not intent.refund_reference:
            return Declined(DeclineCode.NOT_RECEIVED, intent.reference)
        if intent.refund_reference.endswith(".refund_fails"):
            return Declined(DeclineCode.REFUSED, intent.refund_reference, is_final=True)
        return Succeeded(intent.refund_reference)

    def forget(self, method: KeptMethod) -> None:
        """There is nothing to drop."""

    def parse_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[News]:
        """What a test sends; `sandbox_events` says which words there are."""
        check_signature(self._secret, headers.get("sandbox-signature", ""), body)
        return [read_event(body, now)]

    def make_event(self, said: Mapping[str, Any]) -> tuple[dict[str, str], bytes]:
        """The call of a hook that says so, for commands and tests: what they send is read as if
        somebody else had sent it.
        """
        body = json.dumps(dict(said), sort_keys=True).encode()
        return {"sandbox-signature": sign(self._secret, body)}, body

    def renew(self, method: KeptMethod) -> KeptMethod:
        """The same card, valid four years longer, as banks send them."""
        known = _Known.read(method.token)
        if known is None or not known.expires:
            return method
        later = f"{int(known.expires[:4]) + 4}{known.expires[4:]}"
        kept = replace(known, expires=later).keep()
        return replace(kept, token=method.token)

    def _tell(self, intent: Intent, known: _Known) -> Outcome:
        reference = known.write(intent.id)
        keeps = intent.save or intent.purpose is Purpose.SAVE
        method = known.keep() if keeps else None
        if known.does in _DECLINES:
            return _decline(known.does, reference)
        if known.does == "confirm":
            # The test bank lives beside the page that shows the payment.
            return Redirect(f"{intent.cancel_url}bank/" if intent.cancel_url else "", reference)
        if known.does.startswith("debit"):
            if intent.purpose is Purpose.SAVE:
                return Succeeded(reference, method)
            return Pending(reference, method=method, expected_on=_later(intent.now))
        return Succeeded(reference, method)

    def _go_on(self, intent: Intent, known: _Known) -> Outcome:
        """Asked again: by the page of the bank, or to let days pass at once."""
        answer = intent.fields.get("confirmation")
        if known.does == "confirm" and answer is not None:
            return self._confirm(intent, known, answer)
        if known.does == "debit" and "days_passed" in intent.fields:
            return Succeeded(intent.reference)
        if known.does == "debit_refused" and "days_passed" in intent.fields:
            return Declined(DeclineCode.INSUFFICIENT_FUNDS, intent.reference)
        return self._tell(intent, known)

    def _confirm(self, intent: Intent, known: _Known, answer: str) -> Outcome:
        """The payer came back from the page of the bank."""
        if answer != "yes":
            return Declined(DeclineCode.NOT_AUTHENTICATED, intent.reference)
        confirmed = _Known("confirmed", known.kind, known.last, known.expires)
        keeps = intent.save or intent.purpose is Purpose.SAVE
        return Succeeded(confirmed.write(intent.id), known.keep() if keeps else None)

    def _charge_kept(self, intent: Intent, method: KeptMethod) -> Outcome:
        known = _Known.read(method.token)
        if known is None:
            return Declined(DeclineCode.METHOD_REVOKED, is_final=True)
        if known.does.startswith("later_"):
            return _decline(known.does.removeprefix("later_"), known.write(intent.id))
        if known.does == "confirm" and intent.presence is None:
            return Declined(DeclineCode.NOT_AUTHENTICATED, known.write(intent.id))
        return self._tell(intent, known)


def _know(intent: Intent) -> _Known:
    """What was typed, reduced to what may be remembered: never a whole number."""
    if intent.choice == "sepa_debit":
        iban = _bare(intent.fields["iban"])
        return _Known(IBANS[iban], "sepa_debit", iban[-4:])
    number = _bare(intent.fields["number"])
    expires = _read_expiry(intent.fields["expiry"])
    assert expires is not None, "checked before"
    kind = "visa" if number.startswith("4") else "mastercard"
    return _Known(CARDS[number], kind, number[-4:], f"{expires:%Y%m}")


def _bare(text: str) -> str:
    return "".join(text.split()).replace("-", "").upper()


def _read_expiry(text: str) -> date | None:
    """The month of ``05/30``, ``5 / 2030`` or ``0530``; None for anything else."""
    digits = "".join(sign for sign in text if sign.isascii() and sign.isdigit())
    month, sign, year = text.strip().partition("/")
    if not sign:
        month, year = digits[:2], digits[2:]
    month, year = month.strip(), year.strip()
    if not (month.isdecimal() and year.isdecimal() and len(year) in (2, 4)):
        return None
    full = int(year) + (2000 if len(year) == 2 else 0)
    return date(full, int(month), 1) if 1 <= int(month) <= 12 and full >= 2000 else None


def _month_end(first: date) -> date:
    return clamp_day(first.year, first.month, 31)


def _later(now: datetime) -> date:
    """Debits take about three days."""
    return (now + timedelta(days=3)).date()


def _decline(does: str, reference: str) -> Declined:
    code = DeclineCode(does)
    return Declined(code, reference, is_final=code in _FINAL)
