"""The tax of a credit note, so that partial credits together give back exactly what was charged."""

from __future__ import annotations

from quarterday.core.errors import BillingError
from quarterday.core.money import divide_half_up


def credit_tax(
    base_total: int,
    tax_total: int,
    already_credited_base: int,
    already_credited_tax: int,
    credit_base: int,
) -> int:
    """The part of a tax that belongs to a credited part of its base, in minor units.

    Rounded on all that is credited so far, less what earlier notes gave back: each note stays
    within one minor unit of its exact share, and the last takes the remainder. It serves the
    discount of a line as well: what part of it belongs to the part of the line that is credited.
    Raises `BillingError` when the credit exceeds what is left of the base.

    >>> credit_tax(76900, 15380, 0, 0, 72686), credit_tax(76900, 15380, 72686, 14537, 4214)
    (14537, 843)
    """
    if base_total < 0:
        return -credit_tax(
            -base_total, -tax_total, -already_credited_base, -already_credited_tax, -credit_base
        )
    left = base_total - already_credited_base
    if not 0 <= credit_base <= left:
        raise BillingError(f"a credit of {credit_base} is not within the {left} that is left")
    if not base_total:
        return 0
    credited = already_credited_base + credit_base
    tax = divide_half_up(tax_total * credited, base_total) - already_credited_tax
    # Notes from elsewhere may have been rounded otherwise; never give back more than was charged.
    low, high = sorted((0, tax_total - already_credited_tax))
    return min(max(tax, low), high)
