"""What PayPal says, in our words: amounts, captures, refunds, wallets, and why one is declined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quarterday.core.errors import BillingError
from quarterday.core.money import currency, format_minor, parse_minor
from quarterday.gateways.paypal_api import Refusal, Row
from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    KeptMethod,
    Outcome,
    Pending,
    Succeeded,
    Unknown,
)

CURRENCIES = frozenset(
    "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD "
    "USD".split()
)
LOCALES: Mapping[str, str] = {
    "de": "de-DE",
    "en": "en-GB",
    "es": "es-ES",
    "fr": "fr-FR",
    "it": "it-IT",
    "nl": "nl-NL",
    "pl": "pl-PL",
    "pt": "pt-PT",
}
# PayPal takes these in whole units only, whatever ISO 4217 says.
_WHOLE = ("HUF", "JPY", "TWD")
_ISSUES: Mapping[str, DeclineCode] = {
    "AGREEMENT_ALREADY_CANCELLED": DeclineCode.METHOD_REVOKED,
    "BILLING_AGREEMENT_NOT_FOUND": DeclineCode.METHOD_REVOKED,
    "TOKEN_ID_NOT_FOUND": DeclineCode.METHOD_REVOKED,
    "VAULT_ID_NOT_FOUND": DeclineCode.METHOD_REVOKED,
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED": DeclineCode.METHOD_REVOKED,
    "PAYER_ACCOUNT_RESTRICTED": DeclineCode.METHOD_REVOKED,
    "REFERENCED_CARD_EXPIRED": DeclineCode.EXPIRED,
    "TRANSACTION_LIMIT_EXCEEDED": DeclineCode.LIMIT,
    "TRANSACTION_RECEIVING_LIMIT_EXCEEDED": DeclineCode.LIMIT,
    "PAYER_ACTION_REQUIRED": DeclineCode.NOT_AUTHENTICATED,
    "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING": DeclineCode.NOT_AUTHENTICATED,
    "INSTRUMENT_DECLINED": DeclineCode.REFUSED,
}
_FINAL = (DeclineCode.METHOD_REVOKED, DeclineCode.EXPIRED)
_PAID = ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED")


def write_amount(minor: int, code: str) -> dict[str, str]:
    """An amount as PayPal wants it. Raises `BillingError` for one that it cannot take."""
    unit = currency(code)
    text = format_minor(minor, unit)
    if code in _WHOLE:
        whole, rest = divmod(minor, unit.scale)
        if rest:
            raise BillingError(
                f"PayPal takes whole {code} only, not {text}; choose another way to pay"
            )
        text = str(whole)
    return {"currency_code": code, "value": text}


def read_amount(money: Row) -> int:
    """An amount of PayPal in our own minor units."""
    return parse_minor(str(money["value"]), currency(str(money["currency_code"])))


def tell_capture(capture: Row, method: KeptMethod | None = None) -> Outcome:
    """What became of the money; what was given back later had come all the same."""
    reference, status = str(capture["id"]), capture.get("status")
    if status in _PAID:
        amount = capture.get("amount")
        return Succeeded(
            reference,
            method,
            amount_minor=read_amount(amount) if amount else None,
            fee_minor=_read_fee(capture),
            currency=str(amount["currency_code"]) if amount else "",
        )
    if status == "PENDING":
        return Pending(reference, method=method)
    why = str((capture.get("status_details") or {}).get("reason", status))
    return Declined(DeclineCode.REFUSED, reference, message=f"PayPal says {why}")


def _read_fee(capture: Row) -> int | None:
    """What PayPal keeps, where it says so in the currency of the payment."""
    fee = (capture.get("seller_receivable_breakdown") or {}).get("paypal_fee")
    same = fee and fee["currency_code"] == (capture.get("amount") or fee)["currency_code"]
    try:
        return read_amount(fee) if fee and same else None
    except BillingError:
        # The payout tells it, too; the payment must not wait for that.
        return None


def tell_refund(refund: Row) -> Outcome:
    """How far a refund is."""
    reference, status = str(refund["id"]), refund.get("status")
    if status == "COMPLETED":
        return Succeeded(reference)
    if status in ("CANCELLED", "FAILED"):
        return Declined(DeclineCode.REFUSED, reference, True, f"PayPal says {status.lower()}")
    return Pending(reference)


def tell_refusal(error: Refusal, reference: str) -> Outcome:
    """Why PayPal did nothing; that it knows the payment already is no refusal."""
    if "DUPLICATE_INVOICE_ID" in error.issues:
        return Unknown("PayPal says that this was paid before", reference)
    code = next((_ISSUES[one] for one in error.issues if one in _ISSUES), DeclineCode.REFUSED)
    return Declined(code, reference, code in _FINAL, f"{error} ({error.issues[0]})")


def captures_of(order: Row) -> list[Row]:
    """The captures of an order, those that moved money first."""
    found = [
        capture
        for unit in order.get("purchase_units") or ()
        for capture in (unit.get("payments") or {}).get("captures") or ()
    ]
    return sorted(found, key=lambda one: one.get("status") not in (*_PAID, "PENDING"))


def refunds_of(order: Row) -> Sequence[Row]:
    """The refunds of an order."""
    return [
        refund
        for unit in order.get("purchase_units") or ()
        for refund in (unit.get("payments") or {}).get("refunds") or ()
    ]


def order_of(capture: Row) -> str:
    """The order that a capture belongs to; nothing where PayPal does not say."""
    related = (capture.get("supplementary_data") or {}).get("related_ids") or {}
    return str(related.get("order_id", ""))


def find_wallet(order: Row) -> KeptMethod | None:
    """The wallet that was kept while paying, once PayPal has named it."""
    wallet = (order.get("payment_source") or {}).get("paypal") or {}
    vault = (wallet.get("attributes") or {}).get("vault") or {}
    return describe_wallet(vault, wallet) if vault.get("id") else None


def describe_wallet(token: Row, wallet: Row) -> KeptMethod:
    """A wallet as people know it again: by its mail address."""
    customer = str((token.get("customer") or {}).get("id", ""))
    email = str(wallet.get("email_address") or "")
    data = {"customer": customer} if customer else {}
    return KeptMethod(str(token["id"]), "paypal", f"PayPal {email}".strip()[:100], data=data)
