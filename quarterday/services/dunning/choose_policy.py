"""Choose by which policy a customer, or one invoice of theirs, is reminded."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from quarterday.core.dunning import NONE
from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.accounts.change_account import change_account
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.dunning.wake_dunning import wake_account
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Account, Dunning, DunningStatus, Invoice
from quarterday.store.queries.dunning_policies import list_policies


def choose_policy(
    *,
    account: Account,
    code: str,
    now: datetime,
    invoice: Invoice | None = None,
    actor: str = "system",
) -> None:
    """Remind by another policy from now on; ``none`` reminds of nothing, and an empty code leaves
    it to the level above: an invoice to its customer, a customer to the group and the seller.

    Steps that were taken stay taken. Choosing the same again changes nothing. Raises
    `BillingError` for a policy that the seller does not have, and `Conflict` for an invoice that
    is not open.
    """
    policies = list_policies(account.seller)
    if code and code != NONE and code not in policies:
        raise BillingError(f"policy {code!r} is not there; choose one of {', '.join(policies)}")
    with transaction.atomic():
        account = claim_account(account.id)
        if invoice is None:
            settings = {
                name: value for name, value in account.settings.items() if name != "dunning"
            }
            if code:
                settings["dunning"] = code
            if settings == account.settings:
                return
            change_account(account_id=account.id, settings=settings, now=now, actor=actor)
        elif not _choose_for_invoice(account, invoice, code, now):
            return
        wake_account(account.id, now=now)
        record_event(
            kind="dunning.policy_chosen",
            subject=invoice.public_id if invoice else account.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"policy": code},
        )


def _choose_for_invoice(account: Account, invoice: Invoice, code: str, now: datetime) -> bool:
    """Whether it was another one before."""
    row = Invoice.objects.filter(id=invoice.id, account=account).first()
    if row is None:
        raise NotFound(f"account {account} has no invoice {invoice.label}")
    if row.status != InvoiceState.OPEN:
        raise Conflict(f"invoice {row.label} is {row.status}; nobody is reminded of it")
    dunning, _ = Dunning.objects.get_or_create(
        invoice=row,
        defaults={
            "account": account,
            "status": DunningStatus.RUNNING,
            "next_at": now,
            "started_at": now,
        },
    )
    if dunning.policy == code:
        return False
    Dunning.objects.filter(id=dunning.id).update(policy=code, version=F("version") + 1)
    return True
