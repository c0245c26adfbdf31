"""Compute anew when accounts are due, after a setting of their catalogue or seller changed."""

from __future__ import annotations

from typing import Any

from quarterday.services.subscriptions.set_due import set_due_of
from quarterday.store.models import BillingDue, SubscriptionItem


def refresh_due(**items: Any) -> None:
    """Set the due dates of all accounts that have items which match the given lookups."""
    accounts = SubscriptionItem.objects.filter(**items).values("account_id")
    ids = BillingDue.objects.filter(account_id__in=accounts).values_list("account_id", flat=True)
    set_due_of(list(ids))
