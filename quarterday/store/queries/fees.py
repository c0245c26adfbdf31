"""Which lines of an invoice are fees put on by itself: for being late, or for a way to pay."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.models import (
    DunningStep,
    Invoice,
    InvoiceLine,
    LineKind,
    PaymentAttempt,
    PendingCharge,
    StepOutcome,
)


def find_fees(invoice: Invoice) -> set[int]:
    """The keys of the lines. What people charged is no fee, whatever they called it."""
    lines = list(invoice.lines.filter(kind=LineKind.ONE_OFF))
    if not lines:
        return set()
    if _is_late_fee(invoice):
        return {line.id for line in lines}
    known = set(_list_fees_by_method(invoice))
    return {line.id for line in lines if _key(line) in known}


def _is_late_fee(invoice: Invoice) -> bool:
    """Whether a step of dunning made it; such an invoice has nothing else on it."""
    steps = DunningStep.objects.filter(
        invoice__account_id=invoice.account_id, action="fee", outcome=StepOutcome.DONE
    )
    return any(one.data.get("invoice") == invoice.public_id for one in steps)


def _list_fees_by_method(invoice: Invoice) -> Iterator[tuple[int, str, int]]:
    tries = PaymentAttempt.objects.filter(account_id=invoice.account_id, fee_minor__gt=0)
    names = [f"fee {name}" for name in tries.values_list("public_id", flat=True)]
    rows = PendingCharge.objects.filter(account_id=invoice.account_id, external_id__in=names)
    yield from rows.values_list("product_id", "description", "amount_minor")


def _key(line: InvoiceLine) -> tuple[int, str, int]:
    return line.product_id, line.description, line.net_minor
