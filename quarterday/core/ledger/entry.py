"""The parts of the book: signed postings and the entries they balance in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from quarterday.core.errors import BillingError

RECEIVABLE = "assets:receivable"

AccountKey = str | int | None


class Posting(NamedTuple):
    """Minor units on a ledger account: a debit is positive, a credit negative."""

    ledger_account: str
    amount_minor: int
    currency: str
    account: AccountKey = None


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


def reverse(entry: JournalEntry, *, on: date, reference: str, memo: str = "") -> JournalEntry:
    """The entry that undoes another; both stay in the book.

    >>> deposit = move(
    ...     "deposit",
    ...     "assets:clearing:cash",
    ...     "liabilities:credit",
    ...     date(2026, 1, 1),
    ...     "D1",
    ...     "A1",
    ...     "EUR",
    ...     500,
    ...     "",
    ... )
    >>> reverse(deposit, on=date(2026, 1, 2), reference="V1").memo
    'reverses deposit D1'
    """
    memo = memo or f"reverses {entry.kind} {entry.reference}"
    return JournalEntry("reversal", on, reference, memo, negated(entry.postings))


def move(
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
    """An entry that moves an amount from one ledger account to another; refuses one below 1.

    >>> move(
    ...     "manual", "assets:bank", "equity:opening", date(2026, 1, 1), "J1", None, "EUR", 5, ""
    ... ).postings[1]
    Posting(ledger_account='equity:opening', amount_minor=-5, currency='EUR', account=None)
    """
    need_positive(kind, reference, amount_minor)
    postings = (
        Posting(debit, amount_minor, currency, account),
        Posting(credit, -amount_minor, currency, account),
    )
    return JournalEntry(kind, on, reference, memo, postings)


def negated(postings: tuple[Posting, ...]) -> tuple[Posting, ...]:
    """The same postings with debit and credit exchanged.

    >>> negated((Posting("assets:bank", 5, "EUR"),))[0].amount_minor
    -5
    """
    return tuple(posting._replace(amount_minor=-posting.amount_minor) for posting in postings)


def need_positive(kind: str, reference: str, amount_minor: int) -> None:
    """Raise `BillingError` for an amount below 1.

    >>> need_positive("payment", "P1", 1)
    """
    if amount_minor < 1:
        raise BillingError(f"{kind} {reference}: the amount must be above 0, not {amount_minor}")
