"""The book: journal entries of signed postings that sum to zero in each currency (rule 12).

One builder per fact that moves money. Debits are positive, credits negative. Entries are never
changed; `reverse` answers a wrong one. A posting names the book's ledger account and, where it
concerns one customer, that customer's ``account``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from quarterday.core.errors import BillingError

RECEIVABLE = "assets:receivable"
CREDIT = "liabilities:credit"
PROMOTIONS = "expenses:promotions"
BAD_DEBT = "expenses:bad-debt"
EXPIRED_CREDIT = "income:expired-credit"

AccountKey = str | int | None


class Posting(NamedTuple):
    """Minor units on a ledger account: a debit is positive, a credit negative."""

    ledger_account: str
    amount_minor: int
    currency: str
    account: AccountKey = None


class CreditKind(StrEnum):
    """Where a credit comes from, which decides what it and its expiry cost."""

    DEPOSIT = "deposit"
    PROMOTIONAL = "promotional"
    GOODWILL = "goodwill"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What happened on a day, as postings. Raises `BillingError` unless each currency sums to 0.

    ``reference`` names the document or payment, ``kind`` the builder that made the entry.

    >>> JournalEntry("manual", date(2026, 1, 1), "J1", "", (Posting("assets:bank", 5, "EUR"),))
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: entry J1 does not balance: EUR is off by 5 minor units
    """

    kind: str
    on: date
    reference: str
    memo: str
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        total = 0
        currency = self.postings[0].currency if self.postings else ""
        for posting in self.postings:
            if posting[2] != currency:
                self._check_each_currency()
                return
            total += posting[1]
        if total:
            self._refuse(currency, total)

    def _check_each_currency(self) -> None:
        totals: dict[str, int] = {}
        for posting in self.postings:
            totals[posting.currency] = totals.get(posting.currency, 0) + posting.amount_minor
        for currency, total in totals.items():
            if total:
                self._refuse(currency, total)

    def _refuse(self, currency: str, total: int) -> None:
        raise BillingError(
            f"entry {self.reference} does not balance: {currency} is off by {total} minor units"
        )


def clearing(method: str) -> str:
    """The ledger account where money of a payment method waits for the bank.

    >>> clearing("card")
    'assets:clearing:card'
    """
    return "assets:clearing:" + method


def post_invoice(
    *,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    gross_minor: int,
    nets: Iterable[tuple[str, int]],
    taxes: Iterable[tuple[str, int]] = (),
    memo: str = "",
) -> JournalEntry:
    """An issued invoice: the customer owes the gross; income and tax are earned by code.

    ``nets`` are (revenue code, minor units), ``taxes`` are (tax code, minor units). An invoice of
    nothing posts nothing. Raises `BillingError` unless nets and taxes sum to the gross.

    >>> entry = post_invoice(
    ...     on=date(2026, 1, 1),
    ...     reference="R1",
    ...     account="A1",
    ...     currency="EUR",
    ...     gross_minor=1190,
    ...     nets=[("hosting", 1000)],
    ...     taxes=[("vat19", 190)],
    ... )
    >>> [posting[:2] for posting in entry.postings]
    [('assets:receivable', 1190), ('income:hosting', -1000), ('liabilities:tax:vat19', -190)]
    """
    postings = [Posting(RECEIVABLE, gross_minor, currency, account)] if gross_minor else []
    for code, amount in nets:
        if amount:
            postings.append(Posting("income:" + code, -amount, currency, account))
    for code, amount in taxes:
        if amount:
            postings.append(Posting("liabilities:tax:" + code, -amount, currency, account))
    return JournalEntry("invoice", on, reference, memo, tuple(postings))


def post_credit_note(
    *,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    gross_minor: int,
    nets: Iterable[tuple[str, int]],
    taxes: Iterable[tuple[str, int]] = (),
    memo: str = "",
) -> JournalEntry:
    """An issued credit note, in positive amounts: the mirror of `post_invoice`.

    >>> entry = post_credit_note(
    ...     on=date(2026, 1, 1),
    ...     reference="C1",
    ...     account="A1",
    ...     currency="EUR",
    ...     gross_minor=119,
    ...     nets=[("hosting", 100)],
    ...     taxes=[("vat19", 19)],
    ... )
    >>> [posting[:2] for posting in entry.postings]
    [('assets:receivable', -119), ('income:hosting', 100), ('liabilities:tax:vat19', 19)]
    """
    invoice = post_invoice(
        on=on,
        reference=reference,
        account=account,
        currency=currency,
        gross_minor=gross_minor,
        nets=nets,
        taxes=taxes,
    )
    return JournalEntry("credit_note", on, reference, memo, _negated(invoice.postings))


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
    _need_positive("payment", reference, amount_minor)
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
    return JournalEntry("refund", on, reference, memo, _negated(payment.postings))


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
    return _move("deposit", debit, CREDIT, on, reference, account, currency, amount_minor, memo)


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
    return _move(
        "credit_grant", debit, CREDIT, on, reference, account, currency, amount_minor, memo
    )


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
    return _move(
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
    return _move(
        "credit_expiry", CREDIT, credit, on, reference, account, currency, amount_minor, memo
    )


def write_off(
    *,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    amount_minor: int,
    memo: str = "",
) -> JournalEntry:
    """A debt that will not be collected. Raises `BillingError` for an amount below 1.

    >>> write_off(
    ...     on=date(2026, 1, 1), reference="R1", account="A1", currency="EUR", amount_minor=500
    ... ).postings[0][:2]
    ('expenses:bad-debt', 500)
    """
    return _move(
        "write_off", BAD_DEBT, RECEIVABLE, on, reference, account, currency, amount_minor, memo
    )


def reverse(entry: JournalEntry, *, on: date, reference: str, memo: str = "") -> JournalEntry:
    """The entry that undoes another; both stay in the book.

    >>> deposit = post_deposit(
    ...     on=date(2026, 1, 1),
    ...     reference="D1",
    ...     account="A1",
    ...     currency="EUR",
    ...     amount_minor=500,
    ...     method="cash",
    ... )
    >>> reverse(deposit, on=date(2026, 1, 2), reference="V1").memo
    'reverses deposit D1'
    """
    memo = memo or f"reverses {entry.kind} {entry.reference}"
    return JournalEntry("reversal", on, reference, memo, _negated(entry.postings))


def _move(
    kind: str,
    debit: str,
    credit: str,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    amount_minor: int,
    memo: str,
) -> JournalEntry:
    _need_positive(kind, reference, amount_minor)
    postings = (
        Posting(debit, amount_minor, currency, account),
        Posting(credit, -amount_minor, currency, account),
    )
    return JournalEntry(kind, on, reference, memo, postings)


def _negated(postings: tuple[Posting, ...]) -> tuple[Posting, ...]:
    return tuple(posting._replace(amount_minor=-posting.amount_minor) for posting in postings)


def _need_positive(kind: str, reference: str, amount_minor: int) -> None:
    if amount_minor < 1:
        raise BillingError(f"{kind} {reference}: the amount must be above 0, not {amount_minor}")
