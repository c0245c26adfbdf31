"""The cells of a CSV statement: dates and amounts as a mapping says that they are written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.money import Currency
from quarterday.statements.decode import decode_text
from quarterday.statements.values import make_day, read_amount

# What a column may be, as the field of an entry that it fills.
ROLES = (
    "booked_on value_on amount debit credit side currency name iban text kind creditor_reference "
    "end_to_end_id mandate payment_group bank_reference balance status account"
).split()
DATES = ("DD.MM.YYYY", "DD/MM/YYYY", "DD-MM-YYYY", "MM/DD/YYYY", "YYYY-MM-DD", "YYYY/MM/DD",
         "YYYYMMDD", "DD.MM.YY", "DD/MM/YY", "DD-MM-YY", "MM/DD/YY")  # fmt: skip
_WORDS = {"delimiter": ";", "encoding": "", "dates": "DD.MM.YYYY", "decimal": ","}
_PARTS = {"DD": r"(?P<day>\d{1,2})", "MM": r"(?P<month>\d{1,2})", "YYYY": r"(?P<year>\d{4})",
          "YY": r"(?P<year>\d{2})"}  # fmt: skip
# Words and signs with which banks say that money went out, in the usual languages.
_OUT = frozenset("d dr db debit debet s soll af lastschrift débit debito débito -".split())
_IN = frozenset("c cr credit h haben bij gutschrift crédit credito crédito +".split())
# A title stands above the header in many files; further down nobody looks for it.
HEADER_WITHIN = 40


@dataclass(frozen=True, slots=True)
class Table:
    """How a table is read: columns by their role, and how dates and amounts are written."""

    columns: Mapping[str, tuple[str, ...]]
    delimiter: str
    encoding: str
    dates: str
    decimal: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """A row, and where each role stands in it."""

    where: str
    cells: Sequence[str]
    places: Mapping[str, tuple[int, ...]]
    mapping: Table

    def text(self, role: str) -> str:
        """What stands in the columns of a role, together."""
        found = [self.cells[at].strip() for at in self.places.get(role, ()) if at < len(self.cells)]
        return " ".join(text for text in found if text)

    def column(self, role: str) -> str:
        """The name of a role's column, for messages."""
        return " and ".join(repr(name) for name in self.mapping.columns.get(role, ())) or role

    def day(self, role: str) -> date | None:
        """The date of a role; None where its cell is empty."""
        text = self.text(role)
        if not text:
            return None
        match = _date_pattern(self.mapping.dates).match(text)
        where = f"{self.where}, column {self.column(role)}"
        if match is None:
            raise BillingError(
                f"{where}: {text!r} is no date like {self.mapping.dates}; save the dates of this "
                "file with quarterday bank csv --dates"
            )
        return make_day(int(match["year"]), int(match["month"]), int(match["day"]), where, text)

    def amount(self, unit: Currency) -> int:
        """What came in, negative when it went out, from one column or from two."""
        if "amount" in self.places:
            minor = self._minor("amount", unit)
            if minor is None:
                raise BillingError(
                    f"{self.where}, column {self.column('amount')}: there is no amount; complete "
                    "the row, or remove it if it is no movement"
                )
            return minor * self._side() if "side" in self.places else minor
        debit, credit = self._minor("debit", unit), self._minor("credit", unit)
        if (debit is None) == (credit is None) and bool(debit) == bool(credit):
            raise BillingError(
                f"{self.where}: one of {self.column('debit')} and {self.column('credit')} must "
                "hold an amount, and only one"
            )
        return (credit or 0) - abs(debit or 0)

    def balance(self, unit: Currency) -> int | None:
        """The balance after the row, where a column says it."""
        return self._minor("balance", unit)

    def _minor(self, role: str, unit: Currency) -> int | None:
        text = self.text(role)
        if not text:
            return None
        where = f"{self.where}, column {self.column(role)}"
        return read_amount(plain_amount(text, self.mapping.decimal, where), unit, where)

    def _side(self) -> int:
        """1 for money in, -1 for money out."""
        word = self.text("side").casefold().strip(". ")
        if word in _IN:
            return 1
        if word in _OUT:
            return -1
        raise BillingError(
            f"{self.where}, column {self.column('side')}: {word!r} says neither debit nor credit; "
            "use a column with words such as D and C, S and H, or debit and credit"
        )


