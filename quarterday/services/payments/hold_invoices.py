"""Keep invoices from being collected by themselves, until somebody says otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from quarterday.store.models import Account, Collection, CollectionStatus, Invoice


def hold_invoices(account: Account, invoices: Iterable[Invoice], reason: str) -> None:
    """Stop the automatic collection of invoices, for a reason that people read.

    What was stopped before stays stopped for its own reason. For services that hold the
    transaction and the account.
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
        if not is_new and row.status != CollectionStatus.STOPPED:
            Collection.objects.filter(id=row.id).update(
                status=CollectionStatus.STOPPED, next_on=None, reason=reason[:200]
            )
