"""Entries of tax that falls due when credit comes in, before there is an invoice to pay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from quarterday.core.ledger.entry import AccountKey, JournalEntry, Posting, negated

TAX_ON_ADVANCES = "assets:tax-on-advances"


def post_advance(
    *,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    taxes: Iterable[tuple[str, int]],
    memo: str = "",
) -> JournalEntry:
    """An advance invoice: its tax is owed to the state, and comes back as the credit is used.

    ``taxes`` are (tax code, minor units). The credit itself is the deposit's entry, with the tax
    inside. No tax posts nothing.

    >>> entry = post_advance(
    ...     on=date(2026, 1, 1),
    ...     reference="ADV1",
    ...     account="A1",
    ...     currency="EUR",
    ...     taxes=[("vat19", 19)],
    ... )
    >>> [posting[:2] for posting in entry.postings]
    [('assets:tax-on-advances', 19), ('liabilities:tax:vat19', -19)]
    """
    named = [(code, amount) for code, amount in taxes if amount]
    postings = [
        Posting("liabilities:tax:" + code, -amount, currency, account) for code, amount in named
    ]
    if whole := sum(amount for _, amount in named):
        postings.insert(0, Posting(TAX_ON_ADVANCES, whole, currency, account))
    return JournalEntry("advance", on, reference, memo, tuple(postings))


def post_advance_credit(
    *,
    on: date,
    reference: str,
    account: AccountKey,
    currency: str,
    taxes: Iterable[tuple[str, int]],
    memo: str = "",
) -> JournalEntry:
    """A credit note against an advance, in positive amounts: the mirror of `post_advance`.

    >>> entry = post_advance_credit(
    ...     on=date(2026, 1, 1),
    ...     reference="CN1",
    ...     account="A1",
    ...     currency="EUR",
    ...     taxes=[("vat19", 19)],
    ... )
    >>> [posting[:2] for posting in entry.postings]
    [('assets:tax-on-advances', -19), ('liabilities:tax:vat19', 19)]
    """
    advance = post_advance(
        on=on, reference=reference, account=account, currency=currency, taxes=taxes
    )
    return JournalEntry("advance_credit", on, reference, memo, negated(advance.postings))
