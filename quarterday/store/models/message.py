"""What is said to customers: messages, deliveries, templates, and addresses to leave alone."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.seller import Seller


class Channel(StrEnum):
    """How a message travels."""

    MAIL = "mail"
    SMS = "sms"
    CHAT = "chat"


class MessageStatus(StrEnum):
    """``queued`` waits to be addressed; ``addressed`` has its deliveries; ``dropped`` has nobody
    to go to, or its occasion passed.
    """

    QUEUED = "queued"
    ADDRESSED = "addressed"
    DROPPED = "dropped"


class DeliveryStatus(StrEnum):
    """``sending`` is claimed by a worker; ``unknown`` was handed over and never answered for."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"


class Message(Row):
    """Something to tell an account, written in the transaction in which it came true.

    ``subject`` is the public id of what it tells about, and ``occasion`` what tells two messages
    of a kind about one thing apart (a dunning step, a day), so that each is queued once.
    ``recipient`` is an address to use instead of the account's contacts. ``data`` holds merge
    fields that are not read from the store. Secrets never stand here.
    """

    public_id = PublicIdField("msg")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="messages")
    kind = models.CharField(max_length=48)
    subject = models.CharField(max_length=80)
    occasion = models.CharField(max_length=64, blank=True, default="")
    recipient = models.EmailField(max_length=254, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    data = DataField(default=dict)
    status = models.CharField(max_length=12, default=MessageStatus.QUEUED)
    reason = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    send_at = models.DateTimeField()

    class Meta:
        constraints = (
            one_of("status", MessageStatus, "message_status"),
            models.UniqueConstraint(
                fields=["kind", "subject", "occasion", "recipient"], name="message_once"
            ),
        )
        indexes = (
            models.Index(
                fields=["send_at", "id"], name="message_queued", condition=models.Q(status="queued")
            ),
        )


class Delivery(Row):
    """A message on its way to one address. ``content`` is what was sent, compressed.

    ``message_key`` is the stable Message-ID; ``provider_id`` what the provider calls it.
    """

    public_id = PublicIdField("dlv")
    message = models.ForeignKey(Message, models.PROTECT, related_name="deliveries")
    contact = models.ForeignKey(
        "store.Contact", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=8, default=Channel.MAIL)
    address = models.CharField(max_length=254)
    status = models.CharField(max_length=12, default=DeliveryStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    message_key = models.CharField(max_length=200, unique=True)
    provider = models.CharField(max_length=32, blank=True, default="")
    provider_id = models.CharField(max_length=200, blank=True, default="", db_index=True)
    title = models.CharField(max_length=500, blank=True, default="")
    content = models.BinaryField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            one_of("channel", Channel, "delivery_channel"),
            one_of("status", DeliveryStatus, "delivery_status"),
            models.UniqueConstraint(
                fields=["message", "channel", "address"], name="delivery_once_per_address"
            ),
        )
        indexes = (
            models.Index(
                fields=["next_at", "id"],
                name="delivery_due",
                condition=models.Q(status__in=["queued", "sending"]),
            ),
            models.Index(fields=["address"], name="delivery_of_address"),
            models.Index(
                fields=["sent_at"],
                name="delivery_by_day",
                condition=models.Q(sent_at__isnull=False),
            ),
            # One that is refused at once was never sent, so it counts when it was due.
            models.Index(
                fields=["next_at"],
                name="delivery_came_back",
                condition=models.Q(status__in=["bounced", "complained", "failed"]),
            ),
        )


class MessageTemplate(Row):
    """A seller's own words for a kind of message in a language; the newest version is used."""

    public_id = PublicIdField("tpl")
    seller = models.ForeignKey(Seller, models.CASCADE, related_name="message_templates")
    kind = models.CharField(max_length=48)
    language = models.CharField(max_length=16)
    channel = models.CharField(max_length=8, default=Channel.MAIL)
    version = models.PositiveIntegerField(default=1)
    title = models.TextField()
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    saved_at = models.DateTimeField()
    actor = models.CharField(max_length=100, default="system")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["seller", "kind", "language", "channel", "version"],
                name="message_template_version_once",
            ),
        )


class AddressMark(Row):
    """Why an address gets no more mail, or how often it failed softly in a row."""

    address = models.CharField(max_length=254, unique=True)
    reason = models.CharField(max_length=16, blank=True, default="")
    detail = models.CharField(max_length=500, blank=True, default="")
    soft_bounces = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(reason__in=["", "bounced", "complained", "by_hand"]),
                name="address_mark_reason",
            ),
        )


class Unsubscription(Row):
    """An address that wants no marketing of a seller."""

    seller = models.ForeignKey(Seller, models.CASCADE, related_name="+")
    address = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "address"], name="unsubscription_once"),
        )
