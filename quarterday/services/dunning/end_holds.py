"""End holds whose day has passed, and note promises that were kept or broken."""

from __future__ import annotations

from datetime import datetime

from quarterday.core.lifecycle import InvoiceState
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Account, DunningHold, HoldCause, Invoice
from quarterday.store.queries.dunning_cases import AccountCase


def end_lapsed(account: AccountCase, *, now: datetime, actor: str) -> None:
    """End what held through a day that is over; for services that hold the account.

    What was promised and is still owed is a broken promise.
    """
    for hold in account.holds:
        if hold.until is None or hold.until >= account.day:
            continue
        DunningHold.objects.filter(id=hold.id, ended_at=None).update(ended_at=now)
        if hold.cause != HoldCause.PROMISE:
            continue
        about = hold.invoice_id
        owed = [one for one in account.cases if about is None or one.invoice.id == about]
        late = [one for one in owed if one.due_on < account.day]
        _note(account.account, hold, "broken" if late else "kept", now, actor)


def end_promises(invoice: Invoice, *, now: datetime, actor: str) -> None:
    """Promises to pay an invoice that is settled now were kept; one for all that an account owes
    is kept with the last of it. For services that hold the account.
    """
    rows = DunningHold.objects.filter(account=invoice.account_id, ended_at=None)
    holds = [one for one in rows.order_by("id") if one.invoice_id in (None, invoice.id)]
    if not holds:
        return
    account = Account.objects.select_related("seller").get(id=invoice.account_id)
    owed = Invoice.objects.filter(account=account, status=InvoiceState.OPEN)
    is_all = not owed.exclude(id=invoice.id).exists()
    for hold in holds:
        if hold.invoice_id is None and (not is_all or hold.cause != HoldCause.PROMISE):
            continue
        DunningHold.objects.filter(id=hold.id, ended_at=None).update(ended_at=now)
        if hold.cause == HoldCause.PROMISE:
            _note(account, hold, "kept", now, actor)


def _note(account: Account, hold: DunningHold, what: str, now: datetime, actor: str) -> None:
    record_event(
        kind=f"promise.{what}",
        subject=hold.invoice.public_id if hold.invoice else account.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data={"hold": hold.public_id, "until": hold.until.isoformat() if hold.until else None},
    )
