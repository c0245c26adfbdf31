"""MT940 and MT942 of SWIFT, in the dialects of German, Dutch, Swiss, Polish and other banks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar, NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.money import Currency
from quarterday.core.statement import Statement, StatementEntry
from quarterday.statements.decode import decode_text
from quarterday.statements.mt940_text import read_details
from quarterday.statements.values import (
    find_currency,
    make_day,
    one_line,
    read_amount,
    reference,
)

_TAG = re.compile(r":(\d\d[A-Z]?|NS):")
_BEGIN = re.compile(rb"(?:^|[\r\n\x01{}])\s*:(20|21|25|28C?|60[FM]|61|62[FM]|64):", re.M)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})?([\d.,]+)")
_MOVEMENT = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?\s*(?P<mark>R[CD]|E[CD]|[CD])(?P<funds>[A-Z])?\s*"
    r"(?P<amount>\d[\d.]*(?:,\d*)?)(?P<kind>[A-Z][A-Z0-9 ]{3})?(?P<rest>.*)",
)
_SIGNS = {"C": 1, "RD": 1, "EC": 1, "D": -1, "RC": -1, "ED": -1}
# A reference of the account's owner has at most this many characters; what follows is a name.
_REFERENCE = 16


class _Field(NamedTuple):
    """A field of the file: its tag, its lines, and on which line it begins."""

    tag: str
    lines: list[str]
    line: int


class Mt940Reader:
    """Reader of MT940 and MT942."""

    family: ClassVar[str] = "mt940"
    formats: ClassVar[tuple[str, ...]] = ("mt940", "mt942")

    def sniff(self, content: bytes) -> bool:
        """Whether a field of SWIFT begins a line near the beginning."""
        return bool(_BEGIN.search(content[:4000]))

    def read(self, content: bytes, options: Mapping[str, Any]) -> tuple[Statement, ...]:
        """Every statement of a file. What follows a statement's end without a new beginning is
        read as another one of the same account.
        """
        name = str(options.get("name", "the file"))
        text = decode_text(content, str(options.get("encoding", "")), name)
        builder = _Builder(name, str(options.get("number", "")), str(options.get("currency", "")))
        for field in _split(text):
            builder.take(field)
        builder.close()
        return tuple(builder.found)


def _split(text: str) -> Iterator[_Field]:
    """The fields of a file; a line that is only a dash ends a statement, as ``end``."""
    current: _Field | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip("\x01\x03\x04\x1a\ufeff")
        begin = line.find("{4:")
        line = line[begin + 3 :] if begin >= 0 else line
        match = _TAG.match(line.lstrip())
        if match:
            if current:
                yield current
            current = _Field(match[1], [line.lstrip()[match.end() :]], number)
        elif re.fullmatch(r"-(\}.*|X{3})?\s*", line):
            if current:
                yield current
            yield _Field("end", [], number)
            current = None
        elif current:
            current.lines.append(line)
    if current:
        yield current


class _Builder:
    """What has been read of a statement so far."""

    def __init__(self, name: str, number: str, code: str) -> None:
        self.name, self.number, self.code = name, number, code
        self.found: list[Statement] = []
        self.clear()

    def clear(self) -> None:
        """Begin a statement; account and currency stay until others are named."""
        self.reference = self.sequence = ""
        self.opening: int | None = None
        self.closing: int | None = None
        self.starts_on: date | None = None
        self.ends_on: date | None = None
        self.entries: list[StatementEntry] = []
        self.pending = 0
        self.last: tuple[StatementEntry, list[str]] | None = None
        self.is_expected = False
        self.format = "mt940"

    def take(self, field: _Field) -> None:
        """Take the next field of the file."""
        where = f"{self.name}, line {field.line}, :{field.tag}:"
        text = field.lines[0].strip() if field.lines else ""
        if field.tag in ("86", "NS"):
            if self.last:
                self.last[1].extend(field.lines)
            return
        self._keep_last()
        if field.tag in ("end", "20"):
            self.close()
            self.reference = text
        elif field.tag == "25":
            self.number = text.strip("/")
        elif field.tag in ("28", "28C"):
            self.sequence = text
        elif field.tag in ("60F", "60M"):
            if self.opening is not None or self.closing is not None:
                self.close()
            self.opening, self.starts_on = self._balance(text, where)
        elif field.tag in ("62F", "62M"):
            self.closing, self.ends_on = self._balance(text, where)
        elif field.tag == "34F":
            self.format = "mt942"
            self.code = text[:3] if text[:3].isalpha() else self.code
        elif field.tag == "61":
            self._movement(field, where)

    def close(self) -> None:
        """Finish the statement, if anything of one was read."""
        self._keep_last()
        days = [entry.booked_on for entry in self.entries]
        if self.entries or self.opening is not None or self.closing is not None or self.pending:
            statement = Statement(
                account=self.number,
                currency=self.code,
                entries=tuple(self.entries),
                opening_minor=self.opening,
                closing_minor=self.closing,
                starts_on=min(days, default=self.starts_on),
                ends_on=self.ends_on or max(days, default=None),
                reference=one_line(f"{self.reference} {self.sequence}"),
                pending=self.pending,
                format=self.format,
            )
            self.found.append(statement)
        self.clear()

    def _unit(self, where: str) -> Currency:
        if not self.code:
            raise BillingError(
                f"{where}: no balance before it says the currency; name the bank account with "
                "--account, whose currency is taken then"
            )
        return find_currency(self.code, where)

    def _balance(self, text: str, where: str) -> tuple[int, date]:
        match = _BALANCE.fullmatch(text)
        if match is None:
            raise BillingError(
                f"{where}: {text!r} is no balance such as C260131EUR12,50; get the file from the "
                "bank again"
            )
        side, day, code, amount = match.groups()
        self.code = code or self.code
        minor = read_amount(_point(amount), self._unit(where), where)
        return (-minor if side == "D" else minor), _value_day(day, where)

    def _movement(self, field: _Field, where: str) -> None:
        text = field.lines[0].strip()
        match = _MOVEMENT.fullmatch(text)
        if match is None:
            raise BillingError(
                f"{where}: {text!r} is no movement such as 2601310131C12,50NTRFNONREF; get the "
                "file from the bank again"
            )
        value = _value_day(match["value"], where)
        booked = _entry_day(match["entry"], value, where) if match["entry"] else value
        minor = read_amount(_point(match["amount"]), self._unit(where), where)
        own, _, bank = match["rest"].partition("//")
        own_reference, owner_name = own[:_REFERENCE], own[_REFERENCE:]
        supplement = one_line(" ".join([*field.lines[1:]]))
        entry = StatementEntry(
            booked_on=booked,
            amount_minor=_SIGNS[match["mark"]] * minor,
            currency=self.code,
            value_on=value,
            name=one_line(owner_name),
            text=supplement,
            payment_group=_own_reference(own_reference),
            bank_reference=reference(bank),
            bank_code=(match["kind"] or "").strip(),
        )
        self.last, self.is_expected = (entry, []), match["mark"].startswith("E")

    def _keep_last(self) -> None:
        """Keep the movement that all details have been read of."""
        if self.last is None:
            return
        entry, lines = self.last
        self.last = None
        if self.is_expected:
            self.pending += 1
            return
        details = read_details(lines)
        if details.text and entry.text and entry.text not in details.text:
            details = details._replace(text=f"{details.text} {entry.text}")
        said = {name: value for name, value in details._asdict().items() if value}
        self.entries.append(replace(entry, **said))


def _own_reference(text: str) -> str:
    """The reference of field 61, unless it only says that one follows."""
    plain = reference(text)
    return "" if plain in ("KREF+", "EREF+") else plain


def _point(amount: str) -> str:
    """An amount with a decimal point; points between thousands are dropped."""
    whole, comma, parts = amount.partition(",")
    return whole.replace(".", "") + ("." + parts if comma else "") if comma else amount


def _value_day(text: str, where: str) -> date:
    """A day of two digits each. Banks that count 30 days a month write the 30 February too."""
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    if month == 2 and day in (29, 30):
        march = make_day(year, 3, 1, where, text)
        return min(march - timedelta(days=1), march.replace(month=2, day=28) + timedelta(days=1))
    return make_day(year, month, day, where, text)


def _entry_day(text: str, value: date, where: str) -> date:
    """The day of booking, which has no year: the one nearest to the value date."""
    found = [
        _value_day(f"{year % 100:02}{text}", where)
        for year in (value.year - 1, value.year, value.year + 1)
    ]
    return min(found, key=lambda day: abs(day - value))
