"""Tell a user by mail that something about their sign-in changed."""

from __future__ import annotations

from datetime import datetime

from quarterday.services.messages.queue_message import queue_message
from quarterday.store.models import User
from quarterday.store.queries.access import find_membership

KIND = "security_notice"


def tell_user(*, user: User, what: str, now: datetime, recipient: str = "") -> None:
    """Queue a notice to the user's address, within the transaction of what it tells about.

    ``what`` is a word such as ``password_set``. It is signed by the seller of the account that
    the user chose last; somebody without an account is told nothing.
    """
    row = find_membership(user.id)
    if row is None:
        return
    queue_message(
        kind=KIND,
        account=row.account,
        subject=user.public_id,
        now=now,
        occasion=f"{what} {now:%Y-%m-%dT%H:%M:%S}",
        recipient=recipient or user.email,
        language=user.language,
        data={"what": what},
    )
