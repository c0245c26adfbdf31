"""A mail to try a template and the way out with; it is of no account and nothing is kept of it."""

from __future__ import annotations

from datetime import datetime

from quarterday.ports.composer import Composed
from quarterday.ports.mailer import Parcel
from quarterday.services.messages.find_sender import find_sender, make_message_key
from quarterday.store.fields import make_public_id
from quarterday.store.models import Channel, Seller


def make_test_parcel(*, seller: Seller, address: str, composed: Composed, now: datetime) -> Parcel:
    """What was composed as a mail to an address, its subject marked as a test."""
    sender = find_sender(seller)
    return Parcel(
        key=make_message_key(make_public_id("tst"), sender),
        channel=Channel.MAIL,
        address=address,
        name="",
        sender=sender.address,
        sender_name=sender.name,
        reply_to=sender.reply_to,
        title=f"[Test] {composed.title}",
        text=composed.text,
        html=composed.html,
        at=now,
    )
