"""Pause the reminding of an account, or of one of its invoices."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.lifecycle import InvoiceState
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.dunning.wake_dunning import wake_account
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text, check_word
from quarterday.store.models import Account, DunningHold, HoldCause, Invoice


def hold_dunning(
    *,
    account: Account,
    now: datetime,
    cause: HoldCause = HoldCause.STAFF,
    invoice: Invoice | None = None,
    until: date | None = None,
    reason: str = "",
    actor: str = "system",
) -> DunningHold:
    """The pause: of one invoice or of the whole account, through ``until`` or until released.

    Nothing is sent, charged as a fee or suspended meanwhile; what is suspended stays so. Afterwards
    what was due is caught up on, and nothing is suspended without a new warning. Another hold of
    the same cause for the same thing takes the place of the one before; the same again changes
    nothing. Raises `Conflict` for an invoice that is not open, and `BillingError` for bad input.
    """
    cause = check_word(HoldCause, cause, "cause")
    said = check_text(reason, "reason") if reason else ""
    with transaction.atomic():
        account = claim_account(account.id)
        if invoice is not None:
            invoice = _read_open(account, invoice)
        rows = DunningHold.objects.filter(
            account=account, invoice=invoice, cause=cause, ended_at=None
        )
        old = rows.order_by("-id").first()
        if old is not None and (old.until, old.reason) == (until, said):
            return old
        rows.update(ended_at=now)
        hold = DunningHold.objects.create(
            account=account,
            invoice=invoice,
            cause=cause,
            reason=said,
            until=until,
            created_at=now,
            actor=actor,
        )
        wake_account(account.id, now=now)
        record_event(
            kind="dunning.held",
            subject=invoice.public_id if invoice else account.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={
                "hold": hold.public_id,
                "cause": str(cause),
                "until": until.isoformat() if until else None,
                "reason": said,
            },
        )
    return hold


def _read_open(account: Account, invoice: Invoice) -> Invoice:
    row = Invoice.objects.filter(id=invoice.id, account=account).first()
    if row is None:
        raise NotFound(f"account {account} has no invoice {invoice.label}")
    if row.status != InvoiceState.OPEN:
        raise Conflict(f"invoice {row.label} is {row.status}; nobody is reminded of it")
    return row
