"""Entries of money that comes in and goes out, and of the credit that customers hold."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from quarterday.core.errors import BillingError
from quarterday.core.ledger.entry import (
    RECEIVABLE,
    AccountKey,
    JournalEntry,
    Posting,
    move,
    need_positive,
    negated,
)

CREDIT = "liabilities:credit"
PROMOTIONS = "expenses:promotions"
EXPIRED_CREDIT = "income:expired-credit"


class CreditKind(StrEnum):
    """Where a credit comes from, which decides what it and its expiry cost."""

    DEPOSIT = "deposit"
    PROMOTIONAL = "promotional"
    GOODWILL = "goodwill"


def clearing(method: str) -> str:
    """The ledger account where money of a payment method waits for the bank.

    >>> clearing("card")
    'assets:clearing:card'
    """
    return "assets:clearing:" + method


def post_payment(
    *,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    amount_minor: int,
    method: str,
    credit_minor: int = 0,
    memo: str = "",
) -> JournalEntry:
    """Money received; ``credit_minor`` of it overpays and becomes credit of the customer.

    Raises `BillingError` for an amount below 1, or a credit beyond the payment.

    >>> entry = post_payment(
    ...     on=date(2026, 1, 1),
    ...     reference="P1",
    ...     account="A1",
    ...     currency="EUR",
    ...     amount_minor=1200,
    ...     method="card",
    ...     credit_minor=10,
    ... )
    >>> [posting[:2] for posting in entry.postings]
    [('assets:clearing:card', 1200), ('assets:receivable', -1190), ('liabilities:credit', -10)]
    """
    need_positive("payment", reference, amount_minor)
    if not 0 <= credit_minor <= amount_minor:
        raise BillingError(f"payment {reference}: {credit_minor} is no part of {amount_minor}")
    postings = [Posting(clearing(method), amount_minor, currency, account)]
    if credit_minor < amount_minor:
        postings.append(Posting(RECEIVABLE, credit_minor - amount_minor, currency, account))
    if credit_minor:
        postings.append(Posting(CREDIT, -credit_minor, currency, account))
    return JournalEntry("payment", on, reference, memo, tuple(postings))


def post_refund(
    *,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    amount_minor: int,
    method: str,
    credit_minor: int = 0,
    memo: str = "",
) -> JournalEntry:
    """Money given back; ``credit_minor`` of it was the customer's unused credit.

    Raises `BillingError` for an amount below 1, or a credit beyond the refund.

    >>> entry = post_refund(
    ...     on=date(2026, 1, 1),
    ...     reference="F1",
    ...     account="A1",
    ...     currency="EUR",
    ...     amount_minor=500,
    ...     method="card",
    ... )
    >>> [posting[:2] for posting in entry.postings]
    [('assets:clearing:card', -500), ('assets:receivable', 500)]
    """
    payment = post_payment(
        on=on,
        reference=reference,
        account=account,
        currency=currency,
        amount_minor=amount_minor,
        method=method,
        credit_minor=credit_minor,
    )
    return JournalEntry("refund", on, reference, memo, negated(payment.postings))


def post_deposit(
    *,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    amount_minor: int,
    method: str,
    memo: str = "",
) -> JournalEntry:
    """Money received ahead of any document: all of it is credit. Raises `BillingError` below 1.

    >>> post_deposit(
    ...     on=date(2026, 1, 1),
    ...     reference="D1",
    ...     account="A1",
    ...     currency="EUR",
    ...     amount_minor=500,
    ...     method="cash",
    ... ).postings[1][:2]
    ('liabilities:credit', -500)
    """
    debit = clearing(method)
    return move("deposit", debit, CREDIT, on, reference, account, currency, amount_minor, memo)


def grant_credit(
    *,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    amount_minor: int,
    kind: CreditKind,
    memo: str = "",
) -> JournalEntry:
    """Credit given to a customer. A promotional or goodwill one is an expense of the seller; a
    deposit comes from what the customer has already paid or been credited beyond what is owed.

    Raises `BillingError` for an amount below 1.

    >>> grant_credit(
    ...     on=date(2026, 1, 1),
    ...     reference="G1",
    ...     account="A1",
    ...     currency="EUR",
    ...     amount_minor=500,
    ...     kind=CreditKind.GOODWILL,
    ... ).postings[0][:2]
    ('expenses:promotions', 500)
    """
    debit = RECEIVABLE if kind is CreditKind.DEPOSIT else PROMOTIONS
    return move("credit_grant", debit, CREDIT, on, reference, account, currency, amount_minor, memo)


def apply_credit(
    *,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    amount_minor: int,
    memo: str = "",
) -> JournalEntry:
    """Credit used to pay what the customer owes. Raises `BillingError` for an amount below 1.

    >>> [
    ...     posting[:2]
    ...     for posting in apply_credit(
    ...         on=date(2026, 1, 1), reference="G1", account="A1", currency="EUR", amount_minor=500
    ...     ).postings
    ... ]
    [('liabilities:credit', 500), ('assets:receivable', -500)]
    """
    return move(
        "credit_use", CREDIT, RECEIVABLE, on, reference, account, currency, amount_minor, memo
    )


def expire_credit(
    *,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    amount_minor: int,
    kind: CreditKind,
    memo: str = "",
) -> JournalEntry:
    """Credit that was not used in time: a deposit becomes income, a gift takes back its expense.

    Raises `BillingError` for an amount below 1.

    >>> expire_credit(
    ...     on=date(2026, 1, 1),
    ...     reference="G1",
    ...     account="A1",
    ...     currency="EUR",
    ...     amount_minor=500,
    ...     kind=CreditKind.DEPOSIT,
    ... ).postings[1][:2]
    ('income:expired-credit', -500)
    """
    credit = EXPIRED_CREDIT if kind is CreditKind.DEPOSIT else PROMOTIONS
    return move(
        "credit_expiry", CREDIT, credit, on, reference, account, currency, amount_minor, memo
    )
