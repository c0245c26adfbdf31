"""Proof that every service day of every item is billed exactly once (rule 10).

The lines of an item that cover days must follow one another without gap or overlap, begin on the
first day that it bills, and reach to ``billed_through``.
"""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence
from quarterday.store.queries.stream import stream

_NEIGHBOURS = """
SELECT i.label, COALESCE(p.code, ''), one.item_id, one.before, one.period_start, one.period_end
FROM (SELECT invoice_id, item_id, period_start, period_end,
             LAG(period_end) OVER (PARTITION BY item_id ORDER BY period_start, period_end) AS before
      FROM store_invoiceline
      WHERE kind IN ('recurring', 'usage', 'commitment') AND item_id IS NOT NULL) one
JOIN store_invoice i ON i.id = one.invoice_id
LEFT JOIN store_subscriptionitem t ON t.id = one.item_id
LEFT JOIN store_price p ON p.id = t.price_id
WHERE one.before <> one.period_start
ORDER BY one.item_id, one.period_start
"""
_REACHED = """
SELECT * FROM (
  SELECT COALESCE(s.external_id, s.public_id) AS subscription, p.code,
         COALESCE(i.billed_from, i.start_on) AS begin_on, i.billed_through,
         one.first_on, one.last_end
  FROM store_subscriptionitem i
  JOIN store_subscription s ON s.id = i.subscription_id
  JOIN store_price p ON p.id = i.price_id
  LEFT JOIN (SELECT item_id, MIN(period_start) AS first_on, MAX(period_end) AS last_end
             FROM store_invoiceline
             WHERE kind IN ('recurring', 'usage', 'commitment') AND item_id IS NOT NULL
             GROUP BY item_id) one ON one.item_id = i.id) two
WHERE billed_through <> COALESCE(last_end, begin_on) OR first_on <> begin_on
ORDER BY subscription, code, begin_on
"""


def check_days() -> Iterator[Offence]:
    """Days that are billed twice or not at all."""
    for label, price, _, before, start, _ in stream(_NEIGHBOURS):
        if str(before) > str(start):
            text = f"{price} bills {start} to {before} twice"
            yield Offence("days-twice", label, text)
        else:
            text = f"{price} bills from {start}, but the line before it ends on {before}"
            yield Offence("days-missing", label, text)


def check_billed_through() -> Iterator[Offence]:
    """Items that their lines do not bill from the first day to ``billed_through``."""
    for subscription, price, begin, through, first, last in stream(_REACHED):
        if last is None:
            text = f"{price} is billed through {through}, but no line bills it since {begin}"
            yield Offence("billed-through", subscription, text)
        elif str(through) != str(last):
            text = f"{price} is billed through {through}, but its last line ends on {last}"
            yield Offence("billed-through", subscription, text)
        if first is not None and str(first) != str(begin):
            text = f"{price} is to be billed from {begin}, but its first line begins on {first}"
            yield Offence(
                "days-missing" if str(first) > str(begin) else "days-twice", subscription, text
            )
