"""Keep invoices from being collected by themselves, until somebody says otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import Account, Collection, CollectionStatus, Invoice

DISPUTED = "dispute"


def hold_invoices(account: Account, invoices: Iterable[Invoice], reason: str) -> None:
    """Stop the automatic collection of invoices, for a reason that people read.

    What was stopped before stays stopped for its own reason; but a dispute ends by itself, and
    gives way to any other. For services that hold the transaction and the account.
    """
    for invoice in invoices:
        row, is_new = Collection.objects.get_or_create(
            invoice=invoice,
            defaults={
                "account": account,
                "status": CollectionStatus.STOPPED,
                "reason": reason[:200],
            },
        )
        if not is_new and (row.status != CollectionStatus.STOPPED or row.reason == DISPUTED):
            Collection.objects.filter(id=row.id).update(
                status=CollectionStatus.STOPPED, next_on=None, reason=reason[:200]
            )


def release_settled(account: Account, invoices: Iterable[str]) -> None:
    """What was stopped and is settled by now, is done; ``invoices`` are public ids."""
    rows = Collection.objects.filter(
        account=account, invoice__public_id__in=list(invoices), status=CollectionStatus.STOPPED
    ).exclude(invoice__status=InvoiceState.OPEN)
    Collection.objects.filter(id__in=list(rows.values_list("id", flat=True))).update(
        status=CollectionStatus.DONE, next_on=None, reason=""
    )
