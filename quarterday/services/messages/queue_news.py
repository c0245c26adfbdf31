"""Send news of a seller to everybody who chose to get it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.message import wants_kind
from quarterday.services.inputs import check_text
from quarterday.services.links.destinations import check_destination
from quarterday.services.messages.fields.people import write_address
from quarterday.services.messages.queue_message import INSERT, make_row
from quarterday.store.models import AccountStatus, Contact, Seller
from quarterday.store.queries.raw import execute_many

KIND = "newsletter"
_BATCH = 1000


def queue_news(
    *,
    seller: Seller,
    code: str,
    title: str,
    text: str,
    now: datetime,
    button: str = "",
    destination: str = "",
) -> int:
    """Queue one message for each open account with a contact that chose news; how many have it.

    ``code`` names this piece of news: asked for again, whoever has it does not get it twice.
    Raises `BillingError` without a postal address, which the law wants to see in it.
    """
    if not write_address(seller.address):
        raise BillingError(f"seller {seller} has no postal address; news must show one")
    if bool(button) != bool(destination):
        raise BillingError("button and destination belong together; give both, or neither")
    data: dict[str, Any] = {
        "news": {
            "title": check_text(title, "title"),
            "text": text.strip(),
            "button": check_text(button, "button", 60) if button else "",
        },
        "destination": check_destination(seller, destination) if destination else "",
    }
    if not data["news"]["text"]:
        raise BillingError("text is empty; write the news")
    code = check_text(code, "code", 40)
    readers = _find_readers(seller)
    for start in range(0, len(readers), _BATCH):
        rows = [
            make_row(
                kind=KIND,
                seller_id=seller.id,
                account_id=account_id,
                subject=public_id,
                occasion=code,
                data=data,
                now=now,
            )
            for account_id, public_id in readers[start : start + _BATCH]
        ]
        with transaction.atomic():
            execute_many(INSERT, rows)
    return len(readers)


def _find_readers(seller: Seller) -> list[tuple[int, str]]:
    """Key and public id of the accounts that get news, in order."""
    rows = Contact.objects.filter(account__seller=seller, account__status=AccountStatus.OPEN)
    found = {
        (account_id, public_id)
        for account_id, public_id, kinds in rows.values_list(
            "account_id", "account__public_id", "kinds"
        ).iterator()
        if wants_kind(kinds, KIND)
    }
    return sorted(found)
