"""Undo a payment at the desk on the same day, as when the wrong customer was chosen."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.access import StaffRole
from quarterday.core.errors import BillingError
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.inputs import check_text
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.services.tills.claim_till import claim_till, write_entry
from quarterday.store.models import Cashier, TillEntry, TillEntryKind
from quarterday.store.queries.tills import sum_cash


def cancel_entry(
    *,
    cashier: Cashier,
    entry: TillEntry,
    reason: str,
    today: date,
    now: datetime,
    role: str = StaffRole.CASHIER,
    actor: str = "",
) -> TillEntry:
    """The entry that reverses it: the money goes back, and what it settled is owed again.

    Both entries stay. Cancelling it again answers the same; raises `BillingError` once the till
    is closed, since the day was counted with it: then it is refunded.
    """
    reason = check_text(reason, "reason", 500)
    payment = entry.payment
    if payment is None or entry.kind != TillEntryKind.PAYMENT:
        raise BillingError(f"entry {entry.number} is no payment; only payments can be cancelled")
    with transaction.atomic():
        claim_account(payment.account_id)
        cancelled = TillEntry.objects.filter(payment=payment, kind=TillEntryKind.CANCELLED)
        if known := cancelled.first():
            return known
        till = claim_till(cashier, today, role)
        if till.id != entry.till_id:
            raise BillingError(
                f"entry {entry.number} is of a till that was closed, or of somebody else's; have "
                "the payment refunded"
            )
        if entry.means == "cash" and sum_cash(till) < entry.amount_minor:
            raise BillingError("there is not as much cash in the till; have the payment refunded")
        refund_payment(
            payment=payment,
            today=today,
            now=now,
            reopen=True,
            reason=reason,
            external_id=entry.public_id,
            is_told=False,
            actor=actor or f"cashier {cashier.code}",
        )
        return write_entry(
            till,
            cashier,
            TillEntryKind.CANCELLED,
            means=entry.means,
            amount_minor=-entry.amount_minor,
            on=today,
            now=now,
            payment=payment,
            note=reason,
        )
