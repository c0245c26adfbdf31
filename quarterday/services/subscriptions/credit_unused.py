"""Credit the days of an item that were billed and will not be served (rules 3 and 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from quarterday.core.money import currency, from_minor
from quarterday.core.period import Period
from quarterday.core.proration import Convention, Policy, fraction, unused_credit
from quarterday.store.models import (
    ChargeStatus,
    CreditNoteLine,
    InvoiceLine,
    LineKind,
    PendingCharge,
    SubscriptionItem,
)

# What covers service days; setup fees, credits and late usage do not.
_OF_DAYS = (LineKind.RECURRING, LineKind.USAGE, LineKind.COMMITMENT)


def find_billed(item: SubscriptionItem, since: date) -> list[InvoiceLine]:
    """The lines that billed an item's days from some day on, in the order of their periods."""
    if item.billed_through <= since:
        return []
    lines = InvoiceLine.objects.filter(item_id=item.id, kind__in=_OF_DAYS, period_end__gt=since)
    return list(lines.select_related("invoice").order_by("period_start"))


def credit_unused(
    item: SubscriptionItem, lines: Sequence[InvoiceLine], unused: Period, today: date
) -> list[PendingCharge]:
    """Write a credit for each line that billed unused days, to go on the next invoice.

    A credit is the line's share of those days after its discount, by the price's convention, and
    never more than what is left of the line after earlier credits. A price whose policy is not to
    prorate gives none.
    """
    if item.price.policy != Policy.PRORATE or not lines:
        return []
    credited = _already_credited(item.account_id, lines)
    made = [_make_credit(item, line, unused, credited[line.id], today) for line in lines]
    charges = [charge for charge in made if charge]
    PendingCharge.objects.bulk_create(charges)
    return charges


def _already_credited(account_id: int, lines: Sequence[InvoiceLine]) -> Counter[int]:
    """What each line has been credited: by credit notes, and as unused time."""
    ids = [line.id for line in lines]
    credited: Counter[int] = Counter()
    notes = CreditNoteLine.objects.filter(invoice_line__in=ids)
    for line, minor in notes.values_list("invoice_line_id", "net_minor"):
        if line is not None:
            credited[line] += minor
    unused = PendingCharge.objects.filter(account_id=account_id, source_line_id__in=ids)
    unused = unused.exclude(status=ChargeStatus.VOID)
    for key, minor in unused.values_list("source_line_id", "amount_minor"):
        if key is not None:
            credited[key] -= minor
    return credited


def _make_credit(
    item: SubscriptionItem, line: InvoiceLine, unused: Period, credited: int, today: date
) -> PendingCharge | None:
    """The credit for one line, or None where nothing is left to credit."""
    billed = Period(line.period_start, line.period_end)
    part = billed.meets(unused)
    if part is None:
        return None
    convention, unit = Convention(item.price.convention), currency(item.price.currency)
    minor = unused_credit(line.net_minor, billed, part, convention, credited)
    if not minor:
        return None
    return PendingCharge(
        account_id=item.account_id,
        subscription_id=item.subscription_id,
        item=item,
        product_id=line.product_id,
        kind="unused",
        description=f"Unused: {line.description}"[:500],
        period_start=part.start,
        period_end=part.end,
        unit_code=line.unit_code,
        unit_price=from_minor(-minor, unit),
        currency=unit.code,
        amount_minor=-minor,
        tax_inclusive=item.price.tax_inclusive,
        tax_on=line.period_start,
        bill_on=today,
        source_line_id=line.id,
        explanation={
            "rule": "3, 4, 5",
            "line": f"{line.invoice.label} line {line.position}",
            "charged_minor": line.net_minor,
            "credited_before_minor": credited,
            "days": part.days,
            "of_days": billed.days,
            "convention": str(convention),
            "factor": str(fraction(part, billed, convention)),
            "amount_minor": -minor,
        },
    )
