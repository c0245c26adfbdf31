"""Keep how the CSV statements of a bank account are read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.services.events.record_event import record_event
from quarterday.store.models import BankAccount


def save_columns(
    *,
    bank_account: BankAccount,
    columns: Mapping[str, Any] | None,
    now: datetime,
    actor: str = "system",
) -> BankAccount:
    """Keep how the CSV statements of a bank account are read; None forgets it.

    Whoever calls has read a file with it, which is the only proof that it fits.
    """
    data = None if columns is None else dict(columns)
    with transaction.atomic():
        row = BankAccount.objects.select_for_update(no_key=True).get(id=bank_account.id)
        if row.columns == data:
            return row
        BankAccount.objects.filter(id=row.id).update(columns=data)
        row.columns = data
        record_event(
            kind="bank_account.columns_saved",
            subject=row.public_id,
            seller_id=row.seller_id,
            actor=actor,
            now=now,
            data={"columns": data},
        )
    return row
