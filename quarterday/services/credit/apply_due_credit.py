"""Use credit on the due date, for accounts whose setting says so (rule 13)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.charging import Timing
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.settings import CreditUse, resolve
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.credit.apply_credit import record_applied
from quarterday.services.credit.use_credit import open_grants, use_credit
from quarterday.store.models import Allocation, Invoice
from quarterday.store.queries.billing import read_settings
from quarterday.store.queries.credit import find_credited_on_due_date
from quarterday.store.queries.scope import EVERYTHING, Scope


def apply_due_credit(*, today: date, now: datetime, scope: Scope = EVERYTHING) -> list[Allocation]:
    """Settle what is due today or was before, oldest first, each account in its own transaction.

    Running it twice finds nothing left to do.
    """
    found: list[Allocation] = []
    for account_id, seller_settings, account_settings in find_credited_on_due_date(scope):
        levels = read_settings(seller_settings), read_settings(account_settings)
        if resolve(Timing.ARREARS, *levels).credit_use is CreditUse.ON_DUE_DATE:
            found += _apply(account_id, today, now)
    return found


def _apply(account_id: int, today: date, now: datetime) -> list[Allocation]:
    found: list[Allocation] = []
    with transaction.atomic():
        claim_account(account_id)
        grants = open_grants(account_id)
        due = Invoice.objects.filter(
            account_id=account_id, status=InvoiceState.OPEN, due_on__lte=today
        )
        for invoice in due.order_by("due_on", "issued_on", "id"):
            drawn = use_credit(invoice, grants, invoice.open_minor, on=today, now=now)
            if not drawn:
                break
            record_applied(invoice, drawn, now=now, actor="credit on due date")
            found += drawn
    return found