def check_mapping(data: Any) -> Table:
    """A saved mapping; raises `BillingError` naming what of it cannot be."""
    if not isinstance(data, Mapping) or not isinstance(data.get("columns"), Mapping):
        raise BillingError("a mapping of CSV needs columns, each with the name of its header")
    if unknown := sorted(set(data) - {*_WORDS, "columns"}):
        raise BillingError(f"a mapping has no {unknown[0]!r}; it has columns, {', '.join(_WORDS)}")
    words = {key: str(data.get(key, default)) for key, default in _WORDS.items()}
    columns = {}
    for role, names in data["columns"].items():
        if role not in ROLES:
            raise BillingError(f"a column cannot be {role!r}; it can be {', '.join(ROLES)}")
        columns[role] = (names,) if isinstance(names, str) else tuple(names)
    if "booked_on" not in columns and "value_on" not in columns:
        raise BillingError("a mapping needs the column of the date: booked_on")
    if "amount" not in columns and not {"debit", "credit"} <= columns.keys():
        raise BillingError("a mapping needs the column amount, or both debit and credit")
    if words["dates"] not in DATES:
        raise BillingError(f"dates must be one of {', '.join(DATES)}, not {words['dates']!r}")
    if words["decimal"] not in (",", "."):
        raise BillingError(f"decimal must be a comma or a point, not {words['decimal']!r}")
    if len(words["delimiter"]) != 1:
        raise BillingError(f"delimiter must be one character, not {words['delimiter']!r}")
    return Table(columns, **words)


def read_rows(content: bytes, mapping: Table, name: str) -> Iterator[Mapped]:
    """The rows below the header, which is the first that has all mapped columns."""
    rows = list(split_cells(decode_text(content, mapping.encoding, name), mapping.delimiter, name))
    wanted = {_key(one) for names in mapping.columns.values() for one in names}
    header: list[str] = []
    for number, (_, cells) in enumerate(rows[:HEADER_WITHIN], 1):
        header = [_key(cell) for cell in cells]
        if wanted <= set(header):
            rows = rows[number:]
            break
    else:
        seen = max((cells for _, cells in rows), key=lambda one: sum(map(bool, one)), default=[])
        missing = sorted(wanted - {_key(cell) for cell in seen})
        raise BillingError(
            f"{name}: no row has the columns {', '.join(missing) or 'of the mapping'}; the file "
            f"has {', '.join(filter(None, seen)) or 'no table'}. Save its columns with quarterday "
            "bank csv"
        )
    places = {
        role: tuple(header.index(_key(one)) for one in names)
        for role, names in mapping.columns.items()
    }
    money = [at for role in ("amount", "debit", "credit") for at in places.get(role, ())]
    days = [at for role in ("booked_on", "value_on") for at in places.get(role, ())]
    for number, cells in rows:
        filled = {at for at, cell in enumerate(cells) if cell.strip()}
        # Remarks below a table have neither a date nor an amount.
        dated = (cells[at].strip() for at in days if at in filled)
        if filled & set(money) or any(is_date(cell, mapping.dates) for cell in dated):
            yield Mapped(f"{name}, row {number}", cells, places, mapping)


def split_cells(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, with the line of the file on which they end."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise BillingError(
            f"{name}, row {reader.line_num}: this is no CSV: {error}; get the file from the bank "
            "again"
        ) from None


def plain_amount(text: str, decimal: str, where: str) -> str:
    """An amount with a point before cents, and a minus in front, from how tables write it.

    Raises `BillingError` when the digits are not grouped as they would be with that decimal sign.
    """
    plain = re.sub(r"[\s\u00a0\u202f']|[A-Z]{3}|[€$£¥]", "", text).replace("\u2212", "-")
    is_negative = plain.startswith(("-", "(")) or plain.endswith("-")
    plain = plain.strip("()+-")
    group = "." if decimal == "," else ","
    if not re.fullmatch(
        rf"\d+({re.escape(decimal)}\d*)?|\d{{1,3}}({re.escape(group)}\d{{3}})+"
        rf"({re.escape(decimal)}\d*)?|{re.escape(decimal)}\d+",
        plain,
    ):
        raise BillingError(
            f"{where}: {text!r} is no amount with {decimal!r} before its cents; save the sign of "
            "this file with quarterday bank csv --decimal"
        )
    return ("-" if is_negative else "") + plain.replace(group, "").replace(decimal, ".")


def is_date(text: str, dates: str) -> bool:
    """Whether a cell is a day of the calendar, written in this way."""
    match = _date_pattern(dates).match(text)
    if match is None:
        return False
    try:
        make_day(int(match["year"]), int(match["month"]), int(match["day"]), "", text)
    except BillingError:
        return False
    return True


@cache
def _date_pattern(dates: str) -> re.Pattern[str]:
    parts = re.split(r"(YYYY|YY|MM|DD)", dates)
    fixed = dates == "YYYYMMDD"
    found = "".join(_PARTS.get(part, re.escape(part)) for part in parts)
    if fixed:
        found = found.replace("{1,2}", "{2}")
    return re.compile(found + r"(?!\d)")


def _key(name: str) -> str:
    """A header as it is compared."""
    return " ".join(name.replace("\ufeff", "").split()).casefold()
