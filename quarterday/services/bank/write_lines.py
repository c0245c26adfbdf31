"""Write many bank lines at once, each with its entry in the book."""

from __future__ import annotations

from collections.abc import Sequence

from quarterday.core.ledger.statement import post_bank_line
from quarterday.core.limits import find_unprintable
from quarterday.core.statement import Line
from quarterday.services.ledger.accounts import LedgerAccounts
from quarterday.store.bulk import insert_rows, reserve_ids, to_column
from quarterday.store.fields import make_public_id
from quarterday.store.models import (
    BankAccount,
    BankLine,
    BankLineStatus,
    BankStatement,
    JournalEntry,
    Posting,
)

_LINE = (
    "public_id bank_account_id statement_id fingerprint booked_on value_on currency amount_minor "
    "open_minor status name iban text creditor_reference end_to_end_id mandate payment_group "
    "bank_reference bank_code return_reason"
).split()
_ENTRY = "id seller_id kind on source reference memo".split()
_POSTING = "entry_id ledger_account_id account_id currency amount_minor".split()


def write_lines(account: BankAccount, statement: BankStatement, lines: Sequence[Line]) -> None:
    """Write lines, in the transaction of their statement.

    Texts longer than their columns are cut; the text that the payer wrote is kept whole.
    """
    ledger = LedgerAccounts(account.seller_id)
    rows, entries, postings = [], [], []
    keys = reserve_ids(JournalEntry, len(lines)) if lines else []
    for key, (fingerprint, _, line) in zip(keys, lines, strict=True):
        public_id, name = make_public_id("bln"), clean_text(line.name, 200)
        rows.append(
            (
                public_id,
                account.id,
                statement.id,
                fingerprint,
                to_column(line.booked_on),
                to_column(line.value_on) if line.value_on else None,
                account.currency,
                line.amount_minor,
                line.amount_minor,
                BankLineStatus.OPEN.value,
                name,
                clean_text(line.iban, 64),
                clean_text(line.text),
                clean_text(line.creditor_reference, 35),
                clean_text(line.end_to_end_id, 64),
                clean_text(line.mandate, 64),
                clean_text(line.payment_group, 64),
                clean_text(line.bank_reference, 200),
                clean_text(line.bank_code, 64),
                clean_text(line.return_reason, 64),
            )
        )
        entry = post_bank_line(
            on=line.booked_on,
            reference=public_id,
            code=account.code,
            currency=account.currency,
            amount_minor=line.amount_minor,
            memo=name,
        )
        on = to_column(entry.on)
        entries.append((key, account.seller_id, entry.kind, on, public_id, public_id, entry.memo))
        postings += [
            (key, ledger.key(one.ledger_account), None, one.currency, one.amount_minor)
            for one in entry.postings
        ]
    insert_rows(BankLine, _LINE, rows)
    insert_rows(JournalEntry, _ENTRY, entries)
    insert_rows(Posting, _POSTING, postings)


def clean_text(text: str, limit: int | None = None) -> str:
    """Text that every database keeps, and that fits its column."""
    if find_unprintable(text):
        text = "".join(" " if find_unprintable(sign) else sign for sign in text)
    return text[:limit].strip()
