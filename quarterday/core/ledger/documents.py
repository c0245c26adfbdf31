"""Entries of documents: invoices, credit notes and debts that are given up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from quarterday.core.ledger.entry import (
    RECEIVABLE,
    AccountKey,
    JournalEntry,
    Posting,
    move,
    negated,
)

BAD_DEBT = "expenses:bad-debt"


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
    return JournalEntry("credit_note", on, reference, memo, negated(invoice.postings))


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
    return move(
        "write_off", BAD_DEBT, RECEIVABLE, on, reference, account, currency, amount_minor, memo
    )
