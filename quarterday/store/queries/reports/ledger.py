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
SELECT {part}, p.ledger_account_id, p.currency,
       SUM(CASE WHEN p.amount_minor > 0 THEN p.amount_minor ELSE 0 END),
       SUM(CASE WHEN p.amount_minor < 0 THEN p.amount_minor ELSE 0 END),
       COUNT(*)
FROM store_posting p{entries}
WHERE 1 = 1{which}
GROUP BY 1, 2, 3
"""
_ENTRIES = " JOIN store_journalentry e ON e.id = p.entry_id"
# What was before a period, in it, and after.
_BEFORE, _WITHIN, _AFTER = range(3)
_PARTS = ('e."on" < %(start)s', 'e."on" >= %(start)s AND e."on" < %(end)s', 'e."on" >= %(end)s')
_PART = f"CASE WHEN {_PARTS[_BEFORE]} THEN 0 WHEN {_PARTS[_AFTER]} THEN 2 ELSE 1 END"
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


# By part of time, ledger account and currency.
_Book = Mapping[tuple[int, int, str], _Sums]


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
    """What ledger accounts held and what moved, by a name of theirs and currency."""
    sums: dict[tuple[str, str], Moved] = {}
    for (part, key, code), one in sorted(_read_parts(period, keys).items()):
        of = name(key), code
        held = sums.get(of, Moved(*of, 0, 0, 0, 0))
        if part == _BEFORE:
            held = held._replace(opening_minor=held.opening_minor + one.debit + one.credit)
        else:
            held = held._replace(
                debit_minor=held.debit_minor + one.debit,
                credit_minor=held.credit_minor + one.credit,
                postings=held.postings + one.number,
            )
        sums[of] = held
    return sorted(sums.values())


def _read_parts(period: Period, keys: Sequence[int] | None) -> _Book:
    """The sums before a period, and in it.

    A posting has its day from its entry, and finding the entries of millions costs far more than
    adding them all up. So where most are before the period, or in it, those are not looked up:
    they are all that there are less the others.
    """
    lengths = _measure(period)
    longest = lengths.index(max(lengths))
    if longest == _AFTER or 2 * lengths[longest] < sum(lengths):
        return _sum(keys, period, [part for part in (_BEFORE, _WITHIN) if lengths[part]])
    others = [part for part, length in enumerate(lengths) if length and part != longest]
    found = dict(_sum(keys, period, others))
    whole = _sum(keys, period, None)
    rest = {(longest, key, code): sums for (_, key, code), sums in whole.items()}
    for (_, key, code), sums in found.items():
        rest[longest, key, code] = rest[longest, key, code].less(sums)
    book = {**found, **rest}
    return {key: sums for key, sums in book.items() if sums.number and key[0] != _AFTER}


def _measure(period: Period) -> list[int]:
    """How many days with entries there may be before, in and after a period."""
    rows = [(to_day(first), to_day(last)) for first, last in fetch(days(_ENDS)) if first]
    if not rows:
        return [0, 0, 0]
    first = min(row[0] for row in rows)
    end = max(row[1] for row in rows) + timedelta(days=1)
    cuts = [first, *(min(max(cut, first), end) for cut in period), end]
    return [(upper - lower).days for lower, upper in pairwise(cuts)]


def _sum(keys: Sequence[int] | None, period: Period, parts: Sequence[int] | None) -> _Book:
    """The sums of some parts, or of all that there is, whenever it was."""
    if parts is not None and not parts:
        return {}
    which = "" if keys is None else f" AND p.ledger_account_id IN ({_listed(keys)})"
    if parts is not None:
        which += f" AND ({' OR '.join(_PARTS[part] for part in parts)})"
    sql = _SUMS.format(
        part="0" if parts is None else _PART,
        entries="" if parts is None else _ENTRIES,
        which=which,
    )
    return {
        (int(part), int(key), str(currency)): _Sums(*(int(one) for one in sums))
        for part, key, currency, *sums in fetch(
            sql, {"start": to_column(period.start), "end": to_column(period.end)}
        )
    }


def _listed(keys: Sequence[int]) -> str:
    return ",".join(str(int(key)) for key in keys) or "NULL"
