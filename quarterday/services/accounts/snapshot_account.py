"""Keep what documents say about an account."""

from __future__ import annotations

from typing import Any

from quarterday.services.sellers.take_snapshot import take_snapshot
from quarterday.store.models import Account, Snapshot


def snapshot_account(account: Account) -> Snapshot:
    """The snapshot of an account's details, with the evidence for its tax status."""
    return take_snapshot(account_details(account))


def account_details(account: Account) -> dict[str, Any]:
    """What its snapshot holds."""
    return {
        "name": account.name,
        "external_id": account.external_id or "",
        "address": account.address,
        "country": account.country,
        "region": account.region,
        "tax_id": account.tax_id,
        "tax_id_evidence": account.tax_id_evidence,
        "tax_exempt_reason": account.tax_exempt_reason,
    }
