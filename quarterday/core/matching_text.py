"""What the text of a bank line names: references with check digits, numbers of invoices."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from quarterday.core.creditor_reference import is_creditor_reference
from quarterday.core.matching_names import fold_text

_NOT_A_SIGN = re.compile(r"[^A-Z0-9]")
_REFERENCE = re.compile(r"RF\d\d")
# What may look like a number of ours and is none: dates, amounts, telephones, bank accounts.
_JUNK = re.compile(
    r"\b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b"
    r"|\b\d{4}-\d{2}-\d{2}\b"
    r"|\b\d{1,2}\.\d{4}\b"
    r"|(?<![\d.,])(?:\d+|\d{1,3}(?:[.,' ]\d{3})+)[.,]\d{2}(?![\d])"
    r"|\b(?:EUR|USD|GBP|CHF|€|\$|£)\s?\d+(?:[.,]\d+)?"
    r"|\d+\s?(?:EUR|USD|GBP|CHF|€|\$|£)(?![A-Z])(?!\s?\d)"
    r"|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"
    r"|(?:\+|\b00)\d[\d\s/()-]{6,}"
    r"|\b(?:TEL|FON|PHONE|MOBIL|MOBILE|HANDY|FAX)[A-Z]*\W{0,3}[\d\s/()-]+"
    r"|\b0\d{2,4}\s?[ /-]\s?\d{4,}(?:[ -]\d+)*"
    r"|\b\d{1,2}:\d{2}(?::\d{2})?\b"
)
_DIGITS = re.compile(r"\d+")
_CALLED = re.compile(
    r"(?:RECHNUNGS?|RECHN|RG|RE|RNR|INVOICE|INV|BILL|NR|NO|NUM|NUMMER|NUMBER|FACTURE|FACT|FACTURA"
    r"|FATURA|FRA|FAC|#)\W*$"
)
_LOST = re.compile(r"(?<![A-Z0-9])\d\d$")
_CUSTOMER = re.compile(r"(?:KUNDEN|KD|CUSTOMER|CLIENT|CLIENTE|ACCOUNT|KTO|KONTO)[A-Z. -]*\W*$")
_LOOKALIKE = str.maketrans("OQIL", "0011")
_MIXED = re.compile(r"[A-Z0-9]*(?:\d[OQIL]|[OQIL]\d)[A-Z0-9OQIL]*")
_SHORTEST, _LONGEST = 4, 15
# No bank lets payers write as much; what lies beyond would only take time.
_MOST_SIGNS = 4000


class Series(NamedTuple):
    """How a series writes its numbers: capitals and digits only."""

    prefix: str
    digits: int


class Number(NamedTuple):
    """A number that a text names. ``prefix`` is that of a series, empty when it stood alone."""

    prefix: str
    number: int
    text: str


@dataclass(slots=True)
class Reading:
    """What a text names, and in how sure a way.

    ``references`` have right check digits and ``broken`` wrong ones. ``numbers`` stood with the
    prefix of their series, ``bare`` ones alone; ``lookalikes`` only when O is read as 0.
    """

    references: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    bare: list[Number] = field(default_factory=list)
    lookalikes: list[Number] = field(default_factory=list)
    words: set[str] = field(default_factory=set)


def squeeze(text: str) -> str:
    """Only the capitals and digits of a text.

    >>> squeeze("inv-000 123")
    'INV000123'
    """
    return _NOT_A_SIGN.sub("", fold_text(text))


class TextReader:
    """Reads texts for the numbers of some series.

    >>> reader = TextReader([Series("INV", 6)])
    >>> reading = reader.read("Invoice inv 123, 20.11.2026, tel. 0221/000124")
    >>> [(one.number, one.prefix) for one in reading.numbers], reading.bare
    ([(123, 'INV')], [])
    >>> reader.read("000125 and INV-00O126").lookalikes
    [Number(prefix='INV', number=126, text='INV000126')]
    """

    def __init__(self, series: list[Series]) -> None:
        self.series = sorted(set(series), key=lambda one: (-len(one.prefix), one))
        self._widths = {one.digits for one in self.series}
        named = [one for one in self.series if one.prefix]
        self._digits = {one.prefix: one.digits for one in reversed(named)}
        words = "|".join(re.escape(one.prefix) for one in named)
        # Between the letters of a prefix, and before its number, anything that is no sign.
        spread = words and "|".join(
            r"[^A-Z0-9]{0,2}".join(map(re.escape, one.prefix)) for one in named
        )
        self._prefix = re.compile(rf"({spread})[^A-Z0-9]{{0,3}}(?=\d)") if spread else None

    def read(self, text: str, stated: str = "") -> Reading:
        """What a text names; ``stated`` is the structured reference, where the bank has one."""
        reading = Reading()
        folded = fold_text(text[:_MOST_SIGNS])
        rest = self._take_references(folded, stated, reading)
        rest = self._take_numbers(rest, reading)
        masked = _JUNK.sub("|", rest)
        self._take_bare(masked, reading.bare)
        self._take_lookalikes(masked, reading)
        reading.words = set(re.findall(r"[A-Z0-9][A-Z0-9_-]*[A-Z0-9]", masked))
        return reading

    def _take_references(self, text: str, stated: str, reading: Reading) -> str:
        if stated:
            whole = squeeze(stated)
            right = is_creditor_reference(whole)
            (reading.references if right else reading.broken).append(whole)
        rest = text
        for found in re.finditer(r"R ?F ?(?=\d ?\d)", text):
            tail = text[found.start() : found.start() + 45]
            parts = _grow(tail)
            right_ones = [one for one in parts if is_creditor_reference(one[0])]
            if right_ones:
                # Several lengths may pass by chance; who asks knows which of them exists.
                reading.references += [one[0] for one in right_ones]
                rest = _blank(rest, found.start(), found.start() + right_ones[0][1])
            elif parts and _REFERENCE.match(parts[0][0]):
                reading.broken += [one[0] for one in parts]
                rest = _blank(rest, found.start(), found.start() + _end_of_broken(tail))
        return rest

    def _take_numbers(self, text: str, reading: Reading) -> str:
        """Numbers that stand with their prefix, whatever is between them."""
        if self._prefix is None:
            return text
        rest = text
        for found in self._prefix.finditer(text):
            prefix = squeeze(found[1])
            width = self._digits[prefix]
            digits, end = _join_digits(text, found.end(), width)
            before = text[found.start() - 1 : found.start()]
            if before.isalpha() and len(digits) != width:
                continue
            if before.isdigit() and prefix[0].isdigit():
                continue
            if len(digits) > max(_LONGEST, width):
                continue
            if text[end : end + 1].isalpha() and len(digits) != width:
                # Not its end: a letter that was meant as a digit, perhaps.
                continue
            rest = _blank(rest, found.start(), end)
            if check := _LOST.search(text[: found.start()]):
                # Two digits right before it: a reference that lost its RF.
                whole = f"RF{check[0]}{prefix}{digits}"
                right = is_creditor_reference(whole)
                (reading.references if right else reading.broken).append(whole)
                rest = _blank(rest, check.start(), found.start())
            else:
                reading.numbers.append(Number(prefix, int(digits), prefix + digits))
        return rest

    def _take_bare(self, masked: str, into: list[Number]) -> None:
        """Numbers that stand alone, and not as a part of something longer."""
        end = 0
        for found in _DIGITS.finditer(masked):
            if found.start() < end or not _stands_alone(masked, found.start(), found.end()):
                continue
            digits = found[0]
            before = masked[max(0, found.start() - 14) : found.start()]
            if _CUSTOMER.search(before):
                continue
            is_called = bool(_CALLED.search(before))
            is_padded = len(digits) in self._widths and len(digits) > _SHORTEST
            if not is_padded:
                joined, end = _join_digits(masked, found.start(), max(self._widths, default=0))
                if len(joined) in self._widths and joined.startswith("0"):
                    digits, is_padded = joined, True
                else:
                    end = found.end()
            is_year = len(digits) == 4 and digits[:2] in ("19", "20") and not is_called
            if len(digits) > _LONGEST or is_year:
                continue
            if is_padded or is_called or len(digits) >= _SHORTEST:
                into.append(Number("", int(digits), digits))

    def _take_lookalikes(self, masked: str, reading: Reading) -> None:
        """The same once more, with letters that look like digits read as digits."""
        for found in _MIXED.finditer(masked):
            word = found[0]
            for one in self.series:
                tail = word.removeprefix(one.prefix)
                if (one.prefix and tail == word) or not tail:
                    tail = word
                digits = tail.translate(_LOOKALIKE)
                if digits.isdecimal() and digits != tail and 3 <= len(digits) <= _LONGEST:
                    whole = Number(one.prefix, int(digits), one.prefix + digits)
                    if whole not in reading.lookalikes:
                        reading.lookalikes.append(whole)


def _grow(tail: str) -> list[tuple[str, int]]:
    """What may be a reference at the start of a text, the longest first, and where each ends.

    Groups may have a space or a hyphen between them; a word after the reference may follow too.
    """
    groups, at = [], 0
    for found in re.finditer(r"([A-Z0-9]+)([ -]?)", tail):
        if found.start() != at:
            break
        groups.append((found[1], found.end(1)))
        at = found.end()
    parts: list[tuple[str, int]] = []
    joined = ""
    for group, end in groups:
        joined += group
        if 5 <= len(joined) <= 25:
            parts.append((joined, end))
    return parts[::-1]


def _end_of_broken(tail: str) -> int:
    """Where a reference with wrong check digits ends: a word, or groups of four as printed."""
    found = re.match(r"[A-Z0-9]{4}(?: [A-Z0-9]{4})+(?: [A-Z0-9]{1,3}\b)?|[A-Z0-9]+", tail)
    return found.end() if found else 4


def _join_digits(text: str, start: int, width: int) -> tuple[str, int]:
    """Digits from a place on; further groups after a space as long as they make up the width."""
    first = _DIGITS.match(text, start)
    if first is None:
        return "", start
    digits, end = first[0], first.end()
    joined, at = digits, end
    while len(joined) < width:
        more = re.compile(r"[ -]?(\d+)").match(text, at)
        if more is None:
            break
        joined, at = joined + more[1], more.end()
    return (joined, at) if len(joined) == width else (digits, end)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether digits are no part of a longer number or of a word."""
    before, after = text[:start][-2:], text[end : end + 2]
    if before[-1:].isalnum() or after[:1].isalpha():
        return False
    tied_before = before[-1:] in "-/.,_" and before[:1].isdigit() and len(before) == 2
    tied_after = after[:1] in "-/.,_" and after[1:].isdigit() and len(after) == 2
    return not (tied_before or tied_after)


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + "|" * (end - start) + text[end:]


def list_numbers(reading: Reading, series: list[Series]) -> set[int]:
    """All numbers that a text may mean, those inside of references too, so as to look them up.

    >>> reader = TextReader([Series("INV", 6)])
    >>> sorted(list_numbers(reader.read("RF04INV000007 and 000008"), reader.series))
    [7, 8]
    """
    found = {one.number for one in (*reading.numbers, *reading.bare, *reading.lookalikes)}
    texts = [reference[4:] for reference in (*reading.references, *reading.broken)]
    # A number may be a reference that lost its RF: two check digits stand before the label.
    texts += [one.text[2:] for one in reading.bare if len(one.text) > _SHORTEST]
    for text in texts:
        for prefix in ("", *(one.prefix for one in series)):
            tail = text.removeprefix(prefix)
            if tail.isdecimal() and len(tail) <= _LONGEST:
                found.add(int(tail))
    return found


def split_label(label: str, number: int) -> tuple[str, int]:
    """The prefix of a label, and how many digits its number has at least.

    >>> split_label("INV-000123", 123), split_label("2026/7", 7)
    (('INV-', 6), ('2026/', 1))
    """
    start = len(label) - len(str(number))
    while start > 0 and label[start - 1] == "0":
        start -= 1
    return label[:start], len(label) - start
