"""Bank accounts, their statements and lines, and what the book says stands on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.db.models import Q

from quarterday.core.bank_number import same_account
from quarterday.core.errors import BillingError
from quarterday.core.ledger.statement import bank
from quarterday.store.bulk import to_column
from quarterday.store.models import BankAccount, BankLine, BankStatement, Seller
from quarterday.store.queries.raw import fetch
from quarterday.store.queries.references import find_seller

_OPENING = """
SELECT COALESCE(SUM(p.amount_minor), 0)
FROM store_bankstatement s
JOIN store_journalentry e ON e.source = s.public_id AND e.kind = 'bank_opening'
JOIN store_posting p ON p.entry_id = e.id
JOIN store_ledgeraccount l ON l.id = p.ledger_account_id AND l.code = %s
WHERE s.bank_account_id = %s
"""
_LINES = """
SELECT COALESCE(SUM(amount_minor), 0) FROM store_bankline WHERE bank_account_id = %s
"""
_UNTIL = _LINES + " AND (booked_on <= %s OR statement_id = %s)"
# As many as one statement may ask for on SQLite, with room to spare.
_TOGETHER = 500


def find_bank_account(code: str, seller: str | None = None) -> BankAccount:
    """A bank account by its code, public id or number. Raises `BillingError` without one."""
    rows = list_bank_accounts(seller)
    found = [row for row in rows if code in (row.code, row.public_id)]
    found = found or [row for row in rows if same_account(code, row.number)]
    if len(found) == 1:
        return found[0]
    if found:
        named = ", ".join(f"{row.code} of {row.seller.code}" for row in found)
        raise BillingError(f"{code!r} is more than one bank account ({named}); say which --seller")
    known = ", ".join(row.code for row in rows[:10]) or "none at all"
    raise BillingError(f"there is no bank account {code!r}; there are {known}")


def list_bank_accounts(seller: str | None = None) -> list[BankAccount]:
    """All bank accounts, or those of one seller, by seller and code."""
    rows = BankAccount.objects.select_related("seller").order_by("seller__code", "code")
    if seller is not None:
        rows = rows.filter(seller=find_seller(seller))
    return list(rows)


def list_statements(
    account: BankAccount | None = None, seller: Seller | None = None, limit: int = 100
) -> list[BankStatement]:
    """Statements that were read, the newest first."""
    rows = BankStatement.objects.select_related("bank_account__seller").order_by("-id")
    return list(rows.filter(_of(account, seller))[:limit])


def list_bank_lines(
    account: BankAccount | None = None,
    seller: Seller | None = None,
    *,
    status: str | None = None,
    first: date | None = None,
    last: date | None = None,
    limit: int = 100,
) -> list[BankLine]:
    """Lines of statements, the newest first."""
    rows = BankLine.objects.select_related("bank_account__seller", "statement")
    rows = rows.filter(_of(account, seller)).order_by("-booked_on", "-id")
    if status is not None:
        rows = rows.filter(status=status)
    if first is not None:
        rows = rows.filter(booked_on__gte=first)
    if last is not None:
        rows = rows.filter(booked_on__lte=last)
    return list(rows[:limit])


def _of(account: BankAccount | None, seller: Seller | None) -> Q:
    if account is not None:
        return Q(bank_account=account)
    return Q(bank_account__seller=seller) if seller is not None else Q()


def read_opening(account: BankAccount) -> int:
    """What the book says stood on a bank account before its first line."""
    return int(fetch(_OPENING, [bank(account.code), account.id])[0][0])


def read_balance(account: BankAccount) -> int:
    """What stands on a bank account by its opening balance and all lines."""
    return read_opening(account) + int(fetch(_LINES, [account.id])[0][0])


def sum_lines_until(account: BankAccount, day: date, statement_id: int) -> int:
    """What all lines until a day come to, with all that a statement brought."""
    return int(fetch(_UNTIL, [account.id, to_column(day), statement_id])[0][0])


def find_known(account: BankAccount, fingerprints: Iterable[str]) -> set[str]:
    """Which of these fingerprints stand for a line of the account already."""
    found: set[str] = set()
    for part in _in_parts(sorted(set(fingerprints))):
        rows = BankLine.objects.filter(bank_account=account, fingerprint__in=part)
        found.update(rows.values_list("fingerprint", flat=True))
    return found


def _in_parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _TOGETHER):
        yield values[start : start + _TOGETHER]
