"""What a subscription lacks to its minimum commitment, seen from all it was charged."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from quarterday.core.exact import ZERO
from quarterday.core.invoice import Amount, DraftLine, dump
from quarterday.core.money import from_minor, plain, round_half_up, to_minor
from quarterday.core.period import Period
from quarterday.core.pricing.price import true_up
from quarterday.core.proration import factor
from quarterday.services.invoicing.catalog import PriceInfo
from quarterday.store.queries.billing import ItemRow
from quarterday.store.queries.usage import SpentRow, load_billed_periods, load_spent

_SPENDING = frozenset(("recurring", "usage", "supplement", "unused"))


def true_up_periods(item: ItemRow, drafted: Sequence[DraftLine]) -> list[Period]:
    """The periods of a commitment, billed before, for which late usage is being billed."""
    late = [
        line.charge.period
        for line in _spending(item, drafted)
        if line.charge.kind == "supplement" and line.charge.period.start < item.billed_through
    ]
    if not late:
        return []
    periods = load_billed_periods(item.id, "commitment")
    return [part for part in periods if any(part.meets(one) for one in late)]


def true_up_amount(
    item: ItemRow, price: PriceInfo, part: Period, whole: Period, drafted: Sequence[DraftLine]
) -> Amount:
    """The missing part of a commitment, rounded once, and how it came to be.

    What was charged for more days than those of ``part`` counts by its share of days.
    """
    terms = price.terms
    unit = terms.price.currency
    rows = [SpentRow(line.charge.period, line.net_minor) for line in _spending(item, drafted)]
    spent = sum((_share(row, part) for row in (*load_spent(item, part), *rows)), Fraction(0))
    share = factor(part, whole, terms.convention, terms.policy)
    commitment = price.commitment or ZERO
    exact = true_up(commitment, spent / unit.scale, share)
    missing = to_minor(exact, unit)
    explanation = {
        "rule": "4, 5",
        "price": terms.label,
        "commitment": plain(commitment),
        "factor": str(share),
        "days": part.days,
        "of_days": whole.days,
        "convention": str(terms.convention),
        "spent": str(spent / unit.scale),
        "spent_minor": round_half_up(spent),
        "exact": str(exact),
        "amount_minor": missing,
    }
    return Amount(missing, from_minor(missing, unit), dump(explanation))


def _spending(item: ItemRow, drafted: Sequence[DraftLine]) -> list[DraftLine]:
    """The drafted lines that count towards a commitment."""
    return [
        line
        for line in drafted
        if line.charge.key.subscription_id == item.subscription_id
        and line.charge.key.item_id != item.id
        and line.charge.kind in _SPENDING
    ]


def _share(row: SpentRow, part: Period) -> Fraction:
    """What of a line was charged for the days of ``part``, in minor units."""
    both = row.period.meets(part)
    return Fraction(row.net_minor * both.days, row.period.days) if both else Fraction(0)
