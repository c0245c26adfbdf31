"""Signed links and what was done with them."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.message import Delivery
from quarterday.store.models.seller import Seller


class LinkPurpose(StrEnum):
    """What a link lets its bearer do; nothing else."""

    PAY = "pay"
    VIEW = "view"
    SIGN_IN = "sign_in"
    PORTAL = "portal"
    INVITATION = "invitation"
    QUOTE = "quote"
    CUSTOM = "custom"
    UNSUBSCRIBE = "unsubscribe"


class Link(Row):
    """A link. Its token is never stored: ``secret_digest`` is the hash of the random part.

    ``subject`` is the public id of what it is for (invoice, user, invitation, …), ``destination``
    a page of the portal or an address of an allowed host. A single-use link dies with ``used_at``.
    """

    public_id = PublicIdField("lnk")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="links")
    purpose = models.CharField(max_length=12)
    subject = models.CharField(max_length=80, blank=True, default="")
    address = models.CharField(max_length=254, blank=True, default="")
    destination = models.CharField(max_length=2000, blank=True, default="")
    parameters = DataField(default=dict)
    secret_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=100, default="system")
    expires_at = models.DateTimeField()
    single_use = models.BooleanField(default=False)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, related_name="links")
    kind = models.CharField(max_length=48, blank=True, default="")
    variant = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        constraints = (one_of("purpose", LinkPurpose, "link_purpose"),)
        indexes = (models.Index(fields=["subject"], name="link_of_subject"),)


class LinkRevocation(Row):
    """All links of an account, a purpose or both that were made until then are dead.

    ``last_link`` is the key of the newest link that was there, so that it does not matter whose
    clock is ahead; ``before`` is for those that were just being made.
    """

    seller = models.ForeignKey(Seller, models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+")
    purpose = models.CharField(max_length=12, blank=True, default="")
    before = models.DateTimeField()
    last_link = models.BigIntegerField(default=0)
    actor = models.CharField(max_length=100, default="system")


class Click(Row):
    """A link was opened or acted on; who reads mail is nobody's business, so no address is kept."""

    link = models.ForeignKey(Link, models.PROTECT, related_name="clicks")
    at = models.DateTimeField()
    action = models.CharField(max_length=12, default="open")
    device = models.CharField(max_length=12, default="other")
    is_bot = models.BooleanField(default=False)
