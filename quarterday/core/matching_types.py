"""What matching reads and what it answers: lines of a bank, debts, payers, and candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class BankText(NamedTuple):
    """A movement that came in, as the bank tells of it. ``key`` is the caller's."""

    key: str
    amount_minor: int
    currency: str
    on: date
    text: str = ""
    name: str = ""
    iban: str = ""
    creditor_reference: str = ""
    end_to_end_id: str = ""


class Debt(NamedTuple):
    """An invoice. One that is settled is known too, because payers name it again.

    ``prefix`` and ``digits`` say how its series writes numbers; ``instalments`` are the amounts
    of agreed parts that are still to come, the next one first.
    """

    key: str
    account: str
    label: str
    number: int
    prefix: str
    digits: int
    open_minor: int
    currency: str
    due_on: date
    instalments: tuple[int, ...] = ()


class Payer(NamedTuple):
    """An account that may pay. ``names`` and ``ibans`` are those that paid for it before."""

    key: str
    name: str
    currency: str
    external_id: str = ""
    names: tuple[str, ...] = ()
    ibans: tuple[str, ...] = ()


class Promise(NamedTuple):
    """A transfer that an account said it would make, for invoices or else for credit."""

    key: str
    account: str
    amount_minor: int
    currency: str
    invoices: tuple[str, ...] = ()


class Reason(NamedTuple):
    """A piece of evidence for a candidate, or against it: a word, and what was seen."""

    code: str
    detail: str = ""


class Verdict(StrEnum):
    """``certain`` is booked alone, ``likely`` is proposed, ``open`` is left to people."""

    CERTAIN = "certain"
    LIKELY = "likely"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a line may be for: an account, and its invoices in the order to settle them.

    Without invoices it is credit. ``confidence`` is in percent.
    """

    account: str
    invoices: tuple[str, ...]
    confidence: int
    reasons: tuple[Reason, ...]
    promise: str = ""

    @property
    def key(self) -> str:
        """The same for the same account and invoices."""
        return " ".join((self.account, *sorted(self.invoices)))


@dataclass(frozen=True, slots=True)
class Matched:
    """The candidates of a line, the best first."""

    verdict: Verdict
    candidates: Sequence[Candidate] = field(default=())
