"""Numbers of bank accounts: the same one is written in several ways."""

from __future__ import annotations


def same_account(stated: str, kept: str) -> bool:
    """Whether a statement's account number means the account that we know by ``kept``.

    Banks write the same account as an IBAN, as bank code and number, or with its currency behind.

    >>> same_account("37040044/532013000", "DE89370400440532013000")
    True
    >>> same_account("DE89 3704 0044 0532 0130 00", "DE89370400440532013000")
    True
    >>> same_account("37040044/532013001", "DE89370400440532013000")
    False
    >>> same_account("SUNCORP/0123456789", "123456789")
    True
    """
    first, second = plain_number(stated), plain_number(kept)
    if first.replace("/", "") == second.replace("/", ""):
        return True
    if is_iban(first) and is_iban(second):
        return False
    if not is_iban(first) and not is_iban(second):
        (bank, _, one), (other, _, two) = first.rpartition("/"), second.rpartition("/")
        return one.lstrip("0") == two.lstrip("0") != "" and (bank == other or not (bank and other))
    local, iban = (second, first) if is_iban(first) else (first, second)
    bank, _, number = local.rpartition("/")
    number = number.lstrip("0")
    body = iban[4:]
    return len(number) >= 5 and body.endswith(number) and (not bank or bank in body[: -len(number)])


def plain_number(number: str) -> str:
    """An account number as it is compared: capitals, without spaces, points and its currency.

    >>> plain_number("1291.99.348EUR")
    '129199348'
    """
    text = "".join(sign for sign in number.upper() if sign.isalnum() or sign == "/")
    if len(text) > 8 and text[-3:].isalpha() and text[-4].isdigit() and not is_iban(text):
        text = text[:-3]
    return text


def is_iban(number: str) -> bool:
    """Whether a number is an IBAN, by its form and its check digits.

    >>> is_iban("DE89370400440532013000"), is_iban("DE88370400440532013000")
    (True, False)
    """
    if not (15 <= len(number) <= 34 and number.isascii() and number.isalnum()):
        return False
    if not (number[:2].isalpha() and number[2:4].isdigit()):
        return False
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1
