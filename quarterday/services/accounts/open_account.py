"""Open an account: a customer who will owe one seller in one currency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from quarterday.core.money import currency as find_currency
from quarterday.services.accounts.snapshot_account import snapshot_account
from quarterday.services.compare import check_same
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import (
    check_country,
    check_external_id,
    check_settings,
    check_text,
)
from quarterday.store.bulk import execute_each
from quarterday.store.models import Account, BillingDue, Seller
from quarterday.store.queries.keys import find_account_key


def open_account(
    *,
    seller: Seller,
    name: str,
    country: str,
    now: datetime,
    currency: str | None = None,
    external_id: str | None = None,
    language: str | None = None,
    region: str = "",
    address: Mapping[str, Any] | None = None,
    tax_id: str = "",
    tax_id_evidence: Mapping[str, Any] | None = None,
    tax_exempt_reason: str = "",
    settings: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    actor: str = "system",
) -> Account:
    """Open an account; currency and language are the seller's unless given.

    Opening it again under the same ``external_id`` with the same details returns it unchanged.
    Raises `Conflict` when they differ, and `BillingError` for bad input.
    """
    account = make_account(
        seller=seller,
        name=name,
        country=country,
        currency=currency,
        external_id=external_id,
        language=language,
        region=region,
        address=address,
        tax_id=tax_id,
        tax_id_evidence=tax_id_evidence,
        tax_exempt_reason=tax_exempt_reason,
        settings=settings,
        data=data,
    )
    if known := _find(account):
        return _check_same(known, account)
    try:
        with transaction.atomic():
            _write(account, actor, now)
    except IntegrityError:
        # Somebody opened it since we looked.
        if known := _find(account):
            return _check_same(known, account)
        raise
    return account


def make_account(
    *,
    seller: Seller,
    name: str,
    country: str,
    currency: str | None = None,
    external_id: str | None = None,
    language: str | None = None,
    region: str = "",
    address: Mapping[str, Any] | None = None,
    tax_id: str = "",
    tax_id_evidence: Mapping[str, Any] | None = None,
    tax_exempt_reason: str = "",
    settings: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> Account:
    """An account that is not yet written; raises `BillingError` for bad input."""
    return Account(
        seller=seller,
        external_id=check_external_id(external_id),
        name=check_text(name, "name"),
        currency=find_currency(currency or seller.currency).code,
        language=language or seller.language,
        country=check_country(country),
        region=region,
        address=dict(address or {}),
        tax_id=tax_id,
        tax_id_evidence=dict(tax_id_evidence or {}),
        tax_exempt_reason=tax_exempt_reason,
        settings=check_settings(settings),
        data=dict(data or {}),
    )


def _find(asked: Account) -> Account | None:
    """The account that already has the external id."""
    if asked.external_id is None:
        return None
    key = find_account_key(asked.seller_id, asked.external_id)
    return None if key is None else Account.objects.get(id=key)


def _write(account: Account, actor: str, now: datetime) -> None:
    """The account, when it is due (never, so far), and the event."""
    account.snapshot = snapshot_account(account)
    account.save(force_insert=True)
    execute_each(BillingDue, ("account_id", "bill_on"), [(account.id, None)])
    record_event(
        kind="account.opened",
        subject=account.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
    )


_DETAILS = (
    "name currency language country region address tax_id tax_id_evidence tax_exempt_reason "
    "settings data"
).split()


def _check_same(known: Account, asked: Account) -> Account:
    """The account as it stands, unless it differs from what was asked for."""
    label, remedy = f"account {known.external_id} is open", "change the account instead"
    return check_same(known, asked, _DETAILS, label=label, remedy=remedy)
