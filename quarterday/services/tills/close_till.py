"""Count a till and close its day."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.access import StaffRole
from quarterday.core.errors import BillingError
from quarterday.core.ledger import CASH
from quarterday.core.limits import check_minor
from quarterday.services.compare import show_amount
from quarterday.services.errors import Conflict
from quarterday.services.tills.claim_till import claim_till, write_entry
from quarterday.services.tills.record_till import record_till
from quarterday.store.models import Cashier, Till, TillEntryKind
from quarterday.store.queries.tills import sum_cash


def close_till(
    *,
    cashier: Cashier,
    counted_minor: int,
    today: date,
    now: datetime,
    note: str = "",
    role: str = StaffRole.CASHIER,
    actor: str = "",
) -> Till:
    """The closed till. What was counted beyond or below what should be there is posted.

    A difference needs a ``note`` that says how it may have come. The cash stays for the next day.
    """
    if check_minor(counted_minor, "counted_minor") < 0:
        raise BillingError(f"counted_minor must be at least 0, not {counted_minor}")
    with transaction.atomic():
        till = claim_till(cashier, None, role)
        expected = sum_cash(till)
        difference = counted_minor - expected
        if difference and not note.strip():
            raise BillingError(
                f"{show_amount(counted_minor, till.currency)} were counted, and "
                f"{show_amount(expected, till.currency)} should be there; count again, or close it "
                "with a note"
            )
        if difference:
            write_entry(
                till,
                cashier,
                TillEntryKind.DIFFERENCE,
                means=CASH,
                amount_minor=difference,
                on=today,
                now=now,
                note=note,
            )
        rows = Till.objects.filter(id=till.id, closed_at=None)
        changes = {"expected_minor": expected, "counted_minor": counted_minor, "closed_at": now}
        if not rows.update(**changes, note=note[:500]):
            raise Conflict(f"the till of cashier {cashier} was closed by somebody else")
        till.refresh_from_db()
        record_till(till, cashier, "till.closed", now, actor or f"cashier {cashier.code}")
    return till
