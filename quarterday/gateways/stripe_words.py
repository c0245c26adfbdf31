"""Stripe's own words in ours: amounts, currencies, and why banks decline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.money import CURRENCIES, currency
from quarterday.ports.outcomes import DeclineCode, Declined

# How many decimals Stripe's amounts have, where it is not what ISO 4217 says. ISK and UGX have
# none, but are written with two for old times' sake; MGA has two, but Stripe takes none.
_EXPONENTS = {"ISK": 2, "UGX": 2, "MGA": 0}
# Amounts with three decimals have to end in 0.
_STEPS = {"BHD": 10, "JOD": 10, "KWD": 10, "OMR": 10, "TND": 10}
_UNKNOWN = {"CLF", "CUP", "IQD", "IRR", "KPW", "LYD", "SSP", "SYP", "UYI", "UYW", "VED"}


def is_taken(code: str) -> bool:
    """Whether Stripe takes a currency at all."""
    return code in CURRENCIES and code not in _UNKNOWN


def to_stripe(minor: int, code: str) -> int:
    """Our minor units as Stripe writes them; exact, or `BillingError` before anything is sent."""
    unit = currency(code)
    amount, rest = divmod(minor * _scale(code), unit.scale)
    step = _STEPS.get(code, 1)
    if rest or amount % step:
        least = step * unit.scale // _scale(code)
        raise BillingError(
            f"Stripe takes {code} only in steps of {least} minor units, so not {minor}; "
            "choose another way to pay"
        )
    return amount


def from_stripe(amount: int, code: str) -> int:
    """Stripe's amount as our minor units, exactly."""
    code = code.upper()
    minor, rest = divmod(amount * currency(code).scale, _scale(code))
    if rest:
        raise BillingError(f"Stripe says {amount} of {code}, which no minor unit can hold")
    return minor


def _scale(code: str) -> int:
    """How many of Stripe's units make one of the currency."""
    return int(10 ** _EXPONENTS.get(code, currency(code).exponent))


# Each of Stripe's words for why a payment failed, and whether trying again is of no use.
_FINAL: Mapping[DeclineCode, str] = {
    DeclineCode.EXPIRED: "expired_card invalid_expiry_month invalid_expiry_year",
    DeclineCode.LOST_OR_STOLEN: "lost_card stolen_card pickup_card",
    DeclineCode.WRONG_DETAILS: "incorrect_number invalid_number invalid_account no_account "
    "invalid_account_number account_number_invalid bank_account_unusable "
    "bank_account_verification_failed incorrect_account_holder_name "
    "incorrect_account_holder_address branch_does_not_exist invalid_bank_account_iban "
    "payment_method_microdeposit_failed incorrect_account_details",
    DeclineCode.METHOD_REVOKED: "revocation_of_all_authorizations revocation_of_authorization "
    "stop_payment_order account_closed bank_account_closed debit_not_authorized "
    "bank_account_restricted recipient_deceased bank_ownership_changed mandate_invalid "
    "payment_method_unactivated payment_method_unexpected_state sepa_mandate_revoked "
    "payment_method_not_available invalid_mandate debit_authorization_revoked",
    DeclineCode.REFUSED: "card_not_supported currency_not_supported do_not_try_again fraudulent "
    "merchant_blacklist not_permitted restricted_card security_violation service_not_allowed "
    "testmode_decline transaction_not_allowed invalid_amount testmode_charges_only "
    "live_mode_test_card test_mode_live_card highest_risk_level elevated_risk_level blocked "
    "previously_declined_do_not_retry",
    DeclineCode.LIMIT: "amount_too_large amount_too_small",
}
_LATER: Mapping[DeclineCode, str] = {
    DeclineCode.INSUFFICIENT_FUNDS: "insufficient_funds",
    DeclineCode.NOT_AUTHENTICATED: "authentication_required authentication_not_handled "
    "mobile_device_authentication_required offline_pin_required online_or_offline_pin_required "
    "payment_intent_authentication_failure setup_intent_authentication_failure approve_with_id "
    "intent_confirmation_challenge customer_authentication_failed",
    DeclineCode.WRONG_DETAILS: "incorrect_cvc invalid_cvc incorrect_zip incorrect_address "
    "incorrect_pin invalid_pin postal_code_invalid",
    DeclineCode.LIMIT: "card_velocity_exceeded withdrawal_count_limit_exceeded pin_try_exceeded "
    "amount_limit_exceeded charge_exceeds_source_limit charge_exceeds_transaction_limit "
    "charge_exceeds_weekly_limit card_decline_rate_limit_exceeded",
    DeclineCode.REFUSED: "generic_decline card_declined call_issuer do_not_honor "
    "duplicate_transaction issuer_not_available new_account_information_available "
    "no_action_taken processing_error reenter_transaction try_again_later refer_to_customer "
    "bank_account_declined could_not_process generic_could_not_process "
    "payment_method_provider_decline payment_intent_payment_attempt_failed "
    "payment_method_provider_timeout partner_generic_decline bank_cannot_process",
    DeclineCode.CANCELLED: "payment_method_customer_decline payment_intent_payment_attempt_expired "
    "customer_cancelled setup_intent_setup_attempt_expired",
}
DECLINES: Mapping[str, tuple[DeclineCode, bool]] = {
    word: (code, is_final)
    for table, is_final in ((_FINAL, True), (_LATER, False))
    for code, words in table.items()
    for word in words.split()
}


def explain_decline(error: Mapping[str, Any] | None, reference: str = "") -> Declined:
    """Why a payment failed, by what Stripe says of the error; the most exact word wins.

    What is not known is a refusal that may be tried again, unless Stripe's advice says no.
    """
    error = error or {}
    words = [str(error.get(name) or "") for name in ("decline_code", "code", "reason")]
    found = next((DECLINES[word] for word in words if word in DECLINES), None)
    code, is_final = found or (DeclineCode.REFUSED, False)
    if error.get("advice_code") == "do_not_try_again":
        is_final = True
    message = str(error.get("message") or next((word for word in words if word), ""))
    return Declined(code, reference, is_final, message)
