"""What SEPA direct debits ask of names, references and sequences."""

from __future__ import annotations

import unicodedata
from datetime import date
from enum import StrEnum

from quarterday.core.errors import BillingError
from quarterday.core.period import add_months
from quarterday.core.target_days import add_target_days, next_target_day

# The signs that every bank in the area takes.
_SIGNS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")
_SPELLED = {
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "æ": "ae",
    "Æ": "Ae", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
    "þ": "th", "Þ": "Th", "ð": "d", "&": "+", "_": "-", "’": "'", "–": "-", "—": "-",
}  # fmt: skip
LONGEST_ID = 35
UNUSED_MONTHS = 36


class Sequence(StrEnum):
    """Which debit of its mandate one is: the first, a further one, the last, or the only one."""

    FIRST = "FRST"
    RECURRENT = "RCUR"
    FINAL = "FNAL"
    ONE_OFF = "OOFF"


def clean_sepa_text(text: str, longest: int) -> str:
    """A text in the signs that every bank takes, without leading or double slashes.

    >>> clean_sepa_text("Müller & Søn_Straße", 70), clean_sepa_text("//a//b", 35)
    ('Mueller + Son-Strasse', 'a/b')
    """
    spelled = "".join(_SPELLED.get(sign, sign) for sign in text)
    plain = unicodedata.normalize("NFKD", spelled)
    kept = "".join(sign if sign in _SIGNS else "" for sign in plain)
    clean = " ".join(kept.split())
    while "//" in clean:
        clean = clean.replace("//", "/")
    return clean.strip("/ ")[:longest].strip("/ ")


def make_end_to_end_id(public_id: str) -> str:
    """The name of a debit at all banks on its way, from the public id of its attempt.

    >>> make_end_to_end_id("att_019a0f3c2b1d0123456789abcdef0123")
    '019A0F3C2B1D0123456789ABCDEF0123'
    """
    _, _, body = public_id.rpartition("_")
    clean = "".join(sign for sign in body if sign.isascii() and sign.isalnum()).upper()
    if not 0 < len(clean) <= LONGEST_ID:
        raise BillingError(f"{public_id!r} cannot name a debit; it needs 1 to {LONGEST_ID} letters")
    return clean


def make_mandate_reference(public_id: str) -> str:
    """The reference of a mandate that came of an attempt; short enough to be read out.

    >>> make_mandate_reference("att_019a0f3c2b1d0123456789abcdef0123")
    'M-456789ABCDEF0123'
    """
    return f"M-{make_end_to_end_id(public_id)[-16:]}"


def is_mandate_reference(text: str) -> bool:
    """Whether a text may be the reference of a mandate (rulebook, AT-01).

    >>> is_mandate_reference("M-1/2026"), is_mandate_reference("M_1"), is_mandate_reference(" ")
    (True, False, False)
    """
    return 0 < len(text) <= LONGEST_ID and clean_sepa_text(text, LONGEST_ID) == text


def choose_sequence(*, is_one_off: bool, was_used: bool, is_last: bool) -> Sequence:
    """The sequence of a debit; ``was_used`` counts debits that were not refused beforehand.

    The only one of a mandate that is neither for one debit nor ended is a first one.

    >>> choose_sequence(is_one_off=False, was_used=False, is_last=False)
    <Sequence.FIRST: 'FRST'>
    >>> choose_sequence(is_one_off=False, was_used=True, is_last=True)
    <Sequence.FINAL: 'FNAL'>
    """
    if is_one_off:
        return Sequence.ONE_OFF
    if not was_used:
        return Sequence.FIRST
    return Sequence.FINAL if is_last else Sequence.RECURRENT


def plan_collection(today: date, *, lead_days: int, notice_days: int) -> date:
    """The day to collect a debit: late enough for the notice, and for the bank.

    ``lead_days`` are those on which banks settle, from giving them the file; ``notice_days`` are
    any days from telling the payer.

    >>> plan_collection(date(2026, 12, 18), lead_days=2, notice_days=7)
    datetime.date(2026, 12, 28)
    """
    if notice_days < 0:
        raise BillingError(f"notice_days must be at least 0, not {notice_days}")
    told = next_target_day(date.fromordinal(today.toordinal() + notice_days))
    return max(told, add_target_days(today, lead_days))


def expires_on(signed_on: date, last_used_on: date | None) -> date:
    """The first day on which a mandate may no longer be used: 36 months after the last time.

    >>> expires_on(date(2023, 3, 31), None)
    datetime.date(2026, 3, 31)
    """
    return add_months(last_used_on or signed_on, UNUSED_MONTHS)
