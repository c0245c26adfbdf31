"""Add somebody who gets an account's messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.message import KINDS, Topic
from quarterday.services.accounts.check_reached import check_reached
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Contact


def add_contact(
    *,
    account_id: int,
    email: str,
    now: datetime,
    name: str = "",
    kinds: Sequence[str] = (),
    must_reach: bool = False,
    actor: str = "system",
) -> Contact:
    """Add a contact, or change the name and the kinds of message of the one with that address.

    No kinds means every kind. Adding the same again changes nothing. With ``must_reach``, what is
    necessary has to reach somebody afterwards, else it raises `NobodyReached`. Raises `NotFound`,
    and `BillingError` for what is no mail address.
    """
    address = check_email(email)
    details = {"name": name, "kinds": sorted(set(kinds))}
    with transaction.atomic():
        account = claim_account(account_id)
        contact, is_new = Contact.objects.get_or_create(
            account=account, email=address, defaults=details
        )
        if not is_new:
            if (contact.name, contact.kinds) == (name, details["kinds"]):
                return contact
            contact.name, contact.kinds = name, details["kinds"]
            contact.save(update_fields=list(details))
        if must_reach:
            check_reached(account)
        record_event(
            kind="contact.added" if is_new else "contact.changed",
            subject=contact.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
        )
    return contact


def check_email(email: str) -> str:
    """A mail address as contacts have it; raises `BillingError` for what is none."""
    try:
        validate_email(email)
    except ValidationError:
        raise BillingError(
            f"email must be an address such as name@example.com: {email!r}"
        ) from None
    return email.lower()


def check_kinds(kinds: Sequence[str]) -> list[str]:
    """Kinds and topics of messages, sorted, each once; raises `BillingError` for unknown ones."""
    known = set(KINDS) | set(Topic)
    if unknown := sorted(set(kinds) - known):
        raise BillingError(
            f"there is no kind of message {unknown[0]!r}; there are {', '.join(sorted(known))}"
        )
    return sorted(set(map(str, kinds)))
