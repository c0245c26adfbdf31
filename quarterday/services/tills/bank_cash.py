"""Bring cash from a till to the bank."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.access import StaffRole
from quarterday.core.errors import BillingError
from quarterday.core.ledger import CASH
from quarterday.core.limits import check_minor
from quarterday.services.compare import show_amount
from quarterday.services.inputs import check_text
from quarterday.services.tills.claim_till import claim_till, write_entry
from quarterday.store.models import Cashier, TillEntry, TillEntryKind
from quarterday.store.queries.tills import sum_cash


def bank_cash(
    *,
    cashier: Cashier,
    amount_minor: int,
    note: str,
    today: date,
    now: datetime,
    role: str = StaffRole.CASHIER,
) -> TillEntry:
    """The entry of the cash that leaves the till; ``note`` is the slip's number.

    It is in the clearing account of cash until the statement shows it. The same note and amount
    in one till are one deposit. Raises `BillingError` for more than there is.
    """
    note = check_text(note, "note", 500)
    if check_minor(amount_minor, "amount_minor") < 1:
        raise BillingError(f"amount_minor must be at least 1, not {amount_minor}")
    with transaction.atomic():
        till = claim_till(cashier, None, role)
        rows = TillEntry.objects.filter(till=till, kind=TillEntryKind.BANKED, note=note)
        if known := rows.filter(amount_minor=-amount_minor).first():
            return known
        there = sum_cash(till)
        if amount_minor > there:
            raise BillingError(
                f"there are {show_amount(there, till.currency)} in the till of cashier {cashier}; "
                "nobody can bring more to the bank"
            )
        return write_entry(
            till,
            cashier,
            TillEntryKind.BANKED,
            means=CASH,
            amount_minor=-amount_minor,
            on=today,
            now=now,
            note=note,
        )
