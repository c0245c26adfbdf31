"""Change what is known of an account, and how it is billed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.accounts.snapshot_account import snapshot_account
from quarterday.services.compare import apply_changes
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_country, check_settings, check_text
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import Account


def change_account(
    *,
    account_id: int,
    now: datetime,
    name: str | None = None,
    language: str | None = None,
    country: str | None = None,
    region: str | None = None,
    address: Mapping[str, Any] | None = None,
    tax_id: str | None = None,
    tax_id_evidence: Mapping[str, Any] | None = None,
    tax_exempt_reason: str | None = None,
    settings: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    actor: str = "system",
) -> Account:
    """Change the details that are given; None leaves one as it is, and mappings are replaced.

    Issued documents keep the details they were issued with. New settings count from the next
    billing. What is the same already changes nothing. The currency never changes: open another
    account for it. Raises `NotFound`, and `BillingError` for bad input.
    """
    asked: dict[str, Any] = {
        "name": None if name is None else check_text(name, "name"),
        "language": language,
        "country": None if country is None else check_country(country),
        "region": region,
        "address": None if address is None else dict(address),
        "tax_id": tax_id,
        "tax_id_evidence": None if tax_id_evidence is None else dict(tax_id_evidence),
        "tax_exempt_reason": tax_exempt_reason,
        "settings": None if settings is None else check_settings(settings),
        "data": None if data is None else dict(data),
    }
    with transaction.atomic():
        account = claim_account(account_id)
        changes = apply_changes(account, asked)
        if not changes:
            return account
        account.snapshot = snapshot_account(account)
        Account.objects.filter(id=account.id).update(snapshot=account.snapshot, **changes)
        if "settings" in changes:
            set_due(account.id)
        record_event(
            kind="account.changed",
            subject=account.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"changed": sorted(changes)},
        )
    return account
