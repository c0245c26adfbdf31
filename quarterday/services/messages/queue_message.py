"""Queue a message in the transaction in which what it tells about came true."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from quarterday.core.errors import BillingError
from quarterday.core.message import find_kind
from quarterday.services.messages.queue_rules import may_tell
from quarterday.store.fields import dump_data, make_public_id
from quarterday.store.models import Account

# In the order in which `make_row` gives their values.
MESSAGE_COLUMNS = (
    "public_id seller_id account_id kind subject occasion recipient language data status reason "
    "created_at send_at"
)
INSERT = (
    f"INSERT INTO store_message ({', '.join(MESSAGE_COLUMNS.split())}) "  # noqa: S608
    f"VALUES ({', '.join(['%s'] * len(MESSAGE_COLUMNS.split()))}) "
    "ON CONFLICT (kind, subject, occasion, recipient) DO NOTHING"
)


def queue_message(
    *,
    kind: str,
    account: Account,
    subject: str,
    now: datetime,
    occasion: str = "",
    recipient: str = "",
    language: str = "",
    data: Mapping[str, Any] | None = None,
    send_at: datetime | None = None,
    on: date | None = None,
) -> None:
    """Queue a message of a kind; call it within the transaction that makes it true.

    ``subject`` is the public id of what it tells about, and ``occasion`` tells two messages of
    one kind about one thing apart; the same four words are queued once, however often asked.
    Without a ``recipient`` it goes to the account's contacts that want the kind; where nobody
    would get it, nothing is queued. ``on`` is the day of what it tells about: old facts, such as
    loaded ones, are not told (see `quarterday.services.messages.queue_rules`). ``data`` holds
    merge fields that are not read from the store, never secrets: links are made when it is sent.
    """
    if find_kind(kind).is_direct and not recipient:
        raise BillingError(f"a message of the kind {kind} goes to one person; name the recipient")
    if not may_tell(account, kind, now=now, on=on, recipient=recipient):
        return
    row = make_row(
        kind=kind,
        seller_id=account.seller_id,
        account_id=account.id,
        subject=subject,
        occasion=occasion,
        recipient=recipient,
        language=language,
        data=data,
        now=now,
        send_at=send_at,
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT, row)


def make_row(
    *,
    kind: str,
    seller_id: int,
    account_id: int | None,
    subject: str,
    now: datetime,
    occasion: str = "",
    recipient: str = "",
    language: str = "",
    data: Mapping[str, Any] | None = None,
    send_at: datetime | None = None,
) -> tuple[Any, ...]:
    """The values of a queued message, as the database keeps them."""
    at = connection.ops.adapt_datetimefield_value
    return (
        make_public_id("msg"),
        seller_id,
        account_id,
        kind,
        subject,
        occasion,
        recipient.lower(),
        language,
        dump_data(dict(data or {})),
        "queued",
        "",
        at(now),
        at(send_at or now),
    )
