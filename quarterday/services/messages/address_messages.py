"""Address what is queued: one delivery for each reader of each message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from quarterday.core.message import find_kind
from quarterday.services.messages.find_readers import Reader, find_readers
from quarterday.services.messages.find_sender import find_sender, make_message_key
from quarterday.store.bulk import is_postgresql
from quarterday.store.fields import make_public_id
from quarterday.store.models import (
    Contact,
    Delivery,
    Membership,
    Message,
    MessageStatus,
)

BATCH = 500


def address_messages(*, now: datetime, limit: int = BATCH) -> int:
    """Turn queued messages whose time has come into deliveries; how many were looked at.

    One that nobody wants, or whose time has passed, is dropped with the reason. Doing it twice
    or at once addresses nothing twice: the rows are locked, and each address is unique.
    """
    with transaction.atomic():
        rows = _claim(now, limit)
        if not rows:
            return 0
        contacts, members = _read_people(rows)
        deliveries: list[Delivery] = []
        moved: dict[tuple[MessageStatus, str], list[int]] = defaultdict(list)
        for message in rows:
            key = message.account_id or 0
            readers = find_readers(message, contacts[key], members[key])
            reason = _find_reason(message, readers, now)
            status = MessageStatus.DROPPED if reason else MessageStatus.ADDRESSED
            moved[status, reason].append(message.id)
            if not reason:
                deliveries += _make_deliveries(message, readers, now)
        Delivery.objects.bulk_create(deliveries)
        for (status, reason), keys in moved.items():
            queued = Message.objects.filter(id__in=keys, status=MessageStatus.QUEUED)
            queued.update(status=status, reason=reason)
    return len(rows)


def _claim(now: datetime, limit: int) -> list[Message]:
    rows = Message.objects.filter(status=MessageStatus.QUEUED, send_at__lte=now)
    if is_postgresql():
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    rows = rows.select_related("account", "seller", "seller__brand")
    return list(rows.order_by("send_at", "id")[:limit])


def _read_people(
    rows: Sequence[Message],
) -> tuple[dict[int, list[Contact]], dict[int, list[Membership]]]:
    keys = {message.account_id for message in rows if message.account_id is not None}
    contacts: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.filter(account_id__in=keys).order_by("id"):
        contacts[contact.account_id].append(contact)
    members: dict[int, list[Membership]] = defaultdict(list)
    found = Membership.objects.filter(account_id__in=keys).select_related("user").order_by("id")
    for member in found:
        members[member.account_id].append(member)
    return contacts, members


def _find_reason(message: Message, readers: Sequence[Reader], now: datetime) -> str:
    """Why a message is dropped, or an empty text."""
    if is_stale(message, now):
        return "its time had passed before it could be sent"
    return "" if readers else "nobody of the account wants it"


def is_stale(message: Message, now: datetime) -> bool:
    """Whether a message is no longer worth sending."""
    return now - message.send_at > timedelta(days=find_kind(message.kind).fresh_days)


def _make_deliveries(
    message: Message, readers: Iterable[Reader], now: datetime
) -> Iterable[Delivery]:
    sender = find_sender(message.seller)
    for reader in readers:
        public_id = make_public_id("dlv")
        yield Delivery(
            public_id=public_id,
            message=message,
            contact_id=reader.contact_id,
            channel=reader.channel,
            address=reader.address,
            next_at=now,
            message_key=make_message_key(public_id, sender),
        )
