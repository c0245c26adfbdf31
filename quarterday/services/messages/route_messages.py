"""Say where text and chat messages of an account go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.message import Topic, find_kind
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.store.models import Account

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


def route_messages(
    *,
    account: Account,
    channel: str,
    address: str,
    kinds: Sequence[str],
    now: datetime,
    actor: str = "system",
) -> Account:
    """Send kinds of message to a number or chat besides mail; no kinds ends it.

    ``kinds`` are names of kinds or topics. Again changes nothing. Raises `BillingError`.
    """
    address = check_text(address, "address", 200)
    if channel not in ("sms", "chat"):
        raise BillingError(f"channel must be sms or chat, not {channel!r}; mail goes to contacts")
    if channel == "sms" and not _NUMBER.fullmatch(address):
        raise BillingError(f"address must be a number such as +4930123456, not {address!r}")
    for name in kinds:
        if name not in list(Topic):
            find_kind(name)
    with transaction.atomic():
        account = claim_account(account.id)
        old = account.data.get("routes", [])
        routes = [r for r in old if (r["channel"], r["address"]) != (channel, address)]
        if kinds:
            chosen = sorted({str(name) for name in kinds})
            routes.append({"channel": channel, "address": address, "kinds": chosen})
        if routes == old:
            return account
        account.data = {**account.data, "routes": routes}
        Account.objects.filter(id=account.id).update(data=account.data)
        record_event(
            kind="account.routes_changed",
            subject=account.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"channel": channel, "kinds": sorted(kinds)},
        )
    return account
