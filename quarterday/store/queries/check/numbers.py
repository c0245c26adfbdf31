"""Proof that numbers are gapless per seller and series, and stand in the labels (rule 9)."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence
from quarterday.store.queries.stream import stream

_GAPS = """
SELECT s.code, one.series, one.before, one.number, one.label
FROM (SELECT seller_id, series, number, label,
             LAG(number) OVER (PARTITION BY seller_id, series ORDER BY number) AS before
      FROM {table}) one
JOIN store_seller s ON s.id = one.seller_id
WHERE one.number <> one.before + 1
ORDER BY s.code, one.series, one.number
"""
_NEXT = """
SELECT s.code, d.series, d.last, n.next_number
FROM (SELECT seller_id, series, MAX(number) AS last FROM {table} GROUP BY seller_id, series) d
JOIN store_seller s ON s.id = d.seller_id
LEFT JOIN store_numberseries n ON n.seller_id = d.seller_id AND n.code = d.series
WHERE n.next_number IS NULL OR n.next_number <> d.last + 1
ORDER BY s.code, d.series
"""
_LABELS = """
SELECT s.code, d.series, d.number, d.label, d.wanted
FROM (SELECT d.seller_id, d.series, d.number, d.label, n.prefix ||
             CASE WHEN LENGTH(CAST(d.number AS TEXT)) < n.digits
                  THEN SUBSTR('{zeros}', 1, n.digits - LENGTH(CAST(d.number AS TEXT))) ELSE '' END
             || CAST(d.number AS TEXT) AS wanted
      FROM {table} d
      JOIN store_numberseries n ON n.seller_id = d.seller_id AND n.code = d.series) d
JOIN store_seller s ON s.id = d.seller_id
WHERE d.label <> d.wanted
ORDER BY s.code, d.series, d.number
"""
_ZEROS = "0" * 64


def check_numbers() -> Iterator[Offence]:
    """Numbers that are missing, and labels that say another number than their document has."""
    for table in ("store_invoice", "store_creditnote"):
        for seller, series, before, number, label in stream(_GAPS.format(table=table)):
            text = (
                f"series {series} of {seller} goes from {before} to {number}: "
                f"{number - before - 1} numbers are missing"
            )
            yield Offence("number-gap", label, text)
        for seller, series, last, following in stream(_NEXT.format(table=table)):
            text = f"the last number is {last}, but the series says that {following} comes next"
            yield Offence("number-next", f"{seller}/{series}", text)
        for seller, series, number, label, wanted in stream(
            _LABELS.format(table=table, zeros=_ZEROS)
        ):
            text = f"number {number} of series {series} of {seller} should read {wanted}"
            yield Offence("number-label", label, text)
