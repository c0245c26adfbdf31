"""The ledger as beancount: every entry is a transaction, and its end is proved by balances.

An export that begins in the middle opens with a transaction that brings in what came before:
assets and liabilities as they stood, and what was earned until then as opening balances, so that
income and expenses are those of the range. Every export ends with what each account holds
according to the database, so `bean-check` finds an entry that is missing, doubled or altered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from quarterday.core.errors import BillingError
from quarterday.core.money import currency, format_minor
from quarterday.store.models import LedgerAccount
from quarterday.store.queries.exports.ledger import (
    Balance,
    EntryRow,
    find_sellers,
    find_span,
    read_balances,
    read_entries,
)
from quarterday.store.queries.exports.names import make_link, name_accounts, name_opening, quote
from quarterday.store.queries.stream import one_view

_DAY = timedelta(days=1)
Names = dict[tuple[str, str], str]


def export_beancount(
    write: Callable[[str], object],
    *,
    first: date | None = None,
    last: date | None = None,
    sellers: Sequence[str] | None = None,
) -> int:
    """Write the ledger from ``first`` to ``last``, both included; how many entries there were.

    Without them it is the whole ledger; ``sellers`` are codes, by default all. Raises
    `BillingError` for a seller that there is not, and for a range that ends before it begins.
    """
    if first and last and last < first:
        raise BillingError(f"the range ends on {last}, before it begins on {first}")
    count = 0
    with one_view():
        keys = find_sellers(sellers)
        span = find_span(list(keys.values())) or (first or last, last or first)
        begin, end = first or span[0], last or span[1]
        if begin is None or end is None:
            write(_title(()))
            return 0
        end = max(begin, end)
        codes = LedgerAccount.objects.filter(seller__in=keys.values())
        names = name_accounts(codes.values_list("seller__code", "code"))
        before = read_balances(keys, begin - _DAY)
        after = _at_end(before, read_balances(keys, end))
        write(_title(sorted({one.currency for one in after})))
        for text in _open(names, filter(_is_kept, before), begin - _DAY):
            write(text)
        for entry in read_entries(keys, begin, end):
            count += 1
            write(_transaction(entry, names))
        write("\n")
        for one in after:
            name = names[one.seller, one.ledger_account]
            write(f"{end + _DAY} balance {name}  {_amount(one.amount_minor, one.currency)}\n")
    return count


def _title(currencies: Iterable[str]) -> str:
    lines = ['option "title" "Ledger"']
    lines += [f'option "operating_currency" "{code}"' for code in currencies]
    return "\n".join(lines) + "\n\n"


def _open(names: Names, before: Iterable[Balance], on: date) -> Iterator[str]:
    """The accounts, and one transaction per seller that brings in what came before."""
    before = [one for one in before if one.amount_minor]
    for name in names.values():
        yield f"{on} open {name}\n"
    for seller, balances in groupby(before, key=lambda one: one.seller):
        opening = name_opening(seller, names.values())
        yield f"{on} open {opening}\n\n"
        yield f'{on} * "Opening balances of {make_link(seller)}"\n'
        totals: dict[str, int] = {}
        for one in balances:
            name = names[seller, one.ledger_account]
            yield f"  {name}  {_amount(one.amount_minor, one.currency)}\n"
            totals[one.currency] = totals.get(one.currency, 0) + one.amount_minor
        for code, total in sorted(totals.items()):
            yield f"  {opening}  {_amount(-total, code)}\n"


def _is_kept(balance: Balance) -> bool:
    """Whether a ledger account goes on; income and expenses begin anew with each range."""
    return not balance.ledger_account.startswith(("income:", "expenses:"))


def _at_end(before: Sequence[Balance], after: Sequence[Balance]) -> list[Balance]:
    """What each account holds at the end of a range that began with the balances ``before``."""
    earned = {one[:3]: one.amount_minor for one in before if not _is_kept(one)}
    return [one._replace(amount_minor=one.amount_minor - earned.get(one[:3], 0)) for one in after]


def _transaction(entry: EntryRow, names: Names) -> str:
    """An entry as a transaction, with its document as a link and its kind as a tag."""
    payee = next((posting for posting in entry.postings if posting.account), None)
    words = f"{entry.kind.replace('_', ' ')} {entry.reference}".strip()
    narration = quote(f"{words}: {entry.memo}" if entry.memo else words)
    head = f"{entry.on} * {quote(payee.account_name) + ' ' if payee else ''}{narration}"
    lines = [f"\n{head} #{make_link(entry.kind)} ^{make_link(entry.reference)}"]
    if payee:
        lines.append(f"  account: {quote(payee.account)}")
    lines += [
        f"  {names[entry.seller, one.ledger_account]}  {_amount(one.amount_minor, one.currency)}"
        for one in entry.postings
    ]
    return "\n".join(lines) + "\n"


def _amount(minor: int, code: str) -> str:
    return f"{format_minor(minor, currency(code))} {code}"
