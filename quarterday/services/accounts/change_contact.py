"""Change a contact of an account: where it is reached, and what it gets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from quarterday.services.accounts.add_contact import check_email, check_kinds
from quarterday.services.accounts.check_reached import check_reached
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.compare import apply_changes
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Contact


def change_contact(
    *,
    account_id: int,
    public_id: str,
    now: datetime,
    email: str | None = None,
    name: str | None = None,
    kinds: Sequence[str] | None = None,
    actor: str = "system",
) -> Contact:
    """Change what is given of a contact; None leaves a detail as it is, no kinds means all.

    What is the same already changes nothing. Raises `NotFound`, `Conflict` for an address that
    another contact has, `NobodyReached`, and `BillingError` for bad input.
    """
    asked = {
        "email": None if email is None else check_email(email),
        "name": name,
        "kinds": None if kinds is None else check_kinds(kinds),
    }
    with transaction.atomic():
        account = claim_account(account_id)
        contact = Contact.objects.filter(account=account, public_id=public_id).first()
        if contact is None:
            raise NotFound(f"account {account} has no contact {public_id}")
        changes = apply_changes(contact, asked)
        if not changes:
            return contact
        others = Contact.objects.filter(account=account, email=contact.email)
        if others.exclude(id=contact.id).exists():
            raise Conflict(f"another contact has the address {contact.email}; change that one")
        contact.save(update_fields=list(changes))
        check_reached(account)
        record_event(
            kind="contact.changed",
            subject=contact.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"changed": sorted(changes)},
        )
    return contact
