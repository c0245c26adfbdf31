"""What an adapter answers, and how an expectation is held against it: exactly.

Adapters never see the expected side, so they cannot fit an answer to it. Where a plain value
does not say enough (a series without end, a wrong answer to be recognised), an `Answer` does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import islice
from typing import Any

from quarterday.core.money import round_half_up

_NOTHING = {"no invoice", "nothing", "none", "no", "no-op", "no lines", "no charge", "0"}


class Answer:
    """An answer that itself judges what is expected."""

    def matches(self, expected: Any) -> bool:
        raise NotImplementedError


def matches(expected: Any, actual: Any) -> bool:
    """Whether an expected value is our answer: numbers and instants by value, the rest exactly.

    Of a record, every expected field must be answered; of a list, every place.
    """
    if isinstance(actual, Answer):
        return actual.matches(expected)
    if actual is None or isinstance(actual, bool) or isinstance(expected, bool):
        return expected is actual
    if isinstance(actual, int | Decimal | Fraction):
        number = _number(expected)
        return number is not None and number == Fraction(actual)
    if isinstance(actual, date):
        return _same_time(expected, actual)
    if isinstance(actual, Mapping):
        return isinstance(expected, dict) and all(
            name in actual and matches(value, actual[name]) for name, value in expected.items()
        )
    if isinstance(actual, list | tuple):
        return (
            isinstance(expected, list)
            and len(expected) == len(actual)
            and all(map(matches, expected, actual))
        )
    return bool(expected == actual)


def _number(expected: Any) -> Fraction | None:
    try:
        return Fraction(Decimal(str(expected)))
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _same_time(expected: Any, actual: date) -> bool:
    try:
        if not isinstance(actual, datetime):
            return date.fromisoformat(str(expected)) == actual
        stated = datetime.fromisoformat(str(expected))
    except ValueError:
        return False
    if stated.tzinfo is None:
        return stated == actual.replace(tzinfo=None)
    return stated == actual


@dataclass(frozen=True)
class Series(Answer):
    """A series without end, of which a case names the beginning."""

    values: Callable[[], Iterable[Any]]

    def matches(self, expected: Any) -> bool:
        return (
            isinstance(expected, list)
            and bool(expected)
            and matches(expected, list(islice(self.values(), len(expected))))
        )

    def __repr__(self) -> str:
        return f"{list(islice(self.values(), 5))} and so on"


@dataclass(frozen=True)
class Wrong(Answer):
    """A mistake to be recognised: made on purpose it gives what is stated, and we do not."""

    mistaken: Answer
    ours: Answer

    def matches(self, expected: Any) -> bool:
        return self.mistaken.matches(expected) and not self.ours.matches(expected)


@dataclass(frozen=True)
class Never(Answer):
    """A wrong answer, or several, none of which is ours."""

    ours: Any

    def matches(self, expected: Any) -> bool:
        stated = expected if isinstance(expected, list) else [expected]
        return bool(stated) and not any(matches(_first_word(each), self.ours) for each in stated)


def _first_word(value: Any) -> Any:
    return value.split()[0] if isinstance(value, str) and value.split() else value


@dataclass(frozen=True)
class Places(Answer):
    """An exact number that is stated with some places, rounded half up, or cut where it goes on."""

    exact: Fraction | Decimal

    def matches(self, expected: Any) -> bool:
        text = str(expected)
        cut = re.fullmatch(r"(-?\d+(?:\.\d+)?)(?:\.\.\.|…)", text)
        stated = _number(cut[1] if cut else text)
        if stated is None or isinstance(expected, bool):
            return False
        places = len((cut[1] if cut else text).partition(".")[2])
        scaled = Fraction(self.exact) * 10**places
        accepted = {round_half_up(scaled), int(scaled)} if cut else {round_half_up(scaled)}
        return stated * 10**places in accepted


@dataclass(frozen=True)
class Charge(Answer):
    """An exact amount; a case states it exactly, or rounded once to the currency."""

    exact: Fraction
    exponent: int

    def matches(self, expected: Any) -> bool:
        rounded = Fraction(round_half_up(self.exact * 10**self.exponent), 10**self.exponent)
        return matches(expected, self.exact) or matches(expected, rounded)


@dataclass(frozen=True)
class Credit(Answer):
    """An amount given back, which some sources write below zero and others above."""

    amount: Decimal

    def matches(self, expected: Any) -> bool:
        return matches(expected, self.amount) or matches(expected, -self.amount)


@dataclass(frozen=True)
class AnyOrder(Answer):
    """Records that a case may list in another order."""

    records: list[Any]

    def matches(self, expected: Any) -> bool:
        if not isinstance(expected, list) or len(expected) != len(self.records):
            return False
        left = list(self.records)
        for each in expected:
            found = next((place for place, ours in enumerate(left) if matches(each, ours)), None)
            if found is None:
                return False
            del left[found]
        return True


@dataclass(frozen=True)
class Lines(Answer):
    """What a run billed; words such as ``no invoice`` state that it billed nothing."""

    lines: list[Any]

    def matches(self, expected: Any) -> bool:
        if expected is None or (isinstance(expected, str) and expected.lower() in _NOTHING):
            return not self.lines
        return matches(expected, self.lines)


@dataclass(frozen=True)
class Refusal(Answer):
    """Whether bad input was refused; cases word the error in their own way."""

    refused: bool

    def matches(self, expected: Any) -> bool:
        return self.refused and bool(expected)


@dataclass(frozen=True)
class Says(Answer):
    """A fact that a case tells in a sentence beginning with this word."""

    word: str

    def matches(self, expected: Any) -> bool:
        return isinstance(expected, str) and re.split(r"\W+", expected.lower())[0] == self.word


@dataclass(frozen=True)
class Span(Answer):
    """A half-open piece of time, as a record or as ``[start, end]``, with what belongs to it."""

    start: date
    end: date
    amount: Any = None
    named: Mapping[str, Any] = field(default_factory=dict)

    def matches(self, expected: Any) -> bool:
        if isinstance(expected, list):
            rest = [] if self.amount is None else [self.amount]
            return matches(expected, [self.start, self.end, *rest][: max(2, len(expected))])
        fields: dict[str, Any] = {
            **dict.fromkeys(("start", "from", "start_date", "period_start"), self.start),
            **dict.fromkeys(("end", "end_exclusive", "to_exclusive", "period_end"), self.end),
            "period_end_exclusive": self.end,
            "end_inclusive": self.end - timedelta(days=1),
            **self.named,
        }
        if self.amount is not None:
            fields["amount"] = self.amount
        return matches(expected, fields)


def count_from(first: int, last: int | None = None) -> Iterator[int]:
    """Whole numbers from one on, to another inclusive if given."""
    while last is None or first <= last:
        yield first
        first += 1
