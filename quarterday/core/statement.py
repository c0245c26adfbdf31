"""What a bank states: accounts, their balances, and what came in and went out, in any format.

Readers of camt, MT940, OFX and CSV all make these; what comes in is positive. `fingerprint` knows
an entry again, so that statements that overlap add nothing, while two payments that are truly
equal are both kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """A movement that the bank has booked: signed minor units of the account's currency.

    ``parts`` are the single payments of a batch that is booked as one sum, each an entry too.
    ``unique_reference`` is what the bank promises to give no other entry of the account (camt's
    AcctSvcrRef, OFX's FITID); ``bank_reference`` is whatever reference of the bank there is.

    >>> StatementEntry(date(2026, 1, 31), 1190, "EUR", text="Invoice R-1").amount_minor
    1190
    """

    booked_on: date
    amount_minor: int
    currency: str
    value_on: date | None = None
    name: str = ""
    iban: str = ""
    text: str = ""
    creditor_reference: str = ""
    end_to_end_id: str = ""
    mandate: str = ""
    payment_group: str = ""
    bank_reference: str = ""
    unique_reference: str = ""
    bank_code: str = ""
    return_reason: str = ""
    parts: tuple[StatementEntry, ...] = ()

    def lines(self) -> tuple[StatementEntry, ...]:
        """What there is to match: the parts of a batch, or the entry itself.

        >>> entry = StatementEntry(date(2026, 1, 31), 1190, "EUR")
        >>> entry.lines() == (entry,)
        True
        """
        return self.parts or (self,)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of one account in one currency; balances and days are None where not stated.

    ``pending`` counts what the bank has announced but not booked, which is left out. ``format``
    says which of its reader's formats it came in.
    """

    account: str
    currency: str
    entries: tuple[StatementEntry, ...] = ()
    opening_minor: int | None = None
    closing_minor: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    reference: str = ""
    pending: int = 0
    format: str = ""

    def total(self) -> int:
        """What all entries come to, in minor units.

        >>> Statement("DE02", "EUR", (StatementEntry(date(2026, 1, 31), 5, "EUR"),)).total()
        5
        """
        return sum(entry.amount_minor for entry in self.entries)

    def difference(self) -> int | None:
        """How far the closing balance is from the opening one with all entries; None if unknown.

        >>> entry = StatementEntry(date(2026, 1, 31), 5, "EUR")
        >>> Statement("DE02", "EUR", (entry,), opening_minor=10, closing_minor=15).difference()
        0
        >>> Statement("DE02", "EUR", (entry,), closing_minor=15).difference() is None
        True
        """
        if self.opening_minor is None or self.closing_minor is None:
            return None
        return self.closing_minor - self.opening_minor - self.total()


class Line(NamedTuple):
    """A line to keep: its own fingerprint, and those by which its entry may be known already.

    A batch may be told once as a sum and once in parts (camt.053 and camt.054): it is known when
    the sum or the first part is.
    """

    fingerprint: str
    known_by: tuple[str, str]
    entry: StatementEntry


def find_new(lines: Iterable[Line], known: Container[str]) -> list[Line]:
    """The lines whose entries are not known yet, whether as a sum or in parts.

    >>> first, second = list_lines([StatementEntry(date(2026, 1, 31), 5, "EUR")] * 2)
    >>> find_new([first, second], {first.fingerprint}) == [second]
    True
    """
    return [line for line in lines if not any(one in known for one in line.known_by)]


def find_batch_problem(entry: StatementEntry, parts: Iterable[StatementEntry]) -> str:
    """Why single payments cannot be the parts of a batch; empty when they can.

    >>> batch = StatementEntry(date(2026, 1, 31), 30, "EUR")
    >>> find_batch_problem(batch, [StatementEntry(date(2026, 1, 31), 10, "EUR")])
    'its payments come to 10, not to 30'
    """
    found = list(parts)
    if any(part.currency != entry.currency for part in found):
        return "its payments are in another currency"
    total = sum(part.amount_minor for part in found)
    if total != entry.amount_minor:
        return f"its payments come to {total}, not to {entry.amount_minor}"
    return ""


def list_lines(
    entries: Iterable[StatementEntry], seen: Counter[tuple[object, ...]] | None = None
) -> list[Line]:
    """Every line of a statement that moves money, with its fingerprint.

    Entries that look alike are told apart by their number: the first, the second and so on of
    that day. ``seen`` carries that count from one statement of a file to the next.

    >>> twice = [StatementEntry(date(2026, 1, 31), 5, "EUR", text="coffee")] * 2
    >>> first, second = list_lines(twice)
    >>> first.fingerprint == second.fingerprint
    False
    >>> list_lines(twice[:1])[0].fingerprint == first.fingerprint
    True
    """
    seen = Counter() if seen is None else seen
    lines = []
    for entry in entries:
        key = identify(entry)
        number = seen[key]
        seen[key] += 1
        whole, first = _digest(key, number, 0), _digest(key, number, 1)
        for part, line in enumerate(entry.parts, 1):
            own = first if part == 1 else _digest(key, number, part)
            lines.append(Line(own, (whole, first), line))
        if not entry.parts:
            lines.append(Line(whole, (whole, first), entry))
    return [line for line in lines if line.entry.amount_minor]


def identify(entry: StatementEntry) -> tuple[object, ...]:
    """What makes an entry the same in another statement: its day, amount and unique reference, or
    where it has none, everything that it says. Spaces and case do not count.

    >>> one = StatementEntry(date(2026, 1, 31), 5, "EUR", text="Coffee  to go")
    >>> two = StatementEntry(date(2026, 1, 31), 5, "EUR", text="coffee to go")
    >>> identify(one) == identify(two)
    True
    """
    head = (entry.booked_on.isoformat(), entry.amount_minor, entry.currency)
    if entry.unique_reference:
        return (*head, "reference", _plain(entry.unique_reference))
    said = (
        entry.name,
        entry.iban,
        entry.text,
        entry.creditor_reference,
        entry.end_to_end_id,
        entry.mandate,
        entry.payment_group,
        entry.bank_reference,
        entry.return_reason,
    )
    value_on = entry.value_on.isoformat() if entry.value_on else ""
    return (*head, "said", value_on, *map(_plain, said))


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _digest(key: tuple[object, ...], number: int, part: int) -> str:
    return sha256(repr((*key, number, part)).encode()).hexdigest()
