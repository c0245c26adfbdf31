"""Revoke all links of an account, of a purpose, or of a seller."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from quarterday.services.errors import NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_word
from quarterday.store.models import Account, Link, LinkPurpose, LinkRevocation, Seller


def revoke_links(
    *,
    seller: Seller,
    now: datetime,
    account: Account | None = None,
    purpose: str = "",
    actor: str = "system",
) -> LinkRevocation:
    """Revoke every link of a seller that was made before ``now``, or of an account or purpose.

    It is one row, however many links there are. Links to unsubscribe are left alone unless they
    are named, since every mail owes its reader that way out. Raises `BillingError` for a purpose
    that does not exist, and `NotFound` for another seller's account.
    """
    if purpose:
        purpose = check_word(LinkPurpose, purpose, "purpose")
    if account is not None and account.seller_id != seller.id:
        raise NotFound(f"seller {seller} has no account {account}")
    with transaction.atomic():
        row = LinkRevocation.objects.create(
            seller=seller,
            account=account,
            purpose=purpose,
            before=now,
            last_link=Link.objects.aggregate(last=Max("id"))["last"] or 0,
            actor=actor,
        )
        record_event(
            kind="links.revoked",
            subject=account.public_id if account else seller.public_id,
            seller_id=seller.id,
            account_id=account.id if account else None,
            actor=actor,
            now=now,
            data={"purpose": purpose},
        )
    return row
