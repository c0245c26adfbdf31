"""Entries of what was understood on a bank statement.

Whatever a statement says stands on the bank's account at once, against what is not understood
yet. Matching then moves it from there to where it belongs.
"""

from __future__ import annotations

from datetime import date

from quarterday.core.errors import BillingError
from quarterday.core.ledger.entry import AccountKey, JournalEntry, Posting, reverse
from quarterday.core.ledger.fees import PAYMENT_FEES
from quarterday.core.ledger.payments import clearing

SUSPENSE = "assets:suspense"
# Rent, taxes and transfers between own accounts: other books than these tell about them.
OTHER_BOOKS = "equity:other-books"


def post_match(
    *,
    on: date,
    reference: str,
    currency: str,
    amount_minor: int,
    counter: str,
    account: AccountKey = None,
    memo: str = "",
) -> JournalEntry:
    """A bank line, or a part of it, that was understood; what came in is positive.

    ``counter`` is the ledger account that it belongs to, mostly the clearing account of a method.
    Raises `BillingError` for nothing.

    >>> entry = post_match(
    ...     on=date(2026, 1, 1),
    ...     reference="M1",
    ...     currency="EUR",
    ...     amount_minor=1200,
    ...     counter="assets:clearing:bank_transfer",
    ... )
    >>> [posting[:2] for posting in entry.postings]
    [('assets:suspense', 1200), ('assets:clearing:bank_transfer', -1200)]
    """
    _need_amount(reference, amount_minor)
    postings = (
        Posting(SUSPENSE, amount_minor, currency, account),
        Posting(counter, -amount_minor, currency, account),
    )
    return JournalEntry("bank_match", on, reference, memo, postings)


def post_payout_match(
    *,
    on: date,
    reference: str,
    currency: str,
    net_minor: int,
    fee_minor: int,
    gateway: str,
    memo: str = "",
) -> JournalEntry:
    """A payout of a gateway that has arrived: net at the bank, its fee, and the gross it held.

    >>> entry = post_payout_match(
    ...     on=date(2026, 1, 1),
    ...     reference="M1",
    ...     currency="EUR",
    ...     net_minor=970,
    ...     fee_minor=30,
    ...     gateway="stripe",
    ... )
    >>> [posting[:2] for posting in entry.postings]
    [('assets:suspense', 970), ('expenses:payment-fees', 30), ('assets:clearing:stripe', -1000)]
    """
    _need_amount(reference, net_minor)
    gross = net_minor + fee_minor
    postings = [Posting(SUSPENSE, net_minor, currency)]
    if fee_minor:
        postings.append(Posting(PAYMENT_FEES, fee_minor, currency))
    if gross:
        postings.append(Posting(clearing(gateway), -gross, currency))
    return JournalEntry("bank_match", on, reference, memo, tuple(postings))


def undo_match(entry: JournalEntry, *, on: date) -> JournalEntry:
    """The entry that takes back one of a match; the line is not understood again.

    >>> entry = post_match(
    ...     on=date(2026, 1, 1), reference="M1", currency="EUR", amount_minor=5, counter="x"
    ... )
    >>> undone = undo_match(entry, on=date(2026, 1, 2))
    >>> undone.kind, undone.postings[0].amount_minor
    ('bank_match_undo', -5)
    """
    back = reverse(entry, on=on, reference=entry.reference)
    return JournalEntry("bank_match_undo", on, back.reference, back.memo, back.postings)


def _need_amount(reference: str, amount_minor: int) -> None:
    if not amount_minor:
        raise BillingError(f"bank match {reference}: there is no amount to book")
