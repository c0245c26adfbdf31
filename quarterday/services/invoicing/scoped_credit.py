"""What a new invoice's lines are for, where credit may not pay for everything.

The billing run looks here for accounts whose credit is limited only; all others never get here.
"""

from __future__ import annotations

from collections.abc import Sequence

from quarterday.core.allocation import Grant
from quarterday.core.credit_scope import NeedLine, covered, need_key, read_scope, split_needs
from quarterday.core.invoice import Draft
from quarterday.store.queries.billing import GrantRow
from quarterday.store.queries.credit_needs import is_order, load_first_days


def limit_grants(
    draft: Draft, grants: Sequence[tuple[int, GrantRow]], *, pays_orders: bool
) -> tuple[list[Grant], dict[str, int]]:
    """Grants by their place, each kept to what it may pay for, and how much is for what."""
    sources = [line.charge.key for line in draft.lines]
    first_days = load_first_days({one.item_id for one in sources if one.item_id is not None})
    lines = [
        NeedLine(
            need_key(
                is_order(
                    line.charge.kind,
                    line.charge.key.item_id,
                    line.charge.period.start,
                    first_days,
                ),
                line.charge.product,
            ),
            base,
            line.tax_code,
        )
        for line, base in zip(draft.lines, draft.income_minor, strict=True)
    ]
    taxes = [(tax.rate.code if tax.rate else tax.category, tax.tax_minor) for tax in draft.taxes]
    needs = split_needs(draft.total_minor, lines, taxes)
    usable = [
        Grant(
            place,
            one.priority,
            one.granted_on,
            one.open_minor,
            one.expires_on,
            covered(read_scope(one.scope), needs, pays_orders=pays_orders),
        )
        for place, one in grants
    ]
    return usable, needs
