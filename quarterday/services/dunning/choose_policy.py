"""Choose by which policy unpaid invoices are followed up: of all, or of some."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from quarterday.core.dunning import NONE
from quarterday.core.errors import BillingError
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.dunning.wake_dunning import wake_dunning
from quarterday.services.events.record_event import record_event
from quarterday.services.sellers.change_brand import change_brand
from quarterday.store.models import (
    Account,
    AccountGroup,
    Dunning,
    DunningStatus,
    Invoice,
    InvoiceLine,
    Seller,
    Subscription,
)
from quarterday.store.queries.dunning_policies import list_policies
from quarterday.store.queries.paying import read_brand

Level = Seller | AccountGroup | Account | Subscription | Invoice


def choose_policy(
    *, level: Level, policy: str | None, now: datetime, actor: str = "system"
) -> None:
    """Set the policy of a seller, a group of accounts, an account, a subscription or one invoice.

    ``none`` reminds of nothing; None leaves it to the level above. Open invoices are looked at
    again soon; steps that were taken are not taken again. Raises `BillingError` for a policy that
    the seller does not have.
    """
    seller = _find_seller(level)
    _check(seller, policy)
    with transaction.atomic():
        if isinstance(level, Seller):
            _choose_for_seller(seller, policy, now, actor)
            which = Q(account__seller=seller)
        elif isinstance(level, Invoice):
            _choose_for_invoice(level, policy, now)
            which = Q(invoice=level)
        else:
            which = _choose_by_settings(level, policy)
        wake_dunning(which, now=now)
        record_event(
            kind="dunning.policy_chosen",
            subject=level.public_id,
            seller_id=seller.id,
            account_id=getattr(
                level, "account_id", level.id if isinstance(level, Account) else None
            ),
            actor=actor,
            now=now,
            data={"policy": policy},
        )


def _find_seller(level: Level) -> Seller:
    if isinstance(level, Seller):
        found = level
    elif isinstance(level, Account | AccountGroup | Invoice):
        found = level.seller
    else:
        found = level.account.seller
    return Seller.objects.select_related("brand").get(id=found.id)


def _check(seller: Seller, policy: str | None) -> None:
    known = list_policies(seller)
    if policy not in (None, NONE) and policy not in known:
        raise BillingError(
            f"seller {seller} has no policy {policy!r}; there are {', '.join(sorted(known))}, and "
            f"{NONE} for no reminders"
        )


def _choose_for_seller(seller: Seller, policy: str | None, now: datetime, actor: str) -> None:
    data = dict(read_brand(seller))
    given = data.get("dunning", {})
    setup: dict[str, Any] = {} if isinstance(given, str) else dict(given)
    setup.pop("policy", None)
    data["dunning"] = setup | ({"policy": policy} if policy else {})
    # What the settings name would go before it.
    settings = _with(seller.settings, None)
    Seller.objects.filter(id=seller.id).update(settings=settings)
    change_brand(seller=seller, data=data, now=now, actor=actor)


def _choose_for_invoice(invoice: Invoice, policy: str | None, now: datetime) -> None:
    _, invoice = claim_row(invoice)
    Dunning.objects.get_or_create(
        invoice=invoice,
        defaults={
            "account_id": invoice.account_id,
            "status": DunningStatus.RUNNING,
            "next_at": now,
            "started_at": now,
        },
    )
    Dunning.objects.filter(invoice=invoice).update(policy=policy or "")


def _choose_by_settings(level: AccountGroup | Account | Subscription, policy: str | None) -> Q:
    """Change the settings; which rows that concerns."""
    if isinstance(level, AccountGroup):
        group = AccountGroup.objects.select_for_update().get(id=level.id)
        AccountGroup.objects.filter(id=group.id).update(settings=_with(group.settings, policy))
        return Q(account__group=group)
    if isinstance(level, Account):
        account = claim_account(level.id)
        Account.objects.filter(id=account.id).update(settings=_with(account.settings, policy))
        return Q(account=account)
    account, contract = claim_row(level)
    Subscription.objects.filter(id=contract.id).update(settings=_with(contract.settings, policy))
    lines = InvoiceLine.objects.filter(account_id=account.id, subscription_id=contract.id)
    return Q(account=account, invoice__in=lines.values("invoice_id"))


def _with(settings: Mapping[str, Any], policy: str | None) -> dict[str, Any]:
    kept = {name: value for name, value in settings.items() if name != "dunning"}
    return kept | ({"dunning": policy} if policy else {})
