"""Bank lines for tests of matching: as the import writes them, with their entry."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from quarterday.core.ledger.bank import SUSPENSE
from quarterday.core.ledger.entry import JournalEntry, Posting
from quarterday.services.ledger.post_entry import post_entry
from quarterday.store.models import BankAccount, BankLine, BankStatement, Seller
from tests.services.till import DAY, NOW

_numbers = count(1)


def make_bank(seller: Seller, code: str = "main") -> BankAccount:
    """A bank account of a seller."""
    return BankAccount.objects.create(
        seller=seller, code=code, number="DE02120300000000202051", currency=seller.currency
    )


def make_line(bank: BankAccount, amount_minor: int, on: date = DAY, **said: Any) -> BankLine:
    """A line of a statement of its own."""
    number = next(_numbers)
    statement = BankStatement.objects.create(
        bank_account=bank,
        digest=f"{number:064d}",
        number=1,
        format="test",
        lines=1,
        new_lines=1,
        total_minor=amount_minor,
        imported_at=NOW,
    )
    line = BankLine.objects.create(
        bank_account=bank,
        statement=statement,
        fingerprint=f"{number:064d}",
        booked_on=on,
        currency=bank.currency,
        amount_minor=amount_minor,
        open_minor=amount_minor,
        **said,
    )
    postings = (
        Posting(f"assets:bank:{bank.code}", amount_minor, bank.currency),
        Posting(SUSPENSE, -amount_minor, bank.currency),
    )
    entry = JournalEntry("bank_line", on, line.public_id, "", postings)
    post_entry(entry, seller_id=bank.seller_id, source=line.public_id)
    return line
