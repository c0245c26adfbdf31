from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from quarterday.web.kit.words import format_day, format_money, format_quantity

DAY = date(2026, 12, 3)


@pytest.mark.parametrize(
    ("language", "minor", "currency", "words"),
    [
        ("en", 123456, "EUR", "1,234.56 €"),
        ("en", -4800, "USD", "−48.00 $"),
        ("de", 123456, "EUR", "1.234,56 €"),
        ("pt", 1500, "JPY", "1.500 ¥"),
        ("es", 123456789, "KWD", "123.456,789 KWD"),
        ("en", 0, "JPY", "0 ¥"),
    ],
)
def test_money_in_the_readers_language(
    language: str, minor: int, currency: str, words: str
) -> None:
    with translation.override(language):
        assert format_money(minor, currency).replace("\u202f", " ").replace("\xa0", " ") == words


@pytest.mark.parametrize(
    ("language", "style", "words"),
    [
        ("en", "weekday", "Thursday, 3 December 2026"),
        ("de", "weekday", "Donnerstag, 3. Dezember 2026"),
        ("fr", "weekday", "jeudi 3 décembre 2026"),
        ("en", "long", "3 December 2026"),
        ("en", "short", "3 Dec 2026"),
        ("es", "month", "diciembre de 2026"),
        ("pt", "long", "3 de dezembro de 2026"),
    ],
)
def test_dates_in_words(language: str, style: str, words: str) -> None:
    with translation.override(language):
        assert format_day(DAY, style) == words


def test_quantities_keep_their_places() -> None:
    assert format_quantity(Decimal("1234.5600")) == "1,234.56"
