"""What the proofs of the books name."""

from __future__ import annotations

from typing import NamedTuple

from quarterday.core.money import CURRENCIES, format_minor


class Offence(NamedTuple):
    """A rule that does not hold: for whom, and what is wrong in words.

    ``subject`` is the label of a document, the external id of an account, or another public name.
    """

    rule: str
    subject: str
    text: str


def amount(minor: int, code: str) -> str:
    """An amount for people to read, in currency units where the currency is known."""
    unit = CURRENCIES.get(code)
    return f"{format_minor(int(minor), unit)} {code}" if unit else f"{minor} minor units of {code}"
