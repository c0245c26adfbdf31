"""What a bank line tells about who paid, and for what: the evidence, before it is weighed."""

from __future__ import annotations

from dataclasses import dataclass, field

from quarterday.core.matching_index import DebtIndex
from quarterday.core.matching_names import AGREES, is_near
from quarterday.core.matching_text import Number, squeeze
from quarterday.core.matching_types import BankText, Debt

_SHORTEST_CUSTOMER = 4


@dataclass(slots=True)
class Clues:
    """Evidence of one line.

    ``referred`` are debts and ``referred_accounts`` accounts that a reference with right check
    digits names; ``named`` those whose number stands there with its prefix, ``bare`` without, and
    ``alike`` those it may mean. ``is_broken`` says that a reference has wrong check digits,
    ``is_strange`` that a number of ours is named which nobody knows. ``written`` are the digits of all numbers there. ``by_name`` is how well the
    name agrees with that of accounts, ``by_iban`` who paid from there before.
    """

    referred: list[Debt] = field(default_factory=list)
    referred_accounts: list[str] = field(default_factory=list)
    named: list[Debt] = field(default_factory=list)
    bare: list[Debt] = field(default_factory=list)
    alike: list[Debt] = field(default_factory=list)
    customers: set[str] = field(default_factory=set)
    by_name: dict[str, int] = field(default_factory=dict)
    by_iban: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    is_broken: bool = False
    is_strange: bool = False

    def list_mentioned(self) -> list[Debt]:
        """All debts that the line names in any way, each once."""
        every = (*self.referred, *self.named, *self.bare, *self.alike)
        return list({debt.key: debt for debt in every}.values())

    def list_accounts(self) -> list[str]:
        """All accounts that anything speaks for, in a settled order."""
        found = {debt.account for debt in self.list_mentioned()}
        found.update(self.referred_accounts, self.customers, self.by_name, self.by_iban)
        return sorted(found)

    def agreeing(self) -> set[str]:
        """The accounts whose name agrees in all words."""
        return {account for account, percent in self.by_name.items() if percent >= AGREES}

    def is_nearly_named(self, debt: Debt) -> bool:
        """Whether a number stands there that is that of a debt but for one slip."""
        whole = f"{debt.number:0{debt.digits}d}"
        return any(is_near(digits[-len(whole) :], whole) for digits in self.written)

    def has_payer(self, account: str) -> bool:
        """Whether the payer is known to be this account and no other: by IBAN, or by name."""
        if self.by_iban:
            return self.by_iban == {account}
        return self.agreeing() == {account}


def find_clues(line: BankText, index: DebtIndex) -> Clues:
    """Everything that a line tells.

    >>> from datetime import date
    >>> from quarterday.core.matching_types import Payer
    >>> debt = Debt("inv_1", "A1", "INV-000007", 7, "INV-", 6, 1200, "EUR", date(2026, 1, 1))
    >>> index = DebtIndex([debt], [Payer("A1", "Jörg Müller", "EUR")])
    >>> line = BankText("L1", 1200, "EUR", date(2026, 1, 9), "Rg. 000007", "J. MUELLER")
    >>> clues = find_clues(line, index)
    >>> [one.key for one in clues.bare], clues.by_name, clues.has_payer("A1")
    (['inv_1'], {'A1': 75}, False)
    """
    text = f"{line.text} | {line.end_to_end_id}" if line.end_to_end_id else line.text
    reading = index.reader.read(text, line.creditor_reference)
    clues = Clues(is_broken=bool(reading.broken))
    for reference in dict.fromkeys(reading.references):
        _refer(reference, index, clues)
    if reading.references and not (clues.referred or clues.referred_accounts):
        clues.is_strange = True
    for reference in reading.broken:
        clues.alike += _under_reference(reference, index)
    clues.named, is_known = index.find_numbers(reading.numbers)
    clues.is_strange = clues.is_strange or not is_known
    clues.bare = _without(index.find_numbers(reading.bare)[0], clues.named)
    for number in reading.bare:
        _restore_reference(number.text, index, clues)
    numbers = (*reading.numbers, *reading.bare, *reading.lookalikes)
    clues.written = {_digits_of(one.text) for one in numbers}
    clues.written |= {_digits_of(one[4:]) for one in reading.broken}
    alike = index.find_numbers(reading.lookalikes)[0]
    clues.alike += _without(alike, clues.named, clues.bare)
    for word in reading.words:
        if len(word) >= _SHORTEST_CUSTOMER and any(one.isdecimal() for one in word):
            clues.customers |= index.by_external.get(squeeze(word), set())
    if line.name:
        clues.by_name = index.names.find(line.name)
    if line.iban:
        clues.by_iban = index.by_iban.get(squeeze(line.iban), set())
    return clues


def _refer(reference: str, index: DebtIndex, clues: Clues) -> None:
    kind, key = index.references.get(reference, ("none", ""))
    if kind == "debt":
        clues.referred.append(index.debts[key])
    elif kind == "account":
        clues.referred_accounts.append(key)


def _restore_reference(digits: str, index: DebtIndex, clues: Clues) -> None:
    """A reference of digits alone that lost its RF: the check digits are there to prove it."""
    if len(digits) > _SHORTEST_CUSTOMER and f"RF{digits}" in index.references:
        _refer(f"RF{digits}", index, clues)


def _under_reference(reference: str, index: DebtIndex) -> list[Debt]:
    """The debts whose label stands in a reference with wrong check digits."""
    body = reference[4:]
    found = []
    for series in index.reader.series:
        tail = body.removeprefix(series.prefix)
        if tail.isdecimal() and len(tail) <= 15 and (tail != body or not series.prefix):
            number = Number(series.prefix, int(tail), body)
            found += index.find_numbers([number])[0]
    return found


def _digits_of(text: str) -> str:
    return "".join(one for one in text if one.isdecimal())


def _without(debts: list[Debt], *others: list[Debt]) -> list[Debt]:
    known = {debt.key for other in others for debt in other}
    return [debt for debt in debts if debt.key not in known]
