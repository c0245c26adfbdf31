"""Take a cashier's open till for the rest of the transaction, and write into it."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Max

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.core.ledger import CASH, post_till
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.staff.check_staff import check_staff
from quarterday.store.models import Cashier, Payment, Till, TillEntry, TillEntryKind

_BOOKED = {
    TillEntryKind.PAYMENT: "till_cash",
    TillEntryKind.CANCELLED: "till_cash",
    TillEntryKind.BANKED: "till_banked",
    TillEntryKind.DIFFERENCE: "till_difference",
}


def claim_till(cashier: Cashier, today: date | None, role: str) -> Till:
    """The open till, locked; ``today`` is given where money is taken or given back.

    Call it after the account was claimed. Raises `NotFound` while none is open, and
    `BillingError` when it is of another day: each day is closed for itself. Only a ``role`` that
    takes money may do so (`Forbidden`).
    """
    check_staff(role, StaffPermission.TAKE_MONEY)
    rows = Till.objects.select_for_update(no_key=True, of=("self",))
    till = rows.filter(cashier=cashier, closed_at=None).first()
    if till is None:
        raise NotFound(f"cashier {cashier} has no open till; open one first")
    if today is not None and till.opened_on != today:
        raise BillingError(
            f"the till of cashier {cashier} is of {till.opened_on}; count and close it, and open "
            "one of today"
        )
    return till


def need_active(cashier: Cashier) -> None:
    """Raise `Conflict` for a cashier who may no longer take money."""
    if not Cashier.objects.filter(id=cashier.id, is_active=True).exists():
        raise Conflict(f"cashier {cashier} may no longer take money; ask the owner")


def write_entry(
    till: Till,
    cashier: Cashier,
    kind: TillEntryKind,
    *,
    means: str,
    amount_minor: int,
    on: date,
    now: datetime,
    payment: Payment | None = None,
    note: str = "",
) -> TillEntry:
    """The next entry of a till that is claimed; cash moves in the book with it."""
    last = TillEntry.objects.filter(till=till).aggregate(last=Max("number"))["last"] or 0
    entry = TillEntry.objects.create(
        till=till,
        number=last + 1,
        kind=kind,
        means=means,
        amount_minor=amount_minor,
        payment=payment,
        at=now,
        note=note[:500],
    )
    if means == CASH:
        posted = post_till(
            _BOOKED[kind],
            on=on,
            reference=f"{cashier.code} {till.number}/{entry.number}",
            cashier=cashier.code,
            currency=till.currency,
            amount_minor=amount_minor,
        )
        post_entry(posted, seller_id=cashier.seller_id, source=entry.public_id)
    return entry
