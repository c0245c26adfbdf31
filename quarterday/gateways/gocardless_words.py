"""What GoCardless says, in our words: mandates, states of payments, and why one failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from quarterday.gateways.gocardless_api import GoCardlessApi, Row, links_of, metadata_of
from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    KeptMethod,
    Outcome,
    Pending,
    Succeeded,
)


class Scheme(NamedTuple):
    """A bank debit scheme: what GoCardless calls it, and what people do."""

    code: str
    name: str


# One for each currency; GoCardless takes no other by debit.
SCHEMES: Mapping[str, Scheme] = {
    "AUD": Scheme("becs", "BECS"),
    "CAD": Scheme("pad", "PAD"),
    "DKK": Scheme("betalingsservice", "Betalingsservice"),
    "EUR": Scheme("sepa_core", "SEPA"),
    "GBP": Scheme("bacs", "Bacs"),
    "NZD": Scheme("becs_nz", "BECS NZ"),
    "SEK": Scheme("autogiro", "Autogiro"),
    "USD": Scheme("ach", "ACH"),
}
# Bacs says "refer to payer" where others say that there is too little money.
_CAUSES: Mapping[str, DeclineCode] = {
    "insufficient_funds": DeclineCode.INSUFFICIENT_FUNDS,
    "refer_to_payer": DeclineCode.INSUFFICIENT_FUNDS,
    "bank_account_closed": DeclineCode.WRONG_DETAILS,
    "bank_account_disabled": DeclineCode.METHOD_REVOKED,
    "bank_account_transferred": DeclineCode.WRONG_DETAILS,
    "invalid_bank_details": DeclineCode.WRONG_DETAILS,
    "direct_debit_not_enabled": DeclineCode.WRONG_DETAILS,
    "authorisation_disputed": DeclineCode.METHOD_REVOKED,
    "mandate_cancelled": DeclineCode.METHOD_REVOKED,
    "mandate_expired": DeclineCode.METHOD_REVOKED,
    "mandate_suspended_by_payer": DeclineCode.METHOD_REVOKED,
    "payer_deceased": DeclineCode.METHOD_REVOKED,
    "account_frozen": DeclineCode.METHOD_REVOKED,
    "customer_approval_denied": DeclineCode.NOT_AUTHENTICATED,
    "payment_cancelled": DeclineCode.CANCELLED,
    "payment_stopped": DeclineCode.REFUSED,
    "refund_requested": DeclineCode.REFUSED,
    "amount_exceeds_limit": DeclineCode.LIMIT,
}
_FINAL = (DeclineCode.WRONG_DETAILS, DeclineCode.METHOD_REVOKED)
_PAID = ("confirmed", "paid_out")


def describe_mandate(api: GoCardlessApi, mandate: str) -> KeptMethod:
    """A mandate as people know it again: the bank, and the end of the account's number."""
    row = api.get("mandates", mandate) or {}
    links = links_of(row)
    account = links.get("customer_bank_account", "")
    bank = (api.get("customer_bank_accounts", account) if account else None) or {}
    scheme = str(row.get("scheme", ""))
    is_sepa = scheme.startswith("sepa")
    name = str(bank.get("bank_name") or ("IBAN" if is_sepa else "Bank account")).title()[:60]
    ending = str(bank.get("account_number_ending") or "")
    data = {"customer": links.get("customer", ""), "scheme": scheme}
    return KeptMethod(
        mandate,
        "sepa_debit" if is_sepa else "bank_debit",
        f"{name} •••• {ending}" if ending else name,
        data={key: value for key, value in data.items() if value},
    )


def tell_payment(api: GoCardlessApi, payment: Row, method: KeptMethod | None = None) -> Outcome:
    """How far a payment is. Money that a bank took back had come: the taking back is a dispute."""
    reference, status = str(payment["id"]), payment["status"]
    if status in (*_PAID, "charged_back"):
        return _tell_paid(payment, method)
    if status == "failed":
        events = list(api.list("events", payment=reference))
        if was_paid(events):
            return _tell_paid(payment, method)
        failed = (one for one in events if one.get("action") == status)
        return tell_failure(next(failed, {}).get("details") or {}, reference)
    if status == "cancelled":
        return Declined(DeclineCode.CANCELLED, reference)
    if status == "customer_approval_denied":
        return Declined(DeclineCode.NOT_AUTHENTICATED, reference)
    return Pending(reference, method=method, expected_on=read_date(payment.get("charge_date")))


def _tell_paid(payment: Row, method: KeptMethod | None) -> Succeeded:
    amount, code = int(payment["amount"]), str(payment["currency"])
    return Succeeded(str(payment["id"]), method, amount_minor=amount, currency=code)


def tell_failure(details: Row, reference: str) -> Declined:
    """Why a bank did not pay, with the scheme's own code in the message."""
    code = find_code(details)
    return Declined(code, reference, code in _FINAL, say_why(details))


def find_code(details: Row) -> DeclineCode:
    """The cause in our words; GoCardless has one for all schemes."""
    return _CAUSES.get(str(details.get("cause", "")), DeclineCode.REFUSED)


def say_why(details: Row) -> str:
    """The bank's reason in the words of the scheme, such as ``Refer to payer (ARUDD-0, bacs)``."""
    codes = [str(details[name]) for name in ("reason_code", "scheme") if details.get(name)]
    text = str(details.get("description") or details.get("cause") or "").rstrip(".")
    return f"{text} ({', '.join(codes)})" if codes else text


def tell_refund(refund: Row) -> Outcome:
    """How far a refund is; it is done when it was paid to the customer."""
    reference, status = str(refund["id"]), refund.get("status")
    if status == "paid":
        return Succeeded(reference)
    if status in ("cancelled", "bounced", "funds_returned"):
        text = f"GoCardless says that the refund was {status.replace('_', ' ')}"
        return Declined(DeclineCode.REFUSED, reference, True, text)
    return Pending(reference)


def was_paid(events: Iterable[Row]) -> bool:
    """Whether a payment had been confirmed once, so that a failure now takes money back."""
    return any(one.get("action") in _PAID for one in events)


def find_marked(api: GoCardlessApi, resource: str, name: str, value: str, **by: str) -> Row | None:
    """The one on which we wrote our own id."""
    rows = api.list(resource, **by)
    return next((row for row in rows if metadata_of(row).get(name) == value), None)


def read_date(text: object) -> date | None:
    """A date of GoCardless; None where it says none."""
    return date.fromisoformat(str(text)[:10]) if text else None


def read_fraction(text: object) -> Decimal:
    """An amount of a payout's item: minor units with one decimal, such as ``-19.5``."""
    return Decimal(str(text or 0))
