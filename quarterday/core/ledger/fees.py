"""Entries of what it costs to be paid."""

from __future__ import annotations

from datetime import date

from quarterday.core.ledger.entry import AccountKey, JournalEntry, move
from quarterday.core.ledger.payments import clearing

PAYMENT_FEES = "expenses:payment-fees"


def post_dispute_fee(
    *,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    amount_minor: int,
    method: str,
    memo: str = "",
) -> JournalEntry:
    """What a gateway keeps for a dispute, whoever wins it. Raises `BillingError` below 1.

    >>> post_dispute_fee(
    ...     on=date(2026, 1, 1),
    ...     reference="D1",
    ...     account="A1",
    ...     currency="EUR",
    ...     amount_minor=1500,
    ...     method="stripe",
    ... ).postings[1][:2]
    ('assets:clearing:stripe', -1500)
    """
    credit = clearing(method)
    return move(
        "dispute_fee", PAYMENT_FEES, credit, on, reference, account, currency, amount_minor, memo
    )


def post_return_fee(
    *,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    amount_minor: int,
    method: str,
    memo: str = "",
) -> JournalEntry:
    """What a bank asks for a debit that it refused. Raises `BillingError` below 1.

    >>> post_return_fee(
    ...     on=date(2026, 1, 1),
    ...     reference="E1",
    ...     account="A1",
    ...     currency="EUR",
    ...     amount_minor=300,
    ...     method="sepa_debit",
    ... ).kind
    'return_fee'
    """
    credit = clearing(method)
    return move(
        "return_fee", PAYMENT_FEES, credit, on, reference, account, currency, amount_minor, memo
    )
