"""What somebody may have meant who types an amount into a search field."""

from __future__ import annotations

import re

from quarterday.core.money import Currency

_AMOUNT = re.compile(r"\d[\d.,'’ \u00a0\u202f]*")
_SEPARATORS = re.compile(r"[.,'’ \u00a0\u202f]")


def find_amount(text: str, unit: Currency) -> int | None:
    """The minor units of an amount as people write it anywhere; None when it is none.

    The last separator begins the decimals where no more digits follow than the currency has
    decimals; every other one groups thousands.

    >>> from quarterday.core.money import currency
    >>> [find_amount(text, currency("EUR")) for text in ("48", "48,00 €", "1.234,5", "1,234")]
    [4800, 4800, 123450, 123400]
    >>> find_amount("INV-12", currency("EUR")), find_amount("1.234", currency("JPY"))
    (None, 1234)
    """
    bare = text.replace(unit.code, "").strip(" \u00a0\u202f€$£¥")
    if not _AMOUNT.fullmatch(bare) or len(bare) > 24:
        return None
    whole, decimals = bare, ""
    places = [match.start() for match in _SEPARATORS.finditer(bare)]
    if places and bare[places[-1]] in ".," and len(bare) - places[-1] - 1 <= unit.exponent:
        whole, decimals = bare[: places[-1]], bare[places[-1] + 1 :]
    digits = _SEPARATORS.sub("", whole)
    return int(f"{digits}{decimals:0<{unit.exponent}}")
