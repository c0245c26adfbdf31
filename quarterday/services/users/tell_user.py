"""Tell a user by mail that something about their sign-in changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from quarterday.services.messages.queue_message import INSERT, make_row, queue_message
from quarterday.store.models import Seller, User
from quarterday.store.queries.access import find_membership
from quarterday.store.queries.staff import find_staff_seller

KIND = "security_notice"


def tell_user(*, user: User, what: str, now: datetime, recipient: str = "") -> None:
    """Queue a notice to the user's address, within the transaction of what it tells about.

    ``what`` is a word such as ``password_set``. It is signed by the seller of the account that
    the user chose last, else by one that they work for; anybody else is told nothing.
    """
    row = find_membership(user.id)
    occasion = f"{what} {now:%Y-%m-%dT%H:%M:%S}"
    to, data = recipient or user.email, {"what": what}
    if row is not None:
        queue_message(
            kind=KIND,
            account=row.account,
            subject=user.public_id,
            now=now,
            occasion=occasion,
            recipient=to,
            language=user.language,
            data=data,
        )
    elif (seller := find_staff_seller(user.id)) is not None:
        queue_to_staff(
            kind=KIND, seller=seller, user=user, to=to, occasion=occasion, data=data, now=now
        )


def queue_to_staff(
    *,
    kind: str,
    seller: Seller,
    user: User,
    to: str,
    occasion: str,
    data: Mapping[str, Any],
    now: datetime,
) -> None:
    """Queue a message to somebody of the staff, who has no account that it could be about."""
    row = make_row(
        kind=kind,
        seller_id=seller.id,
        account_id=None,
        subject=user.public_id,
        occasion=occasion,
        recipient=to,
        language=user.language,
        data=data,
        now=now,
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT, row)
