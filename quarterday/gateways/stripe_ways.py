"""The ways to pay that Stripe's pages offer, and what each of them can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quarterday.core.errors import BillingError
from quarterday.gateways.stripe_words import is_taken
from quarterday.ports.gateway import Ability, Choice
from quarterday.ports.outcomes import gettext_noop


@dataclass(frozen=True)
class _Way:
    name: str
    currencies: frozenset[str] = frozenset()
    is_kept: bool = True


# The name of a brand is the same in every language, so it is not marked for translation.
WAYS: Mapping[str, _Way] = {
    "card": _Way(gettext_noop("Card")),
    "sepa_debit": _Way(gettext_noop("SEPA direct debit"), frozenset({"EUR"})),
    "bacs_debit": _Way("Bacs Direct Debit", frozenset({"GBP"})),
    "us_bank_account": _Way("ACH Direct Debit", frozenset({"USD"})),
    "bancontact": _Way("Bancontact", frozenset({"EUR"}), is_kept=False),
    "blik": _Way("BLIK", frozenset({"PLN"}), is_kept=False),
    "eps": _Way("EPS", frozenset({"EUR"}), is_kept=False),
    "ideal": _Way("iDEAL", frozenset({"EUR"}), is_kept=False),
    "klarna": _Way(
        "Klarna", frozenset("AUD CAD CHF CZK DKK EUR GBP NOK NZD PLN SEK USD".split()), False
    ),
    "multibanco": _Way("Multibanco", frozenset({"EUR"}), is_kept=False),
    "p24": _Way("Przelewy24", frozenset({"EUR", "PLN"}), is_kept=False),
    "twint": _Way("TWINT", frozenset({"CHF"}), is_kept=False),
}


def read_ways(text: str) -> tuple[str, ...]:
    """The ways that a seller has switched on; raises `BillingError` for an unknown one."""
    named = tuple(one.strip() for one in text.split(",") if one.strip()) or ("card",)
    for one in named:
        if one not in WAYS:
            raise BillingError(f"Stripe has no way {one!r} here; there are {', '.join(WAYS)}")
    return named


def list_ways(named: Sequence[str], currency: str) -> list[Choice]:
    """Those that take a currency. What cannot be charged later cannot be kept."""
    if not is_taken(currency):
        return []
    once = frozenset({Ability.PAY, Ability.REFUND})
    kept = once | {Ability.SAVE, Ability.CHARGE}
    hint = gettext_noop("You pay on the page of our payment service, Stripe.")
    return [
        Choice(one, WAYS[one].name, kept if WAYS[one].is_kept else once, hint=hint)
        for one in dict.fromkeys(named)
        if not WAYS[one].currencies or currency in WAYS[one].currencies
    ]
