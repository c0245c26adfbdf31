"""The book added up: balances before a period, what moved in it, and its postings one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from heapq import merge
from itertools import islice, pairwise
from typing import Any, NamedTuple

from quarterday.core.period import Period
from quarterday.store.bulk import to_column, to_day
from quarterday.store.models import LedgerAccount
from quarterday.store.queries.raw import days, fetch

_SUMS = """
SELECT p.ledger_account_id, p.currency,
       SUM(CASE WHEN p.amount_minor > 0 THEN p.amount_minor ELSE 0 END),
       SUM(CASE WHEN p.amount_minor < 0 THEN p.amount_minor ELSE 0 END),
       COUNT(*)
FROM store_posting p{entries}
WHERE 1 = 1{which}
GROUP BY p.ledger_account_id, p.currency
"""
_ENTRIES = " JOIN store_journalentry e ON e.id = p.entry_id"
# The first and the last entry of each seller, which the index holds at its ends.
_ENDS = """
SELECT [(SELECT MIN(e."on") FROM store_journalentry e WHERE e.seller_id = s.id)],
       [(SELECT MAX(e."on") FROM store_journalentry e WHERE e.seller_id = s.id)]
FROM store_seller s
"""
# What is shown of each posting is read after the limit: those before it may be many.
_POSTINGS = """
SELECT [p."on"], p.id, p.kind, p.reference, p.memo, l.code, p.currency, p.amount_minor,
       COALESCE(a.external_id, a.public_id, ''), COALESCE(a.name, '')
FROM (
  SELECT e."on", p.id, e.kind, e.reference, e.memo, p.ledger_account_id, p.account_id, p.currency,
         p.amount_minor
  FROM store_posting p JOIN store_journalentry e ON e.id = p.entry_id
  WHERE p.ledger_account_id IN ({keys}) AND e.seller_id = %s AND e."on" >= %s AND e."on" < %s
    {currency}
  ORDER BY e."on", p.id LIMIT %s) p
JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
LEFT JOIN store_account a ON a.id = p.account_id
ORDER BY p."on", p.id
"""


class Moved(NamedTuple):
    """A ledger account in one currency: signed minor units; ``credit_minor`` is below zero."""

    code: str
    currency: str
    opening_minor: int
    debit_minor: int
    credit_minor: int
    postings: int = 0

    @property
    def closing_minor(self) -> int:
        """What it holds at the end."""
        return self.opening_minor + self.debit_minor + self.credit_minor


class Posted(NamedTuple):
    """One posting with its entry."""

    on: date
    kind: str
    reference: str
    memo: str
    code: str
    currency: str
    amount_minor: int
    account: str
    account_name: str


class _Sums(NamedTuple):
    """Debits, credits and how many postings there were."""

    debit: int = 0
    credit: int = 0
    number: int = 0

    def less(self, other: _Sums) -> _Sums:
        """What is left of a sum without a part of it."""
        return _Sums(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


# Of ledger accounts and currencies.
_Book = Mapping[tuple[int, str], _Sums]


def read_trial_balance(period: Period, sellers: Sequence[int] | None) -> list[Moved]:
    """Every ledger account with an opening or a movement, in order of code and currency."""
    keys = None if sellers is None else find_ledger_accounts(":", sellers)
    codes = dict(LedgerAccount.objects.values_list("id", "code"))
    found = _add_up(period, keys, lambda key: codes[key])
    return [one for one in found if one.opening_minor or one.postings]


def find_ledger_accounts(code: str, sellers: Sequence[int] | None) -> list[int]:
    """The keys of a ledger account, or of all below it when the code ends with a colon; a bare
    colon is above all of them.
    """
    rows = LedgerAccount.objects.all()
    if code != ":":
        rows = rows.filter(code__startswith=code) if code.endswith(":") else rows.filter(code=code)
    if sellers is not None:
        rows = rows.filter(seller__in=sellers)
    return list(rows.values_list("id", flat=True))


def read_postings(
    keys: Sequence[int], period: Period, currency: str, limit: int
) -> Iterator[Posted]:
    """The postings of ledger accounts in a period, the earliest first, at most ``limit``."""
    owners: dict[int, list[int]] = {}
    for seller, key in LedgerAccount.objects.filter(id__in=keys).values_list("seller_id", "id"):
        owners.setdefault(seller, []).append(key)
    # Of one seller the index knows the order, so that the database need not sort them all.
    found = [_postings(seller, own, period, currency, limit) for seller, own in owners.items()]
    for on, _, *rest in islice(merge(*found, key=lambda row: row[:2]), limit):
        yield Posted(on, *rest)


def read_totals(keys: Sequence[int], period: Period) -> list[Moved]:
    """What ledger accounts held before a period and what moved in it, by currency."""
    return _add_up(period, keys, lambda key: "") if keys else []


def _postings(
    seller: int, keys: Sequence[int], period: Period, currency: str, limit: int
) -> list[tuple[Any, ...]]:
    sql = _POSTINGS.format(keys=_listed(keys), currency="AND p.currency = %s" if currency else "")
    params = [
        seller,
        to_column(period.start),
        to_column(period.end),
        *([currency] * bool(currency)),
    ]
    return [(to_day(on), *rest) for on, *rest in fetch(days(sql), [*params, limit])]


def _add_up(period: Period, keys: Sequence[int] | None, name: Callable[[int], str]) -> list[Moved]:
    """What ledger accounts held and what moved, by a name of theirs and currency.

    A posting has its day from its entry, and finding a million entries costs far more than adding
    up all postings. So the longest of what was before, in and after the period is not looked up:
    it is all there is less the others.
    """
    before, within = _read_parts(period, keys)
    sums: dict[tuple[str, str], Moved] = {}
    for key, code in sorted(before.keys() | within.keys()):
        was, moved = before.get((key, code), _Sums()), within.get((key, code), _Sums())
        of = name(key), code
        one = sums.get(of, Moved(*of, 0, 0, 0, 0))
        sums[of] = one._replace(
            opening_minor=one.opening_minor + was.debit + was.credit,
            debit_minor=one.debit_minor + moved.debit,
            credit_minor=one.credit_minor + moved.credit,
            postings=one.postings + moved.number,
        )
    return sorted(sums.values())


def _read_parts(period: Period, keys: Sequence[int] | None) -> tuple[_Book, _Book]:
    """The sums before a period, and in it."""
    start, end = to_column(period.start), to_column(period.end)
    parts: Sequence[tuple[str, Sequence[str]]] = (
        (' AND e."on" < %s', [start]),
        (' AND e."on" >= %s AND e."on" < %s', [start, end]),
        (' AND e."on" >= %s', [end]),
    )
    lengths = _measure(period)
    longest = lengths.index(max(lengths))
    found: list[_Book] = [
        _sum(keys, *part) if length and place != longest else {}
        for place, (part, length) in enumerate(zip(parts, lengths, strict=True))
    ]
    if longest < 2:
        rest = dict(_sum(keys))
        for part in found:
            for key, sums in part.items():
                rest[key] = rest[key].less(sums)
        found[longest] = {key: sums for key, sums in rest.items() if sums.number}
    return found[0], found[1]


def _measure(period: Period) -> list[int]:
    """How many days with entries there may be before, in and after a period."""
    rows = [(to_day(first), to_day(last)) for first, last in fetch(days(_ENDS)) if first]
    if not rows:
        return [0, 0, 0]
    first = min(row[0] for row in rows)
    end = max(row[1] for row in rows) + timedelta(days=1)
    cuts = [first, *(min(max(cut, first), end) for cut in period), end]
    return [(upper - lower).days for lower, upper in pairwise(cuts)]


def _sum(keys: Sequence[int] | None, which: str = "", params: Sequence[str] = ()) -> _Book:
    scope = "" if keys is None else f" AND p.ledger_account_id IN ({_listed(keys)})"
    sql = _SUMS.format(entries=_ENTRIES if which else "", which=scope + which)
    return {
        (int(key), str(currency)): _Sums(*(int(one) for one in sums))
        for key, currency, *sums in fetch(sql, list(params))
    }


def _listed(keys: Sequence[int]) -> str:
    return ",".join(str(int(key)) for key in keys) or "NULL"
