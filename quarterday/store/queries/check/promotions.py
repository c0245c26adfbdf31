"""Proof that promotion codes were used as often as their orders say."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence
from quarterday.store.queries.stream import stream

_USES = """
SELECT d.code, d.uses, COALESCE(u.uses, 0)
FROM store_discount d
LEFT JOIN (SELECT discount_id, COUNT(*) AS uses FROM store_promotionuse GROUP BY discount_id) u
  ON u.discount_id = d.id
WHERE d.uses <> COALESCE(u.uses, 0)
ORDER BY d.id
"""


def check_promotions() -> Iterator[Offence]:
    """Codes whose count of uses is not that of the orders that used them.

    That the count is within what is allowed, the database itself holds.
    """
    for code, counted, uses in stream(_USES):
        text = f"it counts {int(counted)} uses, but {int(uses)} orders used it"
        yield Offence("promotion-uses", code, text)
