"""The structured creditor reference (ISO 11649) by which a bank transfer names its invoice."""

from __future__ import annotations

from quarterday.core.errors import BillingError

LONGEST = 21


def make_creditor_reference(label: str) -> str:
    """The RF reference of a document's label: 98 − n mod 97 as check digits, then the label.

    Only letters and digits of the alphabet count, and of a long label the last 21. Raises
    `BillingError` for a label without any.

    >>> make_creditor_reference("5390 0754 7034"), make_creditor_reference("INV-000123")
    ('RF18539007547034', 'RF73INV000123')
    """
    body = "".join(char for char in label.upper() if char.isascii() and char.isalnum())[-LONGEST:]
    if not body:
        raise BillingError(f"{label!r} has no letter or digit to make a reference from")
    return f"RF{98 - _remainder(body, '00'):02d}{body}"


def is_creditor_reference(text: str) -> bool:
    """Whether a text, with spaces or without, is a reference whose check digits are right.

    >>> is_creditor_reference("RF18 5390 0754 7034"), is_creditor_reference("RF19539007547034")
    (True, False)
    """
    text = text.replace(" ", "").upper()
    head, check, body = text[:2], text[2:4], text[4:]
    if head != "RF" or not (check.isascii() and check.isdecimal() and body):
        return False
    if not (body.isascii() and body.isalnum() and len(body) <= LONGEST):
        return False
    return _remainder(body, check) == 1


def show_creditor_reference(reference: str) -> str:
    """A reference as it is printed, in groups of four.

    >>> show_creditor_reference("RF18539007547034")
    'RF18 5390 0754 7034'
    """
    return " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))


def _remainder(body: str, check: str) -> int:
    """Body, RF and check digits as one number, letters from A as 10 to Z as 35, modulo 97."""
    return int("".join(str(int(char, 36)) for char in f"{body}RF{check}")) % 97
