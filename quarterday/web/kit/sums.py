"""How a line of a document came to be, in the reader's language."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal

from quarterday.store.queries.explain_line import explain_line
from quarterday.store.queries.explain_words import Unit
from quarterday.web.kit.words import find_symbol, locale


class LocalUnit(Unit):
    """Amounts as the reader writes them, and prices without the seller's own codes."""

    def write(self, value: Decimal, decimals: int) -> str:
        """A number with so many decimals."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        number: str = format_decimal(value, format=pattern, locale=locale())
        return number

    def add_currency(self, text: str) -> str:
        """A number that was written, with the currency's sign."""
        return f"{text}\u00a0{find_symbol(self.code)}"

    def name_price(self, code: str) -> str:
        """Codes are the seller's business; the amount says it all."""
        return ""


def tell_sums(line: dict[str, Any], currency: str) -> list[str]:
    """The sentences about a line of `describe_document` with its terms."""
    return [text.strip() for text in explain_line(line, LocalUnit(currency))]
