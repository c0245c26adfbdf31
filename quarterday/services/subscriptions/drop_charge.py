"""Drop a pending charge before it is billed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import ChargeStatus, PendingCharge


def drop_charge(*, charge_id: int, now: datetime, actor: str = "system") -> PendingCharge:
    """Drop a one-off, an adjustment or a setup fee; dropping it again changes nothing.

    Raises `NotFound`, `Conflict` for a charge that is billed, and `BillingError` for a credit for
    unused time, which only its cause can take back.
    """
    rows = PendingCharge.objects.filter(id=charge_id)
    account_id = rows.values_list("account_id", flat=True).first()
    if account_id is None:
        raise NotFound(f"there is no charge with the key {charge_id}")
    with transaction.atomic():
        account = claim_account(account_id)
        charge = rows.get()
        if charge.kind == "unused":
            raise BillingError(
                "a credit for unused time follows from a change of the contract; undo that, or "
                "add a charge"
            )
        if charge.status == ChargeStatus.VOID:
            return charge
        if rows.filter(status=ChargeStatus.PENDING).update(status=ChargeStatus.VOID) != 1:
            raise Conflict(f"charge {charge.public_id} is billed already; credit its invoice")
        charge.status = ChargeStatus.VOID
        set_due(account.id)
        record_event(
            kind="charge.dropped",
            subject=charge.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={
                "description": charge.description,
                "amount_minor": charge.amount_minor,
                "currency": charge.currency,
            },
        )
    return charge
