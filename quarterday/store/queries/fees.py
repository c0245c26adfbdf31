"""Which lines of an invoice are fees put on by itself: for being late, for a way to pay, or for a
debit that came back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quarterday.store.models import (
    Debit,
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
    known = {*_list_charges(invoice, _name_fees(invoice))}
    return {line.id for line in lines if _key(line) in known}


def _is_late_fee(invoice: Invoice) -> bool:
    """Whether a step of dunning made it; such an invoice has nothing else on it."""
    steps = DunningStep.objects.filter(
        invoice__account_id=invoice.account_id, action="fee", outcome=StepOutcome.DONE
    )
    return any(one.data.get("invoice") == invoice.public_id for one in steps)


def _name_fees(invoice: Invoice) -> Iterator[str]:
    """Under which external ids fees by payment method and of returned debits are charged."""
    tries = PaymentAttempt.objects.filter(account_id=invoice.account_id)
    for name in tries.filter(fee_minor__gt=0).values_list("public_id", flat=True):
        yield f"fee {name}"
    debits = Debit.objects.filter(attempt__account_id=invoice.account_id)
    for name in debits.values_list("end_to_end_id", flat=True):
        yield f"return {name}"


def _list_charges(invoice: Invoice, names: Iterable[str]) -> Iterator[tuple[int, str, int]]:
    rows = PendingCharge.objects.filter(account_id=invoice.account_id, external_id__in=list(names))
    yield from rows.values_list("product_id", "description", "amount_minor")


def _key(line: InvoiceLine) -> tuple[int, str, int]:
    return line.product_id, line.description, line.net_minor
