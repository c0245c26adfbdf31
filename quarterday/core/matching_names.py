"""Names of payers as banks write them: cut off, turned round, in capitals, without accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Legal forms and titles say nothing about who somebody is.
_EMPTY_WORDS = frozenset(
    (
        "GMBH MBH AG KG OHG UG GBR EK EV EG SE KGAA CO COMPANY CORP CORPORATION INC LLC LLP LTD "
        "LIMITED PLC SA SAS SARL SASU EURL SL SLU SRL SPA BV NV OY AB AS APS LDA UNIPESSOAL "
        "HAFTUNGSBESCHRAENKT EU THE UND AND ET E Y DE OF "
        "DR PROF DIPL ING MR MRS MS HERR FRAU MME MLLE SR SRA DON"
    ).split()
)
_FOLDED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "ss", "ẞ": "SS"}
    | {"ø": "oe", "Ø": "OE", "æ": "ae", "Æ": "AE", "å": "aa", "Å": "AA", "ł": "l", "Ł": "L"}
)
# Banks keep this many characters of a name, and no more.
_CUT = (27, 35, 70)
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,}")
_WORD = re.compile(r"[A-Z0-9]+")
_UMLAUT = re.compile(r"(?<=[AOU])E")
_SHORTEST = 4
AGREES = 95
RESEMBLES = 70


def fold_text(text: str) -> str:
    """Capitals of the Latin alphabet, with umlauts written out.

    >>> fold_text("Müller & Söhne, Café")
    'MUELLER & SOEHNE, CAFE'
    """
    if text.isascii():
        return text.upper()
    plain = unicodedata.normalize("NFC", text).translate(_FOLDED)
    marks = unicodedata.normalize("NFKD", plain)
    return "".join(one for one in marks if not unicodedata.combining(one)).upper()


@lru_cache(maxsize=65536)
def split_name(name: str) -> tuple[str, ...]:
    """The words of a name that say who it is, in their order and without repeats.

    Umlauts become one letter, because some banks write ``ue`` and others ``u``.

    >>> split_name("Dr. Jörg Müller"), split_name("MULLER JORG"), split_name("Beispiel G.m.b.H.")
    (('JORG', 'MULLER'), ('MULLER', 'JORG'), ('BEISPIEL',))
    """
    folded = _DOTTED.sub(lambda found: found[0].replace(".", ""), fold_text(name))
    words = [word for word in _WORD.findall(folded) if word not in _EMPTY_WORDS]
    return tuple(dict.fromkeys(_UMLAUT.sub("", word) for word in words))


def compare_names(stated: str, known: str) -> int:
    """How well the name on a line is that of an account, in percent.

    At 95 and above it agrees, in all words; at 70 and above it resembles it.

    >>> compare_names("Müller Jörg", "Jörg Mueller"), compare_names("J. Mueller", "Jörg Mueller")
    (100, 75)
    >>> compare_names("Joerg Muelelr", "Jörg Müller"), compare_names("Jan Maier", "Jörg Müller")
    (85, 0)
    """
    one, two = split_name(stated), split_name(known)
    if not one or not two:
        return 0
    if one == two or set(one) == set(two):
        return 100
    return 96 if _is_cut(stated, known) else _compare_words(one, two)


def _compare_words(one: tuple[str, ...], two: tuple[str, ...]) -> int:
    common = set(one) & set(two)
    if len(common) >= 2 and len(common) in (len(one), len(two)):
        return 80
    if not common or not len(one) == len(two) == len(common) + 1:
        return 0
    (left,) = set(one) - common
    (right,) = set(two) - common
    if is_near(left, right):
        return 85
    return 75 if min(len(left), len(right)) == 1 and left[:1] == right[:1] else 0


def is_near(one: str, two: str) -> bool:
    """Whether two words of some length differ by one slip: a letter more, less, other, or swapped.

    >>> is_near("MULLER", "MULELR"), is_near("MULLER", "MILLER"), is_near("MAX", "MAY")
    (True, True, False)
    """
    if min(len(one), len(two)) < _SHORTEST or abs(len(one) - len(two)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), None)
    if start is None:
        return True
    left, right = one[start:], two[start:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return left[1:] == right[1:] or left[1:] == right or left == right[1:] or swapped


def _is_cut(stated: str, known: str) -> bool:
    """Whether the stated name is the known one up to where banks cut names off."""
    short, whole = " ".join(stated.split()), " ".join(known.split())
    if not any(limit - 1 <= len(short) <= limit for limit in _CUT):
        return False
    if len(short) < len(whole) and whole.upper().startswith(short.upper()):
        return True
    short, whole = fold_text(short), fold_text(whole)
    return len(short) < len(whole) and whole.startswith(short)


class NameFinder:
    """Finds the accounts that a name may be of, among many.

    >>> finder = NameFinder([("A1", "Jörg Müller"), ("A2", "Jan Maier")])
    >>> finder.find("MUELLER, JOERG"), finder.find("Jan Maeir")
    ({'A1': 100}, {'A2': 85})
    """

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._names: dict[str, list[str]] = {}
        self._by_word: dict[str, set[str]] = {}
        self._by_start: dict[str, list[str]] = {}
        # Words by what they are with a letter less, which finds those with a slip.
        self._shorter: dict[str, set[str]] = {}
        self._found: dict[str, dict[str, int]] = {}
        for account, name in names:
            self.add(account, name)

    def add(self, account: str, name: str) -> None:
        """Another name of an account."""
        known = self._names.setdefault(account, [])
        if name in known:
            return
        known.append(name)
        self._found.clear()
        for word in split_name(name):
            if word not in self._by_word:
                self._by_word[word] = set()
                for short in _shorten(word):
                    self._shorter.setdefault(short, set()).add(word)
            self._by_word[word].add(account)
        self._by_start.setdefault(_start_of(name), []).append(account)

    def find(self, name: str) -> dict[str, int]:
        """Accounts whose name resembles this one, and how well."""
        if name not in self._found:
            self._found[name] = self._look(name)
        return self._found[name]

    def has_near(self, name: str) -> bool:
        """Whether any name may resemble this one: quick, and never no where `find` finds one."""
        return bool(self._list_near(name))

    def _look(self, name: str) -> dict[str, int]:
        found = {}
        for account in self._list_near(name):
            best = max(compare_names(name, known) for known in self._names[account])
            if best >= RESEMBLES:
                found[account] = best
        return found

    def _list_near(self, name: str) -> set[str]:
        """The accounts with two words of the name, or with the only one."""
        words = split_name(name)
        near = set(self._by_start.get(_start_of(name), ())) if len(name) >= min(_CUT) - 1 else set()
        if len(words) == 1:
            return near | self._by_word.get(words[0], set())
        sets = [self._with_word(word) for word in words]
        for place, one in enumerate(sets):
            for other in sets[place + 1 :]:
                near |= one & other
        if any(len(word) == 1 for word in words):
            near.update(*(self._by_word.get(word, ()) for word in words if len(word) > 1))
        return near

    def _with_word(self, word: str) -> set[str]:
        """The accounts with a word, with one that differs by a slip, or with its initial."""
        alike = {word, word[:1]}
        for short in _shorten(word):
            alike |= self._shorter.get(short, set())
        return set().union(*(self._by_word.get(one, ()) for one in alike))


def _shorten(word: str) -> set[str]:
    if len(word) < _SHORTEST:
        return set()
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _start_of(name: str) -> str:
    return fold_text(" ".join(name.split()))[:20]
