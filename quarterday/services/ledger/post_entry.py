"""Write a journal entry, in the transaction of what it tells about."""

from __future__ import annotations

from quarterday.core.ledger import JournalEntry as Entry
from quarterday.services.ledger.accounts import LedgerAccounts
from quarterday.store.models import JournalEntry, Posting


def post_entry(
    entry: Entry, *, seller_id: int, source: str, ledger: LedgerAccounts | None = None
) -> JournalEntry | None:
    """Write an entry with its postings; an entry that moves nothing is not written.

    ``source`` is the public id of what caused it: one source has at most one entry of a kind, so
    that nothing is posted twice. The postings' ``account`` is the customer's key.
    """
    if not entry.postings:
        return None
    ledger = ledger or LedgerAccounts(seller_id)
    row = JournalEntry.objects.create(
        seller_id=seller_id,
        kind=entry.kind,
        on=entry.on,
        source=source,
        reference=entry.reference,
        memo=entry.memo,
    )
    Posting.objects.bulk_create(
        Posting(
            entry=row,
            ledger_account_id=ledger.key(posting.ledger_account),
            account_id=posting.account,
            currency=posting.currency,
            amount_minor=posting.amount_minor,
        )
        for posting in entry.postings
    )
    return row
